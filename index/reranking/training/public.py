"""Public sets as the files that training reads: ``python -m index.reranking.training.public``.

``--talks NAME FOLDER`` takes transcripts whose licence allows it, in which each turn begins with
its speaker (``### NAME：`` or ``**NAME:**``), and makes a question of each turn that ends in one,
with the reply as its answer. What was asked is the hardest that doesn't answer: it holds all words
of the question. ``--squad NAME FILE`` takes a file in SQuAD's layout, whose questions without an
answer are near misses. ``--twins NAME LIST`` takes talks that lie there in two languages: a file
with the names of two transcripts a line, beside it, set apart by a tab. Where both have the same
turns, each question goes with the reply in either language. ``--dialogues NAME FILE`` takes
questions about scenes, in FriendsQA's layout. All may be given several times.

What measures is left out: with ``--except FOLDER`` transcripts that have the name of a file there,
with ``--except-squad FILE`` articles of which a passage or a question stands in that file.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

from corpus.language import detect_language
from corpus.sentences import sentence_spans, width
from index.lexical.terms import terms

Json = dict[str, Any]
Turn = tuple[str, str]
Pair = tuple[Json, Json]
"""A document and a question that it answers."""

PAIRS = 6_000
"""Questions of a set of talks, drawn from all of it."""
RARE, TELLING = 0.005, 2
"""A question is kept with so many words that no more than this share of the questions have: "So why
did you do it?" means nothing alone."""
SHORTEST_REPLY, LONGEST_REPLY = 60, 4_000
"""Widths (a Han character is 2): less says nothing, more is a speech."""
SHORTEST_QUESTION, LONGEST_QUESTION = 16, 240

_HEADED = re.compile(
    r"^(?:###\s+(?P<heading>[^\n]{1,60}?)\s*[：:]?\s*$|\*\*(?P<bold>[^*\n]{1,60}?)[:：]\*\*)", re.M
)
_ASIDE = re.compile(r"^\s*(?:>.*|\\?\[[\d:.]+\\?\])\s*$", re.M)
_TIME = re.compile(r"\\?\[\d+:\d+(?::\d+)?(?:\.\d+)?\\?\]")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_BEFORE = re.compile(r" ((?:[.,!?;:…)\]]|n't\b|'(?:s|re|ve|ll|d|m)\b))")
_AFTER = re.compile(r"([(\[]) ")
_ASKS = re.compile(r"[?？][\"'”’」』)）]?$")


def turns_of(note: str) -> list[Turn]:
    """Who says what in a transcript; what stands before the first speaker is left out."""
    heads = list(_HEADED.finditer(note))
    ends = [*(head.start() for head in heads[1:]), len(note)]
    turns: list[Turn] = []
    for head, end in zip(heads, ends, strict=False):
        speaker = head["heading"] or head["bold"]
        text = _LINK.sub(r"\1", _TIME.sub(" ", _ASIDE.sub(" ", note[head.end() : end])))
        text = " ".join(text.replace("**", "").split())
        if turns and turns[-1][0] == speaker:
            turns[-1] = (speaker, f"{turns[-1][1]} {text}".strip())
        elif text:
            turns.append((speaker, text))
    return turns


def question_in(text: str) -> str:
    """What a turn asks at its end: its last sentence, empty where that is no question or says too
    little by itself."""
    spans = sentence_spans(text)
    if not spans:
        return ""
    last = text[spans[-1][0] : spans[-1][1]].strip()
    fits = SHORTEST_QUESTION <= width(last) <= LONGEST_QUESTION
    return last if fits and _ASKS.search(last) else ""


def pairs_of(turns: Sequence[Turn]) -> Iterator[tuple[int, str]]:
    """Positions of turns that ask, with what they ask, where somebody else replies at length."""
    for at, ((asking, text), (replying, reply)) in enumerate(pairwise(turns)):
        replies = asking != replying and SHORTEST_REPLY <= width(reply) <= LONGEST_REPLY
        if replies and (question := question_in(text)):
            yield at, question


def telling(questions: Sequence[str]) -> list[bool]:
    """Which of these say by themselves what they are about: those with words of their own."""
    words = [frozenset(terms(question)) for question in questions]
    asked = Counter(word for one in words for word in one)
    most = max(RARE * len(questions), 1)
    return [sum(asked[word] <= most for word in one) >= TELLING for one in words]


def asked_rows(name: str, number: int, path: Path, turns: Sequence[Turn]) -> Iterator[Pair]:
    """Documents of a question's turn and its reply, with the questions, of one talk."""
    for part, (at, question) in enumerate(pairs_of(turns)):
        yield asked_row(name, f"{number:05}-{part:03}", path, turns[at : at + 2], question)


def asked_row(name: str, place: str, path: Path, turns: Sequence[Turn], question: str) -> Pair:
    """A document of a question's turn and its reply, with the question."""
    shared = {"id": f"{name}-{place}", "set": name, "lang": detect_language(turns[-1][1])}
    document = shared | {"title": path.stem, "turns": turns}
    asked = {"question": question, "doc": shared["id"], "turns": [[1, 1]], "asking": [[0, 0]]}
    return document, shared | asked


def talk_rows(name: str, folder: Path, seed: int, without: Collection[str] = ()) -> Iterator[Pair]:
    """Of all talks in a folder, but for files of these names."""
    draw = random.Random(seed)
    found: list[Pair] = []
    for number, path in enumerate(sorted(folder.rglob("*.md"))):
        if path.name not in without:
            found += asked_rows(name, number, path, _turns_in(path))
    tells = telling([asked["question"] for _, asked in found])
    kept = [pair for pair, alone in zip(found, tells, strict=True) if alone]
    yield from draw.sample(kept, min(PAIRS, len(kept)))


