"""Context packing: what a language model reads of the evidence, the best sentences as excerpts.

Evidence goes in, not chunks: ``gather`` takes the sentences that are worth most, whichever chunk
they are from, inside a budget of tokens; ``render`` writes them as a block, each under a short
handle; ``neutral`` keeps their words from passing for anything of ours. Pure functions.

    value of a sentence = SEGMENT * its chunk's score
                          + the most of: its own score,
                                         FOLLOWING ** k * the score of the k-th sentence before it,
                                         if that is its chunk's best, or asks or announces;
                                         LEANT_ON * the score of the next one, if that leans on it

So a neighbour comes along where it is needed: what the same speaker says next, what answers a
question, what a pronoun stands for.

A prompt of ours is built from handles in square brackets, fences in angle brackets, one line an
excerpt, and roles. None of these can come out of ``neutral``. The words stay readable, and what a
citation quotes is taken from the transcript, never from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from corpus.chunks import place_in_talk
from corpus.tokens import count_tokens
from corpus.types import Chunk, Sentence
from index.lexical.terms import terms
from index.moments import clock
from index.scoring import WORTH, leads_on
from index.types import Evidence, Hit

NO_ANSWER = "NO_ANSWER"
"""What a model is told to write where the excerpts say nothing about the question."""
BUDGET_TOKENS = 1200
"""For all excerpts with their labels: a small model on a processor reads them in some seconds."""
SEGMENT = 2.0
"""Weight of the chunk's score beside the sentence's own: see docs/measure.md."""
FOLLOWING = 0.7
"""What a sentence passes on to the next one, of the same speaker or answering a question."""
REACH = 2
"""So many sentences after it get a share of a sentence's score."""
LEANT_ON = 0.6
"""What a sentence that opens with a pronoun or a connective passes back to the one before."""
ALIKE = 0.8
"""Two sentences that share so much of their terms say the same; of those the first one stays."""
LEAST_TOKENS = 12
"""What the shortest sentence that tells something takes."""
TELLING = 4
"""With fewer terms than these a sentence is like another one only if it is the same."""

_LEANING = re.compile(
    r"(?:and|but|so|because|which|then|it|it[’']s|its|this|that|that[’']s|these|those|they|"
    r"they[’']re|them|he|he[’']s|she|she[’']s|his|her|their|such|either|neither|also)\b"
    r"|[它这這那他她其此]|所以|因此|因为|因為|但|而|并且|並且|然后|然後|于是|於是|前者|后者|後者",
    re.IGNORECASE,
)

OPENING, CLOSING = "<excerpts>", "</excerpts>"
"""The fence around the block. ``neutral`` takes angle brackets out of all that stands in it."""

LINE_TOKENS = 120
"""Of a line at most, if it has more than one sentence."""
_LABEL_CHARACTERS = 80


_Place = tuple[int, int]
"""A hit's rank and the position of one of its chunk's sentences."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Consecutive sentences of one speaker in one chunk, as the model sees them.

    ``handle`` is 1-based and what the model cites, as in ``[3]``.
    """

    handle: int
    chunk: Chunk
    sentences: tuple[Sentence, ...]

    @property
    def speaker(self) -> str | None:
        """Who says it."""
        return self.sentences[0].speaker


def gather(evidence: Evidence, budget_tokens: int = BUDGET_TOKENS) -> tuple[Excerpt, ...]:
    """The excerpts to answer from: what ``render`` makes of them has ``budget_tokens`` at most.

    Grouped by talk, talks by their best hit, what was said before an editor's digest of it, each in
    the order of the talk. Empty where there are no hits, or where not even one sentence fits.
    """
    hits = evidence.hits
    room = _Room(hits, budget_tokens)
    taken = [place for place in _by_value(hits, room) if room.takes(place)]
    while taken:
        excerpts = _excerpts(hits, taken)
        if count_tokens(render(excerpts)) <= budget_tokens:
            return excerpts
        taken.pop()  # the counts of the parts don't quite add up to the count of the whole
    return ()


