"""The pages that the server writes whole, by their addresses: citations, talks, lookup, oEmbed."""

from __future__ import annotations

from html import escape

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from assistant.access.settings import ServingSettings
from assistant.citing.resolving import Changed, Found, Gone, Resolved
from assistant.citing.types import Place
from assistant.loading import Engine, Loading
from assistant.web.addresses import citation_path
from assistant.web.citation_page import (
    citation_card,
    citation_page,
    gone_page,
    identifier_of,
    message_html,
)
from assistant.web.copying import copied
from assistant.web.lookup_route import LookupRoute
from assistant.web.oembed_route import OEmbedRoute
from assistant.web.page_frame import Document
from assistant.web.page_serving import PageServer, find_talk
from assistant.web.page_words import page_words
from assistant.web.placing import citation_at
from assistant.web.talk_page import talk_page, talks_page
from assistant.web.visit import Visit
from corpus.types import SettingsError

_READ = ["GET", "HEAD"]


def add_pages(app: FastAPI, loading: Loading, serving: ServingSettings) -> None:
    """Adds ``/c/<id>``, ``/talk/<id>``, ``/talks``, ``/lookup`` and ``/oembed``.

    Whatever catches all other addresses has to be added after them.
    """
    pages = PageServer(loading, serving)

    def citation(request: Request, identifier: str) -> Response:
        return pages.respond(request, lambda engine, visit: _citation(engine, visit, identifier))

    def talk(request: Request, name: str) -> Response:
        return pages.respond(request, lambda engine, visit: _talk(engine, visit, name))

    def talks(request: Request) -> Response:
        return pages.respond(request, lambda engine, visit: talks_page(engine.talks(), visit))

    lookup, oembed = LookupRoute(pages), OEmbedRoute(pages)
    for path, endpoint in (
        ("/c/{identifier}", citation),
        ("/talk/{name:path}", talk),
        ("/talks", talks),
        ("/lookup", lookup.shown),
        ("/oembed", oembed.told),
    ):
        app.add_api_route(path, endpoint, methods=_READ, include_in_schema=False)
    app.add_api_route("/lookup", lookup.sent, methods=["POST"], include_in_schema=False)


def _citation(engine: Engine, visit: Visit, identifier: str) -> Document | Response:
    try:
        resolved = engine.cited(identifier)
    except SettingsError:
        said = page_words(visit.lang)
        return _missing(said.no_citation, said.no_citation_more, visit)
    if isinstance(resolved, Gone):
        file = resolved.file
        held = next((talk for talk in engine.talks() if talk.file == file), None)
        return gone_page(held, visit)
    if form := dict(visit.query).get("as"):
        return _copied(visit, resolved, identifier, form)
    transcript = engine.transcript(resolved.place.chunk.file)
    make = citation_card if dict(visit.query).get("card") else citation_page
    return make(resolved, transcript, identifier, visit)


def _copied(visit: Visit, resolved: Found | Changed, asked: str, form: str) -> Document | Response:
    """The citation in a form to be copied, as plain bytes."""
    place = resolved.place
    link = visit.absolute(citation_path(identifier_of(resolved, asked)))
    copy = copied(form, citation_at(place, None), link, place.chunk.published)
    if copy is None:
        said = page_words(visit.lang)
        return _missing(said.no_format, ", ".join(said.formats.values()), visit)
    headers = {"Content-Type": f"{copy.media_type}; charset=utf-8", "Cache-Control": "no-cache"}
    return Response(copy.text, headers=headers)


def _talk(engine: Engine, visit: Visit, name: str) -> Document:
    talk = find_talk(engine, name)
    if talk is None:
        said = page_words(visit.lang)
        return _missing(said.no_talk, said.no_talk_more, visit)
    transcript = engine.transcript(talk.file)
    return talk_page(talk, transcript, _place_in(engine, visit, talk.file), visit)


def _place_in(engine: Engine, visit: Visit, file: str) -> Place | None:
    """The words that the address names by their permanent id, where they stand in this file."""
    asked = dict(visit.query).get("at")
    if not asked:
        return None
    try:
        resolved: Resolved = engine.cited(asked)
    except SettingsError:
        return None
    if isinstance(resolved, Gone) or resolved.place.chunk.file != file:
        return None
    return resolved.place


def _missing(title: str, more: str, visit: Visit) -> Document:
    return Document(title, message_html(title, f"<p>{escape(more)}</p>", visit), status=404)
