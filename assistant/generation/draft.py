"""A model's answer while it is made: checked sentences put behind each other, as Markdown of ours.

Whatever a model writes is text: links, HTML, headings and emphasis of its own are taken off or
escaped, and quotation marks stay only around words that were said. Bullets, numbers of a list,
markers and the notes on sentences are ours. Pure but for the source that quotes are verified
against.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.citation.citation import cite
from assistant.messages.catalogue import messages
from assistant.retrieval.context import Excerpt
from assistant.types import Answer, Citation, Outcome, Statement
from assistant.verification.support import script_distance
from assistant.verification.types import Claim, Support, Verdict
from corpus.language import fold
from corpus.sentences import width
from corpus.types import Transcript
from index.types import Evidence

Source = Callable[[str], Transcript | None]
"""A file's transcript as it stands on disk now; ``None`` if it is gone."""

GONE = "gone"
"""Reason of a sentence whose evidence no longer stands in the transcript on disk."""

SAYING_WIDTH = 18
"""From this width on (a Han character is 2 wide) what is quoted is a saying, not a name or term."""
TRANSLATED = 0.5
"""Scripts further apart than this: the quotation is a translation, and nobody takes it for more."""
SENTENCE_END = re.compile(r"[.!?。！？…．][\"'”’」』）)\]*_]*$")
"""How a whole sentence ends."""

_QUOTED = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|「([^「」]+)」|『([^『』]+)』|«([^«»]+)»")
_LEFT_OUT = re.compile(r"…+|\.{3,}")
_NUMBERED = re.compile(r"\s*\d{1,2}[.)、．]\s")
_BULLETED = re.compile(r"\s*[-*+•]\s")
_NUMBER = re.compile(r"\d{1,2}")
_EMPHASIS = re.compile(r"(\*\*\*|\*\*|__|`+|~~)(?=\S)(.+?)(?<=\S)\1")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
# The label of an excerpt, copied with its words: "Ann ≈12:05: ".
_LABEL = re.compile(r"^\s*[^:：\n]{0,40}?\s*≈?\b\d{1,2}:\d{2}(?::\d{2})?\s*[:：]\s*")
_MARKUP = re.compile(r"([\\`*_<>#\[\]~|])")
_ADDRESS = re.compile(r":(?=//)|(?<=www)\.|(?<=mailto):|(?<=[^\W_])@(?=\w)", re.IGNORECASE)
_OPENING_SIGN = re.compile(r"^([-+=])|^(\d{1,9})(?=[.)](?:\s|$))")


@dataclass(frozen=True, slots=True)
class Draft:
    """A model's answer as far as it has come; what is in it has been checked and stays.

    ``seen`` are the excerpts as the model read them. ``dropped`` counts sentences without support
    that were left out, ``saying_nothing`` those that say that the excerpts don't tell.
    ``declined``: the model found no answer and wrote none. ``cut``: it was cut at its limit.
    """

    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    seen: str = ""
    dropped: int = 0
    saying_nothing: int = 0
    declined: bool = False
    cut: bool = False

    @property
    def holds(self) -> bool:
        """Whether a sentence in it is supported."""
        return any(statement.markers for statement in self.statements)


class DraftBuilder:
    """Puts sentences behind each other and numbers their citations in the order of first use."""

    def __init__(
        self, excerpts: Sequence[Excerpt], source: Source, seen: str, *, strict: bool
    ) -> None:
        self._by_handle = {excerpt.handle: excerpt for excerpt in excerpts}
        self._source = source
        self._strict = strict
        self._spans: list[tuple[str, int, int]] = []
        self._skipped_lead = ""
        self.draft = Draft(seen=seen)

    def skip(self, lead: str) -> None:
        """Passes over a sentence; the line that it opened is opened by the next one."""
        self._skipped_lead += lead

    def add(self, claim: Claim, verdict: Verdict) -> None:
        """A sentence with what its check came to; under ``strict`` not without support."""
        draft = self.draft
        markers = self._markers(verdict.supports)
        outcome: Outcome = verdict.outcome
        reason: str | None = verdict.reason
        if outcome in ("supported", "mended") and not markers:
            outcome, reason = "unsupported", GONE
        if outcome == "unsupported" and self._strict:
            self.skip(claim.lead)
            self.draft = replace(draft, dropped=draft.dropped + 1)
            return
        above = draft.statements[-1].text if draft.statements else ""
        lead = own_lead(self._skipped_lead + claim.lead, self._line_lead(), above)
        self._skipped_lead = ""
        passages = [self.draft.citations[marker - 1].passage for marker in markers]
        text = drop_false_quotation_marks(claim.text, passages) if passages else claim.text
        statement = Statement(text, outcome, markers, lead, reason, verdict.detail)
        says_nothing = draft.saying_nothing + (claim.kind == "refusal")
        self.draft = replace(
            self.draft, statements=(*draft.statements, statement), saying_nothing=says_nothing
        )

    def _line_lead(self) -> str | None:
        """The lead that opened the line on which the answer stands; ``None`` before the first."""
        leads = [statement.lead for statement in self.draft.statements]
        opening = [lead for lead in leads if lead.strip(" ")]
        return opening[-1] if opening else "" if leads else None

    def _markers(self, supports: Sequence[Support]) -> tuple[int, ...]:
        found = (self._marker(support) for support in supports)
        return tuple(dict.fromkeys(marker for marker in found if marker is not None))

    def _marker(self, support: Support) -> int | None:
        """The marker of a quote; one that lies inside a quote before has the marker of that.

        ``None`` where the words don't stand on disk any more.
        """
        chunk = self._by_handle[support.handle].chunk
        start, end = support.sentences[0].offset, support.sentences[-1].end
        for n, (chunk_id, first, last) in enumerate(self._spans):
            if chunk_id == chunk.id and first <= start and end <= last:
                return n + 1
        marker = len(self._spans) + 1
        citation = cite(marker, chunk, support.sentences, self._source(chunk.file))
        if not citation.verified:
            return None
        self._spans.append((chunk.id, start, end))
        self.draft = replace(self.draft, citations=(*self.draft.citations, citation))
        return marker


