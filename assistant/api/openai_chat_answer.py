"""An answer as the chat API tells it: its text with links, and its citations for programs. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.api.openai_chat_text import chat_text, url_annotations, with_links
from assistant.api.telling import answer_out
from assistant.types import Answer, Citation
from assistant.web.addresses import citation_path, permanent_id, web_url
from assistant.wording import answer_language
from corpus.language import detect_language

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What can be told by now, in Markdown; ``is_whole`` once that is all.

    ``citations`` are documents as ``POST /api/ask`` tells them.
    """

    text: str
    annotations: tuple[Json, ...] = ()
    citations: tuple[Json, ...] = ()
    is_whole: bool = False

    def moved(self, by: int) -> Said:
        """The same behind so many characters of other text."""
        return replace(self, annotations=tuple(_moved(one, by) for one in self.annotations))


def said_so_far(answer: Answer | None, home: str) -> Said:
    """What an answer in the making holds; ``home`` is the address that links begin with."""
    if answer is None:
        return Said("")
    return Said(with_links(answer.text, links_of(answer.citations, home)).text)


def said(answer: Answer, question: str, home: str) -> Said:
    """The whole answer; words of our own are in the question's language."""
    links = links_of(answer.citations, home)
    told = chat_text(answer, links, answer_language(detect_language(question)))
    documents = [one.model_dump(mode="json") for one in answer_out(answer, home).citations]
    found = url_annotations(told, answer.citations, links)
    return Said(told.text, tuple(found), tuple(documents), is_whole=True)


def links_of(citations: Sequence[Citation], home: str | None) -> Mapping[int, str]:
    """Where each marker leads: to the citation's page, else to the moment at the source."""
    found: dict[int, str] = {}
    for citation in citations:
        identifier = permanent_id(citation) if home else None
        link = f"{home}/{citation_path(identifier)}" if identifier else web_url(citation.url)
        if link:
            found[citation.marker] = link
    return found


def _moved(annotation: Json, by: int) -> Json:
    place = annotation["url_citation"]
    start, end = place["start_index"] + by, place["end_index"] + by
    return {**annotation, "url_citation": {**place, "start_index": start, "end_index": end}}
