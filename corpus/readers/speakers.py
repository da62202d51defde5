"""Who speaks: labels at the start of a line, and the blocks of a part as turns under them.

``**Nathan**：`` under a topic is a speaker; ``- **公榜与真实产品表现存在偏差**：`` in a digest is
not. A time range of its own, a role, the shape of a name and repetition tell them apart. A turn has
who says what, with the times that stand beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from corpus.names import is_lead_in, is_role, looks_like_name, may_be_name
from corpus.readers.markdown import Block, plain
from corpus.readers.times import (
    Span,
    bare_leading_span,
    first_span,
    leading_span,
    trailing_bare_span,
    trailing_span,
    unlink_times,
)

LabelForm = Literal["bold", "timed", "plain", "time"]
_BOLD_HEAD = re.compile(
    r"(?:\*\*|__)(?P<head>[^*\n]{1,80}?)(?:\*\*|__)\s*(?P<after>.*)\Z", re.DOTALL
)
_BOLD_TIME = re.compile(r"(?:\*\*|__|`)(?P<time>[（(\[【［]?[\d:：][^*`_\n]{3,60}?)(?:\*\*|__|`)")
_PLAIN_HEAD = re.compile(
    r"(?P<name>[^\s:：*|>][^:：*\n]{0,38}?)\s*(?:(?<!\d)[:：]|[:：](?!\d))\s*(?P<rest>[^/\s].*)\Z",
    re.DOTALL,
)
_COLON = re.compile(r"\s*[:：]\s*")
_REPEATED = 2
_PLAIN_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Label:
    """What a line says about its words: a name, a time or both; ``rest`` is the words."""

    name: str | None
    span: Span | None
    rest: str
    form: LabelForm
    bullet: bool = False


@dataclass(frozen=True, slots=True)
class Cast:
    """The names that are speakers in one document, by the form of the labels that they come in."""

    bold: frozenset[str]
    timed: frozenset[str]
    plain: frozenset[str]

    def accepts(self, label: Label) -> bool:
        """Whether the label opens a turn here."""
        if label.name is None:
            return True
        if label.form == "timed":
            return label.name in self.timed
        if label.form == "plain":
            return not label.bullet and label.name in self.plain
        return label.name in self.bold


def find_label(line: str, *, bullet: bool = False) -> Label | None:
    """The label that ``line`` begins with, if it has the form of one; a Cast decides."""
    text = unlink_times(line.strip())
    text = _BOLD_TIME.sub(r"\g<time>", text, count=1) if _BOLD_TIME.match(text) else text
    lead = leading_span(text)
    if lead:
        return _after_time(*lead, bullet=bullet)
    return (
        _bold_label(text, bullet=bullet) or _timed_label(text, bullet) or _plain_label(text, bullet)
    )


def bare_time_label(line: str) -> Label | None:
    """A line with a time without brackets: ``0:01 words``, or the whole line ``Ann Poe 0:01``."""
    text = line.strip()
    named = trailing_bare_span(text)
    if named:
        name = plain(named[0])
        return Label(name, named[1], "", "timed") if may_be_name(name) else None
    found = bare_leading_span(text)
    return Label(None, found[0], found[1], "time") if found else None


def cast_of(labels: Sequence[Label], lines: int, *, timed: bool) -> Cast:
    """The speakers of a document of ``lines`` lines of talk, from every label in it.

    ``timed`` tells that its topics or turns carry times: then a name at the start of a paragraph
    is a speaker even if it comes once.
    """
    counts = Counter((label.form, label.name) for label in labels if not label.bullet)
    with_time = {
        label.name
        for label in labels
        if label.form == "timed"
        and label.name
        and (_is_person(label.name) or counts["timed", label.name] >= _REPEATED)
    }
    bold = {
        label.name
        for label in labels
        if label.form == "bold"
        and label.name
        and _is_bold_speaker(label, counts["bold", label.name], timed=timed)
    }
    bold |= with_time
    return Cast(frozenset(bold), frozenset(with_time), _plain_names(labels, bold, lines))


def _is_bold_speaker(label: Label, count: int, *, timed: bool) -> bool:
    name = label.name or ""
    if not may_be_name(name):
        return False
    if label.bullet:
        return _is_person(name) and label.span is not None
    if is_role(name):
        return True
    if is_lead_in(name):
        return False
    if label.span:
        return True
    if timed:
        return not label.rest or count >= _REPEATED or looks_like_name(name)
    return looks_like_name(name) and count >= _REPEATED


def _plain_names(labels: Sequence[Label], known: set[str], lines: int) -> frozenset[str]:
    """Names of ``Name: …`` lines: two or more that return and open most of the lines."""
    candidates = [label for label in labels if label.form == "plain" and not label.bullet]
    counts = Counter(label.name for label in candidates if label.name and may_be_name(label.name))
    names = {
        name
        for name, count in counts.items()
        if name in known or is_role(name) or (count >= _REPEATED and _has_name_shape(name))
    }
    share = sum(counts[name] for name in names) / max(1, lines)
    if len(names) < _REPEATED or share < _PLAIN_SHARE:
        names &= known
    return frozenset(names)


def _is_person(name: str) -> bool:
    return is_role(name) or looks_like_name(name)


def _has_name_shape(name: str) -> bool:
    return looks_like_name(name.title() if name.isupper() else name)


def _after_time(span: Span, text: str, *, bullet: bool) -> Label:
    named = _bold_label(text, bullet=bullet)
    if named:
        return Label(named.name, named.span or span, named.rest, named.form, bullet)
    match = _PLAIN_HEAD.match(text)
    if match and _is_person(match["name"]):
        return Label(plain(match["name"]), span, match["rest"].strip(), "timed", bullet)
    colon = _COLON.match(text)
    return Label(None, span, text[colon.end() :] if colon else text, "time", bullet)


def _bold_label(text: str, *, bullet: bool) -> Label | None:
    match = _BOLD_HEAD.match(text)
    if match is None:
        return None
    head, after = match["head"].strip(), match["after"]
    inner_colon = head.endswith((":", "："))
    head = head.rstrip(":： ")
    inside = trailing_span(head)
    if inside:
        head = inside[0]
    outside = leading_span(after)
    span = outside[0] if outside else inside[1] if inside else None
    rest = outside[1] if outside else after
    colon = _COLON.match(rest)
    if not (inner_colon or colon or (span and not rest)):
        return None
    words = rest[colon.end() :] if colon else rest
    name = plain(head)
    return Label(name, span, words, "bold", bullet) if name else None


def _timed_label(text: str, bullet: bool) -> Label | None:
    found = first_span(text)
    if found is None:
        return None
    before, span, after = found
    name, colon = plain(before), _COLON.match(after)
    if not may_be_name(name):
        return None
    if not colon and (after or bullet or not _is_person(name)):
        return None
    return Label(name, span, after[colon.end() :] if colon else "", "timed", bullet)


def _plain_label(text: str, bullet: bool) -> Label | None:
    match = _PLAIN_HEAD.match(text)
    if match is None:
        return None
    return Label(plain(match["name"]), None, match["rest"].strip(), "plain", bullet)


_CALLOUT = re.compile(r"\s*\[![A-Za-z-]+\]")
_SENTENCE_END = re.compile(r"[。！？!?.…”」』\"]\s*$")
_LONG_PARAGRAPH = 1000
_FEWEST_BARE_TIMES, _FEWEST_NAMED = 3, 2


@dataclass(frozen=True, slots=True)
class SpeakerTurn:
    """Consecutive texts of one speaker; ``span`` is what the source states for all of them."""

    speaker: str | None
    span: Span | None
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TalkLine:
    """One line of a talk as the source has it, with the label it may begin with."""

    text: str
    kind: str
    label: Label | None
    starts_block: bool


def lines_of(blocks: Sequence[Block], *, bare_times: bool = False) -> list[TalkLine]:
    """Every line of ``blocks`` that may open a turn; the rest of a wrapped one too.

    ``bare_times``: times without brackets count too (see has_bare_times).
    """
    return [line for block in blocks for line in _block_lines(block, bare_times=bare_times)]


def has_bare_times(blocks: Sequence[Block]) -> bool:
    """Whether lines begin with times without brackets often enough to be the file's pattern."""
    labels = [label for line in lines_of(blocks) if (label := bare_time_label(line.text))]
    named = sum(label.name is not None for label in labels)
    return len(labels) >= _FEWEST_BARE_TIMES or named >= _FEWEST_NAMED