class _Room:
    """What has been taken so far, and what is left of the budget."""

    def __init__(self, hits: Sequence[Hit], budget_tokens: int) -> None:
        self._hits = hits
        self._left = budget_tokens - count_tokens(f"{OPENING}\n{CLOSING}\n")
        self._heads: set[str] = set()
        self._taken: set[_Place] = set()
        self._said: list[frozenset[str]] = []
        self._words: set[str] = set()

    @property
    def is_full(self) -> bool:
        """Whether no sentence worth reading can fit any more."""
        return self._left < LEAST_TOKENS

    def takes(self, place: _Place) -> bool:
        """Takes a sentence that says something new, if there is room for it with what has to stand
        above and before it."""
        rank, n = place
        chunk = self._hits[rank].chunk
        words = " ".join(chunk.sentences[n].text.split())
        said = frozenset(terms(words))
        if self._is_said(words, said):
            return False
        above = set(heads(chunk)) - self._heads
        cost = sum(count_tokens(f"{line}\n") for line in (*above, self._line(place)))
        if cost > self._left:
            return False
        self._left -= cost
        self._heads |= above
        self._taken.add(place)
        self._words.add(words)
        self._said.append(said)
        return True

    def _is_said(self, words: str, said: frozenset[str]) -> bool:
        if len(said) < TELLING:
            return words in self._words
        return any(_alike(said, other) for other in self._said)

    def _line(self, place: _Place) -> str:
        """The sentence's words, behind a label where it doesn't join what is there already."""
        rank, n = place
        chunk = self._hits[rank].chunk
        sentence = chunk.sentences[n]
        near = {(rank, n - 1), (rank, n + 1)} & self._taken
        joins = any(chunk.sentences[at].speaker == sentence.speaker for _, at in near)
        return neutral(sentence.text) if joins else f"[99] {label(sentence)}{sentence.text}"


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sentences say the same, by their terms; never where their numbers differ."""
    shared = len(one & other)
    if shared < ALIKE * max(len(one), len(other)):
        return False
    return not any(character.isdigit() for term in one ^ other for character in term)


def _by_value(hits: Sequence[Hit], room: _Room) -> Iterator[_Place]:
    """The sentences, those worth most first, until the room is full."""
    worth = {
        (rank, n): value for rank, hit in enumerate(hits) for n, value in enumerate(_values(hit))
    }
    for place in sorted(worth, key=lambda at: -worth[at]):
        if room.is_full:
            return
        yield place


def _values(hit: Hit) -> list[float]:
    """What each of the chunk's sentences is worth; in a digest less, as its passages are."""
    scores = {sentence.offset: score for sentence, score in hit.sentences}
    sentences = hit.chunk.sentences
    # No score of its own: a sentence that the retriever has not told of.
    own = [max(0.0, scores.get(sentence.offset, 0.0)) for sentence in sentences]
    best, top = list(own), max(own, default=0.0)
    for n, sentence in enumerate(sentences):
        asks = leads_on(sentence.text)
        followers = sentences[n + 1 : n + 1 + REACH] if asks or own[n] == top else ()
        for step, later in enumerate(followers, start=1):
            if asks or later.speaker == sentence.speaker:
                best[n + step] = max(best[n + step], FOLLOWING**step * own[n])
        if n and _LEANING.match(sentence.text):
            best[n - 1] = max(best[n - 1], LEANT_ON * own[n])
    return [WORTH[hit.chunk.kind] * value + SEGMENT * hit.score for value in best]


def _excerpts(hits: Sequence[Hit], places: Iterable[_Place]) -> tuple[Excerpt, ...]:
    """Sentences that touch become one excerpt, as long as one person speaks."""
    talks = {file: n for n, file in enumerate(dict.fromkeys(hit.chunk.file for hit in hits))}

    stands = [place_in_talk(hit.chunk) for hit in hits]

    def order(place: _Place) -> tuple[int, bool, tuple[int, int, float], int, int]:
        rank, n = place
        chunk = hits[rank].chunk
        return talks[chunk.file], chunk.kind == "summary", stands[rank], rank, n

    runs: list[list[_Place]] = []
    for rank, n in sorted(set(places), key=order):
        sentences = hits[rank].chunk.sentences
        if (
            runs
            and runs[-1][-1] == (rank, n - 1)
            and sentences[n].speaker == sentences[n - 1].speaker
        ):
            runs[-1].append((rank, n))
        else:
            runs.append([(rank, n)])
    return tuple(
        Excerpt(handle, hits[run[0][0]].chunk, tuple(_sentence(hits, place) for place in run))
        for handle, run in enumerate(runs, start=1)
    )