def twin_rows(name: str, listed: Path, without: Collection[str] = ()) -> Iterator[Pair]:
    """Of talks in two languages: the same question and reply in each, under the same number."""
    pairs = [line.split("\t") for line in listed.read_text(encoding="utf-8").splitlines()]
    for number, files in enumerate(pair for pair in pairs if len(pair) == 2):
        paths = [listed.parent / file.strip() for file in files]
        if not all(path.is_file() and path.name not in without for path in paths):
            continue
        both = [_turns_in(path) for path in paths]
        if len(both[0]) != len(both[1]):
            continue
        asking = [dict(pairs_of(turns)) for turns in both]
        for at in asking[0].keys() & asking[1].keys():
            for path, turns, asked in zip(paths, both, asking, strict=True):
                lang = detect_language(turns[at + 1][1]).partition("-")[0]
                place = f"{number:05}-{at:03}"
                yield asked_row(f"{name}-{lang}", place, path, turns[at : at + 2], asked[at])


def _turns_in(path: Path) -> list[Turn]:
    return turns_of(path.read_text(encoding="utf-8", errors="replace"))


def squad_rows(
    name: str, path: Path, measuring: Collection[str] = ()
) -> Iterator[tuple[Json, list[Json]]]:
    """Documents with their questions, of articles without any of these passages or ids."""
    for number, article in enumerate(_articles(path)):
        if not _identities(article).isdisjoint(measuring):
            continue
        for part, paragraph in enumerate(article["paragraphs"]):
            text = paragraph["context"]
            identifier, lang = f"{name}-{number:05}-{part:03}", detect_language(text)
            shared = {"set": name, "lang": lang}
            questions = []
            for at, asked in enumerate(paragraph["qas"]):
                row = shared | {"id": f"{identifier}-{at}", "question": asked["question"]}
                answers = asked.get("answers") or []
                if answers:
                    start = answers[0]["answer_start"]
                    row |= {"start": start, "end": start + len(answers[0]["text"])}
                questions.append(row | {"doc": identifier})
            yield (
                shared | {"id": identifier, "title": article.get("title", ""), "text": text},
                questions,
            )


def dialogue_rows(name: str, path: Path) -> Iterator[tuple[Json, list[Json]]]:
    """Scenes with questions about them. Words are joined as people write them: the files set every
    mark apart."""
    for number, scene in enumerate(_articles(path)):
        for part, paragraph in enumerate(scene["paragraphs"]):
            said = paragraph["utterances:"]
            turns = [(_speakers(one["speakers"]), _joined(one["utterance"])) for one in said]
            identifier = f"{name}-{number:05}-{part:03}"
            shared = {"set": name, "lang": "en"}
            questions = [
                shared
                | {"id": f"{identifier}-{at}", "question": _joined(asked["question"])}
                | {"doc": identifier, "turns": [[one, one] for one in _answering(asked, len(said))]}
                for at, asked in enumerate(paragraph["qas"])
            ]
            document = shared | {"id": identifier, "title": scene["title"], "turns": turns}
            yield document, [one for one in questions if one["turns"]]


def _speakers(names: Sequence[str]) -> str:
    """Nobody says a stage direction."""
    return " and ".join(name for name in names if not name.startswith("#"))


def _answering(asked: Json, count: int) -> list[int]:
    """The utterances that hold an answer."""
    found = {int(answer["utterance_id"]) for answer in asked["answers"]}
    return sorted(one for one in found if one < count)


def _joined(text: str) -> str:
    return _AFTER.sub(r"\1", _BEFORE.sub(r"\1", " ".join(text.split())))


def _articles(path: Path) -> list[Json]:
    found: list[Json] = json.loads(path.read_text(encoding="utf-8"))["data"]
    return found


def _identities(article: Json) -> set[str]:
    """What an article is known by in another file: its passages, and the ids of its questions."""
    found: set[str] = set()
    for paragraph in article["paragraphs"]:
        found.add(paragraph["context"].strip())
        found.update(asked["id"] for asked in paragraph["qas"] if "id" in asked)
    return found


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--talks", nargs=2, action="append", default=[], metavar=("NAME", "FOLDER"))
    parser.add_argument("--squad", nargs=2, action="append", default=[], metavar=("NAME", "FILE"))
    parser.add_argument("--twins", nargs=2, action="append", default=[], metavar=("NAME", "LIST"))
    file = ("NAME", "FILE")
    parser.add_argument("--dialogues", nargs=2, action="append", default=[], metavar=file)
    parser.add_argument("--except", dest="without", type=Path, metavar="FOLDER")
    parser.add_argument("--except-squad", dest="measuring", type=Path, metavar="FILE")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with (
        (given.out / "documents.jsonl").open("w", encoding="utf-8") as documents,
        (given.out / "questions.jsonl").open("w", encoding="utf-8") as questions,
    ):

        def put(file: Any, row: Json) -> None:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

        without = {path.name for path in given.without.iterdir()} if given.without else set()
        talks = (talk_rows(name, Path(one), given.seed, without) for name, one in given.talks)
        twins = (twin_rows(name, Path(one), without) for name, one in given.twins)
        for document, asked in chain(*talks, *twins):
            put(documents, document)
            put(questions, asked)
        measuring = set[str]()
        for article in _articles(given.measuring) if given.measuring else ():
            measuring |= _identities(article)
        squads = (squad_rows(name, Path(one), measuring) for name, one in given.squad)
        dialogues = (dialogue_rows(name, Path(one)) for name, one in given.dialogues)
        for parts in (*squads, *dialogues):
            for document, all_asked in parts:
                put(documents, document)
                for asked in all_asked:
                    put(questions, asked)


if __name__ == "__main__":
    main()