def _block_lines(block: Block, *, bare_times: bool) -> Iterator[TalkLine]:
    if block.kind == "rule":
        yield TalkLine("", "rule", None, True)
        return
    lines = (text for text in block.text.split("\n") if text.strip())
    for place, text in enumerate(lines):
        label = bare_time_label(text) if bare_times else None
        # A name right below a bullet, without a blank line, is part of the bullet to Markdown.
        label = label or find_label(text, bullet=block.kind == "bullet" and place == 0)
        yield TalkLine(text, block.kind, label, place == 0)


def turns_of(lines: Sequence[TalkLine], cast: Cast, *, timed: bool) -> list[SpeakerTurn]:
    """The turns of a talk. Words before the first label have no speaker.

    A label without a name, ``(00:01:40):``, keeps the speaker before it. ``timed``: a time at a
    bullet's end is that bullet's own.
    """
    turns: list[SpeakerTurn] = []
    speaker: str | None = None
    for line in lines:
        if line.kind == "rule":
            continue
        label = line.label if line.label and cast.accepts(line.label) else None
        if label:
            speaker = label.name or speaker
            turns.append(SpeakerTurn(speaker, label.span, _texts(label.rest)))
        elif line.kind == "quote" and _CALLOUT.match(line.text):
            turns.append(SpeakerTurn(None, None, _texts(line.text)))
        elif timed and line.kind == "bullet" and (own := trailing_span(line.text)):
            turns.append(SpeakerTurn(speaker, own[1], _texts(own[0])))
        else:
            _continue(turns, speaker, line)
    return [_tidied(turn) for turn in turns if any(map(_has_words, turn.texts))]


def _continue(turns: list[SpeakerTurn], speaker: str | None, line: TalkLine) -> None:
    """Adds a line to the turn it belongs to: a wrapped line to the text above, others as a text."""
    if not turns or turns[-1].speaker != speaker:
        turns.append(SpeakerTurn(speaker, None, ()))
    last = turns[-1]
    # A line with the form of a label that is none, a lead-in, still begins a thought of its own.
    opens = line.starts_block or (line.label is not None and line.label.form == "bold")
    if not opens and last.texts and not _ends_paragraph(last.texts[-1]):
        texts = (*last.texts[:-1], f"{last.texts[-1]}\n{line.text}")
    else:
        texts = (*last.texts, line.text)
    turns[-1] = replace(last, texts=texts)


def _ends_paragraph(text: str) -> bool:
    """Whether a line break after ``text`` parts two paragraphs of a file without blank lines."""
    return len(text) > _LONG_PARAGRAPH and _SENTENCE_END.search(text) is not None


def _texts(text: str) -> tuple[str, ...]:
    return (text,) if text.strip() else ()


def _tidied(turn: SpeakerTurn) -> SpeakerTurn:
    texts = (plain(text) for text in turn.texts)
    return replace(turn, texts=tuple(text for text in texts if _has_words(text)))


def _has_words(text: str) -> bool:
    return any(char.isalnum() for char in text)