def _sentence(hits: Sequence[Hit], place: _Place) -> Sentence:
    return hits[place[0]].chunk.sentences[place[1]]


def render(excerpts: Sequence[Excerpt]) -> str:
    """The block that the model reads, one line an excerpt or, where it is long, several with the
    same handle; empty without any.

    Above a talk's excerpts stands its title, above those of one topic its heading. ``≈`` marks a
    time that is estimated. No words of a transcript can pass for a handle, a fence or a role.
    """
    if not excerpts:
        return ""
    lines = [OPENING]
    file = heading = None
    for excerpt in excerpts:
        chunk = excerpt.chunk
        if chunk.file != file:
            file, heading = chunk.file, None
            lines.append(_title_line(chunk))
        if chunk.heading and chunk.heading != heading:
            heading = chunk.heading
            lines.append(_heading_line(chunk))
        for part in _parts(excerpt.sentences):
            words = neutral(" ".join(sentence.text for sentence in part))
            lines.append(f"[{excerpt.handle}] {label(part[0])}{words}")
    return "\n".join([*lines, CLOSING])


def _parts(sentences: Sequence[Sentence]) -> list[list[Sentence]]:
    """Consecutive sentences, cut so that their speaker's name is never far: far from it, a small
    model takes the next one's."""
    parts: list[list[Sentence]] = []
    length = 0
    for sentence in sentences:
        tokens = count_tokens(sentence.text)
        if parts and length + tokens <= LINE_TOKENS:
            parts[-1].append(sentence)
            length += tokens
        else:
            parts.append([sentence])
            length = tokens
    return parts


def heads(chunk: Chunk) -> list[str]:
    """The lines that stand above a chunk's excerpts: its talk's title, and its heading if any."""
    lines = [_title_line(chunk)]
    return [*lines, _heading_line(chunk)] if chunk.heading else lines


def _title_line(chunk: Chunk) -> str:
    return f"# {_short(chunk.title or chunk.file)}"


def _heading_line(chunk: Chunk) -> str:
    digest = " (digest)" if chunk.kind == "summary" else ""
    return f"## {_short(chunk.heading)}{digest}"


def label(sentence: Sentence) -> str:
    """Who says it and when, as far as the source tells: ``Ann ≈12:05: ``."""
    start_s = sentence.start_s
    time = "" if start_s is None else f"{'≈' if sentence.estimated else ''}{clock(start_s)}"
    name = _short(sentence.speaker or "")
    told = " ".join(part for part in (name, time) if part)
    return f"{told}: " if told else ""


def _short(text: str) -> str:
    plain = neutral(text)
    return plain if len(plain) <= _LABEL_CHARACTERS else f"{plain[:_LABEL_CHARACTERS].rstrip()}…"


_BRACKETS = str.maketrans(
    {
        **dict.fromkeys("[［【〔〖〚⟦⁅❲﹝", "("),
        **dict.fromkeys("]］】〕〗〛⟧⁆❳﹞", ")"),
        **dict.fromkeys("<＜﹤", "‹"),
        **dict.fromkeys(">＞﹥", "›"),
    }
)
# Invisible: they could stand inside a marker and be lost on the way to the model. The joiners that
# Indic scripts, Persian and emoji are written with (U+200C, U+200D) stay: brackets are gone anyway.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_ROLE = re.compile(
    r"(?<![^\W_])(system|user|assistant|human|ai|bot|model|developer|tool|instructions?|prompt|"
    r"response|question|answer|系统|系統|用户|用戶|使用者|助手|助理|指令|提示|问题|問題|回答)"
    r"(\W{0,3})[:：]",
    re.IGNORECASE,
)
_FENCE = re.compile(r"(`{3,}|~{3,}|#{2,}|-{3,}|={3,})")
_RESERVED = re.compile(re.escape(NO_ANSWER), re.IGNORECASE)


def neutral(text: str) -> str:
    """The text on one line, without anything that looks like a handle, a fence or a role marker.

    Brackets become round or single quotation marks, the colon behind a role a dash; runs of signs
    that fence or head a block go. Applied twice it changes nothing more.
    """
    text = _INVISIBLE.sub("", text).translate(_BRACKETS)
    text = _RESERVED.sub("no answer", _FENCE.sub(" ", text))
    return " ".join(_ROLE.sub(r"\1\2 –", text).split())
