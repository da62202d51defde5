"""``/lookup`` over HTTP: a quote by its address, a whole text by a form.

A text is checked a sentence at a time, so that a reader who leaves ends the work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args
from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from assistant.access.limits import Places
from assistant.access.types import ApiError
from assistant.api.flow import in_steps
from assistant.citing.article import checked_of
from assistant.citing.lookup import LONGEST
from assistant.loading import Engine
from assistant.web.lookup_page import lookup_page
from assistant.web.lookup_words import lookup_words
from assistant.web.narrowing import Kind, chosen, scope_of
from assistant.web.page_frame import Document
from assistant.web.page_serving import PageServer
from assistant.web.visit import Visit
from corpus.types import SettingsError
from index.types import Scope

TEXT_CHARS = 20_000
"""A longer text is not checked: several pages of an article."""
FORM_BYTES = 12 * TEXT_CHARS
"""A larger form is not read: a character takes nine bytes, or twelve, in one."""
LINKED_CHARS = 500
"""A quote of up to so many characters gets an address of its own."""
PLACES = 5
BUSY_S = 5

Fields = Sequence[tuple[str, str]]

_SCOPE = frozenset(get_args(Kind))


class LookupRoute:
    """Looks up for at most so many readers at once as answers may be made."""

    def __init__(self, pages: PageServer) -> None:
        self._pages = pages
        self._places = Places(pages.serving.concurrent_answers)

    def shown(self, request: Request) -> Response:
        """The form, and what came of the quote that the address has."""
        fields = request.query_params.multi_items()
        return self._pages.respond(request, lambda engine, visit: self._page(engine, visit, fields))

    async def sent(self, request: Request) -> Response:
        """What came of the form: a quote's own address, or the text that was checked."""
        if refused := self._pages.refused(request):
            return refused
        visit = self._pages.visit(request)
        try:
            fields = await _fields(request)
        except ClientDisconnect:
            return Response(status_code=499)
        if fields is None:
            notice = lookup_words(visit.lang).long_text.format(TEXT_CHARS)
            return await self._told(request, (), notice, 413)
        what, typed = dict(fields).get("what"), _typed(fields)
        if what == "text":
            return await self._checked(request, fields)
        if len(typed) <= LINKED_CHARS:
            kept = [("quote", typed), *_scope_fields(fields), *visit.wishes.items()]
            return RedirectResponse(f"lookup?{urlencode(kept)}", status_code=303)
        return await run_in_threadpool(
            self._pages.made, request, lambda engine, visit: self._page(engine, visit, fields)
        )

    def _page(self, engine: Engine, visit: Visit, fields: Fields) -> Document:
        said, typed = lookup_words(visit.lang), _typed(fields)
        scope = _scope(engine, fields)
        within = chosen(scope, engine.talks())
        if not typed:
            notice = said.empty if "quote" in dict(fields) else ""
            return lookup_page(visit, within=within, notice=notice)
        if len(typed) > LONGEST:
            notice = said.long_quote.format(LONGEST)
            return lookup_page(visit, typed, within, notice=notice, status=400)
        try:
            with self._places.one():
                found = engine.look_up(typed, PLACES, scope)
        except ApiError:
            return _busy(visit, typed)
        except SettingsError:
            return lookup_page(visit, typed, within, notice=said.empty, status=400)
        return lookup_page(visit, typed, within, found=found, source=engine.transcript)

    async def _checked(self, request: Request, fields: Fields) -> Response:
        """Holds its place only while there is work."""
        typed = _typed(fields)
        said = lookup_words(self._pages.visit(request).lang)
        if not typed:
            return await self._told(request, fields, said.empty, 400)
        if len(typed) > TEXT_CHARS:
            return await self._told(request, fields, said.long_text.format(TEXT_CHARS), 413)
        if self._pages.loading.state.phase != "ready":
            return await self._told(request, fields, "", 503)
        try:
            self._places.take()
        except ApiError:
            return self._pages.made(request, lambda _, visit: _busy(visit, typed))
        try:
            engine = self._pages.loading.get(0)
            work = engine.checking(typed, _scope(engine, fields))
            checked = checked_of(await in_steps(work, request.is_disconnected))
        except ApiError as error:
            return Response(status_code=error.status)
        except Exception as error:
            return self._pages.failed(request, error)
        finally:
            self._places.give_back()

        def make(engine: Engine, visit: Visit) -> Document:
            within = chosen(_scope(engine, fields), engine.talks())
            return lookup_page(visit, typed, within, checked=checked, source=engine.transcript)

        return await run_in_threadpool(self._pages.made, request, make)

    async def _told(self, request: Request, fields: Fields, notice: str, status: int) -> Response:
        """The form with a line that says why nothing was looked up."""

        def make(engine: Engine, visit: Visit) -> Document:
            within = chosen(_scope(engine, fields), engine.talks())
            return lookup_page(visit, _typed(fields), within, notice=notice, status=status)

        return await run_in_threadpool(self._pages.made, request, make)


async def _fields(request: Request) -> Fields | None:
    """The fields of a form; ``None`` where it is too large to be read."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > FORM_BYTES:
            return None
    return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)


def _typed(fields: Fields) -> str:
    return dict(fields).get("quote", "").strip().replace("\r\n", "\n")


def _scope_fields(fields: Fields) -> list[tuple[str, str]]:
    return [pair for pair in fields if pair[0] in _SCOPE]


def _scope(engine: Engine, fields: Fields) -> Scope:
    return scope_of(urlencode(_scope_fields(fields)), engine.talks())


def _busy(visit: Visit, typed: str) -> Document:
    page = lookup_page(visit, typed, notice=lookup_words(visit.lang).busy, status=429)
    return replace(page, headers={"Retry-After": str(BUSY_S)})