def model_answer(draft: Draft, evidence: Evidence, language: str, model: str) -> Answer:
    """A model's answer, as far as its draft has come."""
    return Answer(
        text=answer_text(draft.statements, language),
        citations=draft.citations,
        status="answered",
        mode="model",
        answerable=evidence.answerable,
        suggestions=(),
        timings_ms={},
        statements=draft.statements,
        model=model,
        seen=draft.seen,
    )


def answer_text(statements: Sequence[Statement], language: str) -> str:
    """The answer's Markdown; a sentence without support carries a note in the language."""
    return "".join(_statement_text(statement, language) for statement in statements)


def _statement_text(statement: Statement, language: str) -> str:
    text = escaped(statement.text)
    if statement.outcome == "unsupported":
        say = messages(language)
        detail = escaped(without_markup(statement.detail))
        note = say("reply.because", detail) if detail else say("reply.not_verified")
        return f"{statement.lead}{text}{note}"
    marks = "".join(f"[{marker}]" for marker in statement.markers)
    return f"{statement.lead}{text} {marks}" if marks else f"{statement.lead}{text}"


def own_lead(lead: str, before: str | None, above: str = "") -> str:
    """What stands before a sentence, of ours: ``before`` is the lead of its line, ``None`` at the
    beginning of the answer, ``above`` the sentence before it."""
    line = lead.rpartition("\n")[2]
    opens = "\n" in lead or before is None
    if not opens:
        return " " if lead else ""
    if _continues_paragraph(lead, before, above):
        return " "
    item = ""
    if _NUMBERED.match(line) and (number := _NUMBER.search(line)):
        item = f"{number.group()}. "
    elif _BULLETED.match(line):
        item = "- "
    if before is None:
        return item
    return f"\n{item}" if item and _is_list_item(before) else f"\n\n{item}"


def _continues_paragraph(lead: str, before: str | None, above: str) -> bool:
    """Whether a new line is no more than the next sentence of a paragraph, as in Markdown."""
    if before is None or lead.strip() or lead.count("\n") != 1:
        return False
    return not _is_list_item(before) and SENTENCE_END.search(above) is not None


def _is_list_item(before: str) -> bool:
    """Whether the line with this lead is an item of a list."""
    return bool(_BULLETED.match(before.strip("\n")) or _NUMBERED.match(before))


def drop_false_quotation_marks(text: str, passages: Sequence[str]) -> str:
    """The sentence, its quotation marks taken off where the passages don't have the words.

    White space, case and punctuation are let go, and so is what an ellipsis stands for.
    """

    def kept(match: re.Match[str]) -> str:
        words = next(group for group in match.groups() if group)
        if width(words) < SAYING_WIDTH or all(
            script_distance(words, one) > TRANSLATED for one in passages
        ):
            return match.group()
        return match.group() if _are_in(words, passages) else words

    return _QUOTED.sub(kept, text)


def _are_in(words: str, passages: Sequence[str]) -> bool:
    parts = [_letters(part) for part in _LEFT_OUT.split(words)]
    return any(all(part in _letters(passage) for part in parts) for passage in passages)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text))


def without_markup(text: str) -> str:
    """A model's sentence without its markup, on one line: emphasis and links leave their words."""
    text = _LINK.sub(r"\1", text)
    for _ in range(2):
        text = _EMPHASIS.sub(r"\2", text)
    return " ".join(_LABEL.sub("", text, count=1).split())


def escaped(text: str) -> str:
    """A model's words for Markdown: nothing in them is markup, a marker or a link."""
    text = unlinked(_MARKUP.sub(r"\\\1", text))
    return _OPENING_SIGN.sub(lambda match: _escaped_opening(match), text)


def _escaped_opening(match: re.Match[str]) -> str:
    return f"\\{match[1]}" if match[1] else f"{match[2]}\\"


def unlinked(text: str) -> str:
    """Markdown in which no bare address is a link, as some renderers make of it."""
    return _ADDRESS.sub(r"\\\g<0>", text)
