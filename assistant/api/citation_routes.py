"""What has become of a permanent link's words, and the formats to take them along in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from assistant.access.scope import reachable, talks_of
from assistant.access.types import ApiError, Caller
from assistant.api.documents import CitedOut
from assistant.api.needs import TheCaller, TheDoor, TheEngine, faults
from assistant.api.telling import cited_out
from assistant.citing import formats
from assistant.citing.identity import place_id
from assistant.citing.resolving import Changed, Found, Gone, Resolved
from assistant.loading import Engine
from assistant.types import Citation
from assistant.web.addresses import citation_path
from assistant.web.placing import citation_at
from corpus.types import SettingsError

Format = Literal["json", "markdown", "wikitext", "plain", "csl", "bibtex"]
Making = Callable[[Citation, str, str | None], str]

_FORMATS: Mapping[str, tuple[str, Making]] = MappingProxyType(
    {
        "markdown": ("text/markdown", lambda one, link, _: formats.markdown(one, link)),
        "wikitext": ("text/x-wiki", lambda one, link, _: formats.wikitext(one, link)),
        "plain": ("text/plain", lambda one, link, _: formats.plain(one, link)),
        "csl": (
            "application/vnd.citationstyles.csl+json",
            lambda one, link, day: json.dumps(
                [formats.csl_json(one, link, day)], ensure_ascii=False
            ),
        ),
        "bibtex": ("application/x-bibtex", formats.bibtex),
    }
)

router = APIRouter(tags=["cite"])

_BODIES = {
    "description": "What stands there now; in another format, the citation alone.",
    "content": {kind: {"schema": {"type": "string"}} for kind, _ in _FORMATS.values()},
}


@router.get(
    "/citations/{identifier}",
    summary="What has become of a citation's words",
    response_model=CitedOut,
    responses={200: _BODIES, **faults(404, 410)},
)
def citation(
    identifier: str,
    request: Request,
    door: TheDoor,
    caller: TheCaller,
    engine: TheEngine,
    format: Format = "json",
) -> Response:
    """`identifier` is what a permanent link `/c/…` ends in. The words are found as long as they
    are said in the library, wherever the file has gone; `changed` shows what stands there now."""
    resolved = _resolved(engine, caller, identifier)
    if format == "json":
        told = cited_out(resolved, talks_of(engine, caller), door.home(request))
        return JSONResponse(told.model_dump(mode="json"))
    if isinstance(resolved, Gone):
        raise ApiError(
            410,
            "gone",
            "These words are no longer said in the library.",
            "Look the quote up with POST /api/cite: it may have been worded anew.",
        )
    media_type, make = _FORMATS[format]
    chunk = resolved.place.chunk
    one = citation_at(resolved.place, engine.transcript(chunk.file))
    link = f"{door.home(request)}/{citation_path(_current(resolved, identifier))}"
    return Response(make(one, link, chunk.published), media_type=f"{media_type}; charset=utf-8")


def _resolved(engine: Engine, caller: Caller, identifier: str) -> Resolved:
    """The words, unless the caller may not reach their talk: then they are gone for it."""
    try:
        resolved = engine.cited(identifier)
    except SettingsError as error:
        raise ApiError(
            404, "no_citation", str(error), "Take the id from a `link` or an `id` of the API."
        ) from error
    if isinstance(resolved, Gone) or reachable(caller, resolved.place.chunk.transcript_id):
        return resolved
    return Gone(None)


def _current(resolved: Found | Changed, identifier: str) -> str:
    """The id to pass on: of words that have moved or changed, their new one."""
    if isinstance(resolved, Found) and not resolved.moved:
        return identifier
    return place_id(resolved.place)
