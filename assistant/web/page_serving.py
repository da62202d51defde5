"""What all pages that the server writes whole have in common over HTTP."""

from __future__ import annotations

import logging
from collections.abc import Callable
from html import escape
from math import ceil

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from assistant.access.gate import Gate
from assistant.access.limits import Rates
from assistant.access.settings import ServingSettings
from assistant.access.types import ApiError
from assistant.loading import Engine, Loading
from assistant.web.citation_page import message_html
from assistant.web.i18n import words
from assistant.web.page_frame import Document, document_html, headers_of
from assistant.web.page_words import page_words
from assistant.web.session import note
from assistant.web.visit import Visit, visit_of
from corpus.types import VerbatimError
from index.types import Talk

_log = logging.getLogger(__name__)

RETRY_S = 3
"""When to come back while the library loads; browsers do by themselves."""

Make = Callable[[Engine, Visit], Document | Response]


class PageServer:
    """Makes pages over an engine that may still load."""

    def __init__(self, loading: Loading, serving: ServingSettings) -> None:
        self.loading = loading
        self.serving = serving
        self._gate = Gate(serving)
        self._rates = Rates(serving.requests_per_minute)

    def visit(self, request: Request) -> Visit:
        """Who asks, and under which address."""
        return visit_of(request, self.serving)

    def count(self, request: Request) -> None:
        """Counts a request. Raises ApiError 429 for one too many, 401 for a reader whom the proxy
        should have named."""
        peer = request.client.host if request.client else ""
        reader = self._gate.caller(peer, request.headers.getlist, asks_keys=False)
        self._rates.count(reader)

    def refused(self, request: Request) -> Response | None:
        """Counts a request; a page that says why it is not served, where it isn't."""
        try:
            self.count(request)
        except ApiError as error:
            visit = self.visit(request)
            text = page_words(visit.lang).too_many if error.status == 429 else str(error)
            after = error.retry_after_s
            headers = {} if after is None else {"Retry-After": str(ceil(after))}
            body = message_html(text, "", visit)
            return rendered(Document(text, body, status=error.status, headers=headers), visit)
        return None

    def respond(self, request: Request, make: Make) -> Response:
        """``made``, for a request that is counted by it."""
        return self.refused(request) or self.made(request, make)

    def made(self, request: Request, make: Make) -> Response:
        """What ``make`` gives as a response; a page that says why there is none while the library
        loads, and where something fails."""
        visit = self.visit(request)
        try:
            made = make(self.loading.get(0), visit)
        except TimeoutError:
            made = self._not_ready(visit)
        except Exception as error:
            return self.failed(request, error)
        return made if isinstance(made, Response) else rendered(made, visit)

    def failed(self, request: Request, error: Exception) -> Response:
        """A page that says why there is none; what nobody foresaw is logged, not told."""
        visit = self.visit(request)
        reason = str(error)
        if not isinstance(error, VerbatimError):
            _log.error("a page could not be made", exc_info=error)
            reason = words(visit.lang).error
        more = f'<p class="vb-failure" role="alert">{escape(reason)}</p>'
        page = Document("Verbatim", message_html("Verbatim", more, visit), status=503)
        return rendered(page, visit)

    def _not_ready(self, visit: Visit) -> Document:
        text = note(words(visit.lang).loading, self.loading.state.message)
        again = {"Retry-After": str(RETRY_S), "Refresh": str(RETRY_S)}
        return Document(text, message_html(text, "", visit), status=503, headers=again)


def rendered(document: Document, visit: Visit) -> Response:
    """The document with its headers."""
    return HTMLResponse(
        document_html(document, visit), document.status, headers_of(document, visit)
    )


def find_talk(engine: Engine, name: str) -> Talk | None:
    """The talk of this id, or of this file."""
    plain = name.strip("/")
    talks = engine.talks()
    named = (talk for talk in talks if talk.id == plain)
    return next(named, None) or next((talk for talk in talks if talk.file == plain), None)
