"""``/oembed`` over HTTP: what a wiki or a blog asks to show a link of ours as a frame."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from assistant.access.types import ApiError
from assistant.api.errors import error_response
from assistant.citing.resolving import Gone
from assistant.loading import Engine
from assistant.web.citation_page import share_title
from assistant.web.narrowing import speakers_of
from assistant.web.oembed import CACHE_S, Linked, linked, rich
from assistant.web.page_serving import RETRY_S, PageServer, find_talk
from assistant.web.placing import citation_at
from corpus.types import SettingsError, VerbatimError

TALK_AUTHORS = 8
"""So many of a talk's speakers are named as its authors."""


class OEmbedRoute:
    """Answers in JSON alone; errors have the one shape of programs' errors."""

    def __init__(self, pages: PageServer) -> None:
        self._pages = pages

    def told(self, request: Request) -> Response:
        """The document for ``url``, with status and headers as oEmbed's specification has them."""
        try:
            self._pages.count(request)
            document = self._document(request)
        except ApiError as error:
            return error_response(error)
        return JSONResponse(document, headers={"Cache-Control": f"max-age={CACHE_S}"})

    def _document(self, request: Request) -> dict[str, object]:
        asked = request.query_params
        if asked.get("format", "json").lower() != "json":
            raise ApiError(501, "format", "Only JSON is served here.", "Ask for format=json.")
        url = asked.get("url", "")
        if not url:
            raise ApiError(400, "url", "The request names no url.", "Give a link of this server.")
        most = (_limit(request, "maxwidth"), _limit(request, "maxheight"))
        bases = tuple(filter(None, (self._pages.serving.public_url, str(request.base_url))))
        link = linked(url, bases)
        if link is None:
            raise _unknown(url)
        title, author = self._known(link, self._engine(), url)
        return rich(link, self._pages.visit(request).base, most, title, author)

    def _engine(self) -> Engine:
        try:
            return self._pages.loading.get(0)
        except TimeoutError:
            raise ApiError(
                503,
                "loading",
                "The library is still loading.",
                "Wait as many seconds as Retry-After says, then ask again.",
                retry_after_s=RETRY_S,
            ) from None
        except VerbatimError as error:
            raise ApiError(503, "failed", str(error), "Tell the operator.") from error

    def _known(self, link: Linked, engine: Engine, url: str) -> tuple[str, str]:
        """The title and the author of what a link leads to."""
        if link.kind == "citation":
            try:
                resolved = engine.cited(link.name)
            except SettingsError:
                raise _unknown(url) from None
            if isinstance(resolved, Gone):
                raise _unknown(url)
            citation = citation_at(resolved.place, None)
            return share_title(citation), ", ".join(citation.speakers)
        if self._pages.serving.embed_secret and "token" not in dict(link.query):
            raise ApiError(
                401,
                "token",
                "The chat is shown in frames with an embed token only.",
                "Give a link to /embed with its token.",
            )
        talk = find_talk(engine, link.name) if link.name else None
        if talk is None and link.name:
            raise _unknown(url)
        if talk is None:
            return "Verbatim", ""
        return talk.title, ", ".join(speakers_of(talk)[:TALK_AUTHORS])


def _limit(request: Request, name: str) -> int:
    """A size in pixels; 0 where none is asked for."""
    text = request.query_params.get(name, "0") or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise ApiError(400, name, f"{name} is no number of pixels.", "Give one such as 600.")
    return int(text)


def _unknown(url: str) -> ApiError:
    return ApiError(
        404,
        "not_found",
        f"{url[:200]!r} is no citation, talk or chat of this server.",
        "Give a link that begins with this server's own address.",
    )
