"""Public sets as the files that training reads: ``python -m index.reranking.training.public``.

``--talks NAME FOLDER`` takes transcripts whose licence allows it, in which each turn begins with
its speaker (``### NAME：`` or ``**NAME:**``), and makes a question of each turn that ends in one,
with the reply as its answer. What was asked is the hardest that doesn't answer: it holds all words
of the question. ``--squad NAME FILE`` takes a file in SQuAD's layout, whose questions without an
answer are near misses. Both may be given several times.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from corpus.language import detect_language
from corpus.sentences import sentence_spans, width
from index.lexical.terms import terms

Json = dict[str, Any]
Turn = tuple[str, str]

PAIRS = 12_000
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


def talk_rows(name: str, folder: Path, seed: int) -> Iterator[tuple[Json, Json]]:
    """Documents of a question's turn and its reply, with the questions."""
    draw = random.Random(seed)
    found: list[tuple[Json, Json]] = []
    for number, path in enumerate(sorted(folder.rglob("*.md"))):
        turns = turns_of(path.read_text(encoding="utf-8", errors="replace"))
        for part, (at, question) in enumerate(pairs_of(turns)):
            identifier = f"{name}-{number:05}-{part:03}"
            shared = {"id": identifier, "set": name, "lang": detect_language(turns[at + 1][1])}
            document = shared | {"title": path.stem, "turns": turns[at : at + 2]}
            asked = shared | {"question": question, "doc": identifier}
            found.append((document, asked | {"turns": [[1, 1]], "asking": [[0, 0]]}))
    tells = telling([asked["question"] for _, asked in found])
    kept = [pair for pair, alone in zip(found, tells, strict=True) if alone]
    yield from draw.sample(kept, min(PAIRS, len(kept)))


def squad_rows(name: str, path: Path) -> Iterator[tuple[Json, list[Json]]]:
    """Documents with their questions."""
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    for number, article in enumerate(articles):
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


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--talks", nargs=2, action="append", default=[], metavar=("NAME", "FOLDER"))
    parser.add_argument("--squad", nargs=2, action="append", default=[], metavar=("NAME", "FILE"))
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

        for name, folder in given.talks:
            for document, asked in talk_rows(name, Path(folder), given.seed):
                put(documents, document)
                put(questions, asked)
        for name, path in given.squad:
            for document, all_asked in squad_rows(name, Path(path)):
                put(documents, document)
                for asked in all_asked:
                    put(questions, asked)


if __name__ == "__main__":
    main()
