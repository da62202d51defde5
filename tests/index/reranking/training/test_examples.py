"""What the reranker learns from, of documents made for this."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from index.reranking.training import examples
from index.reranking.training.examples import Asked, Example, Reading, Sampler
from index.reranking.training.public import (
    dialogue_rows,
    question_in,
    squad_rows,
    talk_rows,
    telling,
    turns_of,
    twin_rows,
)
from index.reranking.training.run import drawn
from index.reranking.windows import Line, Tokens

TALK = """# A morning

Welcome to all.

### 主持人：
歡迎來到節目。

為什麼你覺得刀子一定要每天磨才會安全呢？

### 林可：
因為鈍的刀會滑開，你要用更大的力氣，所以很容易切到手。我每天早上都磨刀，這是學徒教我的第一件事。
"""
POD = """**Ann Lee:** Hi. \\[00:01:02.03\\] So why would anybody sharpen a knife every single day?

**Bob:** A [blunt](https://a.example) knife slips, so you press harder, and then it goes into your
hand. I do it every morning.

And twice on Sundays.
"""


class Letters:
    """Counts each character as a token."""

    def lines(self, lines: Sequence[Line]) -> list[Tokens]:
        return [Tokens(line.speaker, [], self.pieces(line.text)) for line in lines]

    def pieces(self, text: str) -> list[int]:
        return list(map(ord, text))

    def words(self, text: str) -> list[str]:
        return text.split()


def reading_of(folder: Path, documents: list[Any], questions: list[Any]) -> Reading:
    for name, rows in (("documents", documents), ("questions", questions)):
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return Reading.read([folder], Letters())  # type: ignore[arg-type]


def sampler(reading: Reading, seed: int) -> Sampler:
    return Sampler(reading, Letters(), seed)  # type: ignore[arg-type]


def labelled(example: Example) -> dict[str, str]:
    own = example.document.lines[example.window.first : example.window.last]
    return dict(zip((line.text for line in own), example.says, strict=True))


def examples_of(reading: Reading, identifier: str) -> list[Example]:
    (asked,) = (one for one in reading.questions if one.id == identifier)
    return list(sampler(reading, 1).for_one(asked.text, asked))


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    shared = {"set": "s", "lang": "en"}
    filler = "This sentence tells about something else in quite a few words indeed. " * 6
    parts = [f"A knife slips when blunt. It is safer sharp. {filler}", f"Tea is hot. {filler}"]
    documents = [
        shared | {"id": f"s-0001-{n}", "title": "", "text": text} for n, text in enumerate(parts)
    ]
    turns = [["Ann", "Why sharp?"], ["Bob", "It does not slip. I like it."]]
    documents.append(shared | {"id": "s-0002-0", "title": "", "turns": turns})
    asked = {**shared, "doc": "s-0001-0", "question": "Why sharp?"}
    return reading_of(
        tmp_path,
        documents,
        [
            asked | {"id": "span", "start": 26, "end": 44},
            asked | {"id": "near"},
            asked | {"id": "host", "doc": "s-0002-0", "turns": [[1, 1]], "asking": [[0, 0]]},
            asked | {"id": "turn", "doc": "s-0002-0", "turns": [[1, 1]]},
        ],
    )


def test_the_sentence_that_answers_is_marked_in_its_window(reading: Reading) -> None:
    (positive,) = (one for one in examples_of(reading, "span") if one.answers)
    labels = labelled(positive)
    assert labels.pop("It is safer sharp.") == "answers"
    assert set(labels.values()) == {"does not"}


def test_the_rest_of_the_article_does_not_answer(reading: Reading) -> None:
    negatives = [one for one in examples_of(reading, "span") if not one.answers]
    assert negatives and {one.document.article for one in negatives} <= {"s-0001", "s-0002"}
    for one in negatives:
        assert set(one.says) == {"does not"}
        assert "It is safer sharp." not in labelled(one)


def test_the_document_without_its_answer_is_a_near_miss(reading: Reading) -> None:
    """Another draw may show another part of the article; none shows the answer."""
    (asked,) = (one for one in reading.questions if one.id == "span")
    made = sampler(reading, 3)
    negatives = [one for _ in range(20) for one in made.for_one("Why sharp?", asked)]
    emptied = [one for one in negatives if not one.answers and one.document.id == "s-0001-0"]
    assert emptied and any("A knife slips when blunt." in labelled(one) for one in emptied)
    assert not any("It is safer sharp." in labelled(one) for one in emptied)


def test_windows_with_the_questions_words_come_first_among_near_misses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = {"set": "s", "lang": "en", "title": ""}
    texts = [f"{'zqx' if n == 7 else 'abc'} {'d' * 140}." for n in range(30)]
    documents = [shared | {"id": "s-0001-0", "text": " ".join(texts)}]
    asked = {"set": "s", "lang": "en", "id": "near", "doc": "s-0001-0", "question": "zqx?"}
    reading = reading_of(tmp_path, documents, [asked])
    monkeypatch.setattr(examples, "NEAREST", 1)
    (first, *_) = examples_of(reading, "near")
    assert any(text.startswith("zqx") for text in labelled(first))


def test_somebody_elses_reply_answers_nobody_who_is_named(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examples, "NAMED", 1.0)
    (asked,) = (one for one in reading.questions if one.id == "host")
    made = sampler(reading, 1)
    made._speakers["en"] = ["Cy"]
    found = list(made.for_one("Why sharp?", asked))
    right = {one.question for one in found if one.answers}
    wrong = {one.question for one in found if "Cy" in one.question}
    assert right and all("Bob" in question for question in right)
    assert wrong and not any(one.answers for one in found if "Cy" in one.question)


def test_a_set_that_is_left_out_is_not_there(tmp_path: Path, reading: Reading) -> None:
    left = Reading.read([tmp_path], Letters(), ["s"])  # type: ignore[arg-type]
    assert reading.documents and not left.documents and not left.questions


def test_a_large_set_does_not_drown_a_small_one() -> None:
    def of(name: str, count: int) -> list[Asked]:
        nothing: frozenset[int] = frozenset()
        return [
            Asked(f"{name}-{n}", name, "en", "?", "d", nothing, nothing, True) for n in range(count)
        ]

    first = list(itertools.islice(drawn([*of("large", 400), *of("small", 4)], 1), 2_000))
    share = sum(asked.set == "small" for asked in first) / len(first)
    assert share == pytest.approx(2 / 22, abs=0.03)
    large = [asked.id for asked in first if asked.set == "large"]
    assert len(set(large[:400])) == 400, "each once before any twice"


def test_talks_in_two_languages_ask_either_way(tmp_path: Path) -> None:
    for name, text in (("a.md", TALK), ("b.md", POD), ("c.md", f"{POD}\n**Ann Lee:** Right.\n")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    listed = tmp_path / "list"
    listed.write_text("# pairs\na.md\tb.md\nb.md\tc.md\na.md\tgone.md\n", encoding="utf-8")
    rows = list(twin_rows("twins", listed))
    assert [asked["id"] for _, asked in rows] == ["twins-zh-00000-000", "twins-en-00000-000"]
    assert [document["turns"][1][0] for document, _ in rows] == ["林可", "Bob"]
    assert list(twin_rows("twins", listed, {"a.md"})) == []
    folder = tmp_path / "rows"
    folder.mkdir()
    reading = reading_of(folder, [document for document, _ in rows], [one for _, one in rows])
    questions = {one.question for one in sampler(reading, 1).examples(reading.questions * 20)}
    (chinese,) = (one for one in reading.questions if one.lang == "zh-Hant")
    asked_of = {
        one.document.lang for one in sampler(reading, 1).examples([chinese] * 40) if one.answers
    }
    assert asked_of == {"zh-Hant"} and any("sharpen" in text for text in questions)


def test_a_near_miss_has_no_window_that_answers(reading: Reading) -> None:
    assert examples_of(reading, "near")
    assert not any(one.answers for one in examples_of(reading, "near"))


def test_the_hosts_question_is_no_answer_and_one_line_of_the_reply_is(reading: Reading) -> None:
    (positive,) = (one for one in examples_of(reading, "host") if one.answers)
    assert labelled(positive) == {
        "Why sharp?": "does not",
        "It does not slip.": "one of these",
        "I like it.": "one of these",
    }


def test_of_a_long_span_that_answers_nothing_is_known_by_line(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    (short,) = (one for one in examples_of(reading, "turn") if one.answers)
    assert set(short.says) == {"does not", "one of these"}
    monkeypatch.setattr(examples, "SHORT", 1)
    (long,) = (one for one in examples_of(reading, "turn") if one.answers)
    assert set(long.says) == {"unknown"}


def test_the_same_seed_makes_the_same_examples(reading: Reading) -> None:
    one, other = (list(sampler(reading, 5).examples(reading.questions)) for _ in range(2))
    assert one == other


def test_turns_are_read_in_both_forms() -> None:
    assert [speaker for speaker, _ in turns_of(TALK)] == ["主持人", "林可"]
    (ann, asks), (bob, replies) = turns_of(POD)
    assert (ann, bob) == ("Ann Lee", "Bob")
    assert asks == "Hi. So why would anybody sharpen a knife every single day?"
    assert replies.startswith("A blunt knife slips") and replies.endswith("twice on Sundays.")


def test_a_question_is_asked_of_its_reply(tmp_path: Path) -> None:
    for name, text in (("a.md", TALK), ("b.md", POD)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    rows = sorted(talk_rows("talk", tmp_path, seed=1), key=lambda pair: pair[1]["id"])
    assert [asked["question"] for _, asked in rows] == [
        "為什麼你覺得刀子一定要每天磨才會安全呢？",
        "So why would anybody sharpen a knife every single day?",
    ]
    assert [document["lang"] for document, _ in rows] == ["zh-Hant", "en"]
    assert rows[0][1]["turns"] == [[1, 1]] and rows[0][1]["asking"] == [[0, 0]]


def test_a_question_in_everybodys_words_tells_nothing_alone() -> None:
    common = ["So why did you do it that way?", "那你為什麼會這樣做呢？"] * 20
    own = ["Why did you sharpen the knife?", "你為什麼每天磨刀呢？"]
    assert telling([*common, *own]) == [False] * len(common) + [True] * len(own)


@pytest.mark.parametrize("text", ["", "It is so.", "Is it?", "Why would anybody do it so? Yes."])
def test_what_asks_nothing_by_itself_is_no_question(text: str) -> None:
    assert question_in(text) == ""


def test_questions_without_an_answer_keep_none(tmp_path: Path) -> None:
    answered = {"question": "Who?", "answers": [{"answer_start": 0, "text": "Ann"}]}
    paragraph = {"context": "Ann came.", "qas": [answered, {"question": "When?", "answers": []}]}
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({"data": [{"title": "T", "paragraphs": [paragraph]}]}))
    ((document, questions),) = squad_rows("set", path)
    assert document["text"] == "Ann came."
    assert (questions[0]["start"], questions[0]["end"]) == (0, 3)
    assert "start" not in questions[1]


def test_articles_that_measure_are_left_out(tmp_path: Path) -> None:
    def article(title: str, text: str, identifier: str) -> dict[str, Any]:
        asked = {"id": identifier, "question": "Is it?", "answers": []}
        return {"title": title, "paragraphs": [{"context": text, "qas": [asked]}]}

    path = tmp_path / "squad.json"
    articles = [
        article("a", "One. Two.", "1"),
        article("b", "Three.", "2"),
        article("c", "4.", "3"),
    ]
    path.write_text(json.dumps({"data": articles}), encoding="utf-8")
    rows = squad_rows("s", path, {"Three.", "3"})
    assert [document["title"] for document, _ in rows] == ["a"]


def test_scenes_are_read_as_people_write(tmp_path: Path) -> None:
    said = [
        {"speakers": ["#NOTE#"], "utterance": "( A knock . )"},
        {"speakers": ["Ann", "Bob"], "utterance": "I do n't know , it 's late !"},
    ]
    asked = {"id": "1", "question": "Who is late ?", "answers": [{"utterance_id": 1}]}
    paragraph = {"utterances:": said, "qas": [asked, {**asked, "answers": []}]}
    scene = {"title": "s", "paragraphs": [paragraph]}
    path = tmp_path / "scenes.json"
    path.write_text(json.dumps({"data": [scene]}), encoding="utf-8")
    ((document, (question,)),) = dialogue_rows("d", path)
    assert document["turns"] == [("", "(A knock.)"), ("Ann and Bob", "I don't know, it's late!")]
    assert (question["question"], question["turns"]) == ("Who is late?", [[1, 1]])
