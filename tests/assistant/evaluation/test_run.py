"""`eval` on the command line, with the real embedding model: a small library, a team's questions.

The language model of `--answers --mode model` is one by script.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import Run
from tests.scripted_llm import Request, Scene, ScriptedServer, serving

KITCHEN = """# Kitchen talk

- 链接：https://www.youtube.com/watch?v=dQw4w9WgXcQ
- 发布日期：2025-05-01

### Knives（00:00:10 - 00:01:00）
**Ann**：
- A sharp knife is safer than a blunt one, because it does not slip off the tomato.
- I sharpen mine on a whetstone every second Sunday.

### Bread（00:01:00 - 00:02:30）
**Bob**（00:01:00 - 00:02:30）：
- Sourdough needs a starter that you feed with flour and water for a week.
"""
GARDEN = """# 花园里的一年

来源：https://www.youtube.com/watch?v=aqz-KE-bpKQ

## 春天播种

番茄要在三月先在窗台上育苗，等到夜里不再结霜才移到外面去。

## 冬天休息

园丁说，冬天最重要的是让土地休息，用落叶盖住苗床，不要翻土。
"""
QUESTIONS: list[dict[str, Any]] = [
    {
        "id": "knife", "kind": "qa", "lang": "en",
        "question": "Why is a sharp knife safer?",
        "gold": [{"file": "kitchen.md", "start": 10, "end": 60, "heading": None}],
        "answer": "It does not slip off the tomato.",
    },
    {
        "id": "beds", "kind": "qa", "lang": "en",
        "question": "What should one do with the beds in winter?",
        "gold": [{"file": "garden.md", "start": None, "end": None, "heading": "冬天休息"}],
    },
    {
        "id": "lost", "kind": "qa", "lang": "en",
        "question": "Why is a sharp knife safer?",
        "gold": [{"file": "cellar.md", "start": 10, "end": 60, "heading": None}],
    },
    {
        "id": "often", "kind": "followup", "lang": "en",
        "question": "And how often does she do it?",
        "history": ["How does Ann keep her knife sharp?"],
        "gold": [{"file": "kitchen.md", "start": 10, "end": 60, "heading": None}],
    },
    {
        "id": "week", "kind": "quote", "lang": "zh-Hans",
        "question": "「天然酵母要用面粉和水喂一个星期」是谁说的？",
        "gold": [{"file": "kitchen.md", "start": 60, "end": 150, "heading": None}],
    },
    {
        "id": "law", "kind": "unanswerable", "lang": "zh-Hans",
        "question": "最高法院有多少名大法官？", "gold": [],
    },
]  # fmt: skip

LIKENESS = ("f1", "cosine")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("talks")
    (folder / "kitchen.md").write_text(KITCHEN, encoding="utf-8")
    (folder / "garden.md").write_text(GARDEN, encoding="utf-8")
    return folder


@pytest.fixture
def questions(tmp_path: Path) -> str:
    path = tmp_path / "team.jsonl"
    lines = [json.dumps(item, ensure_ascii=False) for item in QUESTIONS]
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def test_the_figures_are_one_document(run: Run, questions: str) -> None:
    status, out, err = run("eval", questions, "--json")
    found = json.loads(out)
    assert status == 0
    assert list(found) == [
        "qa", "followup", "quote", "unanswerable", "near", "pairs", "timings_ms",
    ]  # fmt: skip
    row = found["qa"]["en"]
    assert list(row) == ["n", "hit@1", "hit@5", "mrr", "answered"]
    assert (row["n"], row["hit@1"], row["hit@5"]) == (3, 0.6667, 0.6667)
    assert found["followup"]["en"]["hit@1"] == 1
    assert found["quote"]["zh-Hans"]["hit@1"] == 1
    assert found["unanswerable"] == {"zh-Hans": {"n": 1, "refused": 1.0}}
    assert {name: part["n"] for name, part in found["pairs"].items()} == {"en>en": 1, "en>zh": 1}
    assert 0 < found["timings_ms"]["median"] <= found["timings_ms"]["p95"]
    assert err == "cellar.md is not in the library: gold of lost\n"


def test_peers_stand_beside_it(run: Run, questions: str) -> None:
    status, out, _ = run("eval", questions, "--peer", "--json")
    peers = json.loads(out)["peers"]
    assert status == 0
    assert list(peers) == ["llama-index dense", "llama-index fusion"]
    for figures in peers.values():
        assert list(figures) == ["qa", "followup", "quote", "pairs", "timings_ms"]
        assert figures["pairs"]["en>en"] == {"n": 1, "hit@1": 1.0, "hit@5": 1.0, "mrr": 1.0}


def test_the_operators_setting_decides_what_is_answered(
    run: Run, questions: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares = []
    for setting in ("0", "1"):
        monkeypatch.setenv("VERBATIM_MIN_CONFIDENCE", setting)
        found = json.loads(run("eval", questions, "--json")[1])
        shares.append((found["qa"]["en"]["answered"], found["unanswerable"]["zh-Hans"]["refused"]))
    assert shares == [(1.0, 0.0), (0.0, 1.0)]


def test_without_json_people_can_read_it(run: Run, questions: str) -> None:
    status, out, _ = run("eval", questions)
    assert status == 0
    lines = out.splitlines()
    assert lines[0].split()[-5:] == ["n", "hit@1", "hit@5", "mrr", "answered"]
    assert lines[1].split()[:4] == ["en", "3", "0.67", "0.67"]
    assert lines[-1] == "Not among the first 5, or answered in error: lost"


def test_a_bad_file_is_one_line_before_the_model_is_loaded(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"kind": "qa"}\nhello\n', encoding="utf-8")
    for name, told in ((str(path), "line 1: question is missing"), ("none.jsonl", "No such file")):
        status, out, err = run("eval", name)
        assert (status, out) == (1, "")
        assert err.startswith("error: ") and told in err and err.count("\n") == 1


def test_answers_are_scored_where_they_cite(run: Run, questions: str) -> None:
    status, out, err = run("eval", questions, "--answers", "--json")
    answers = json.loads(out)["answers"]
    assert status == 0 and err == "cellar.md is not in the library: gold of lost\n"
    assert answers["mode"] == "quotes"
    row = answers["qa"]["en"]
    assert (row["n"], row["recall"], row["places"]) == (3, 0.6667, 0.6667)
    assert all(0 < row[name] < 1 for name in ("precision", *LIKENESS))
    assert "sentences" not in row, "nobody wrote any"
    assert answers["followup"]["en"]["recall"] == 1
    assert answers["quote"]["zh-Hans"]["recall"] == 1
    assert answers["unanswerable"] == {"zh-Hans": {"n": 1, "refused": 1.0}}
    assert 0 < answers["first_ms"]["median"] <= answers["total_ms"]["median"]


@pytest.fixture
def writing(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    """A model by script that the settings name."""
    with serving() as server:
        monkeypatch.setenv("VERBATIM_LLM", "scripted")
        monkeypatch.setenv("VERBATIM_LLM_URL", server.url)
        yield server


def written(request: Request) -> str:
    """A sentence with its marker, and one that nobody said."""
    excerpt = re.search(r"^\[(\d+)\].*does not slip off", request.text, re.M)
    assert excerpt is not None, request.text
    return (
        f"A sharp knife does not slip off the tomato [{excerpt[1]}]."
        " Surgeons in Vienna forge titanium scalpels by moonlight."
    )


def test_with_a_model_its_sentences_are_counted(
    run: Run, questions: str, writing: ScriptedServer
) -> None:
    writing.play(Scene(written, when="Question: Why is a sharp knife"), Scene("NO_ANSWER"))
    status, out, _ = run("eval", questions, "--answers", "--mode", "model", "--json")
    answers = json.loads(out)["answers"]
    assert status == 0 and answers["mode"] == "model"
    came = answers["came_as"]["model"]
    assert (came["n"], came["sentences"]) == (2, 4)
    assert (came["supported"], came["mended"], came["unsupported"]) == (0.5, 0.0, 0.5)
    assert came["precision"] == 0.5, "the second question's gold is in no file of the library"
    assert writing.requests, "the model was asked"


def test_a_model_that_is_away_shows_in_the_figures(
    run: Run, questions: str, writing: ScriptedServer
) -> None:
    writing.play(Scene(status=500, error="out of order"))
    status, out, err = run("eval", questions, "--answers", "--json")
    answers = json.loads(out)["answers"]
    assert status == 0
    assert (answers["mode"], list(answers["came_as"])) == ("model", ["quotes"])
    assert "The language model's server failed." in err and "knife" in err


def test_answers_stand_in_the_table(run: Run, questions: str) -> None:
    status, out, _ = run("eval", questions, "--answers", "--mode", "quotes")
    lines = out.splitlines()
    assert status == 0
    at = next(n for n, line in enumerate(lines) if line.startswith("Answers, by language"))
    assert lines[at].split()[3:] == ["n", "answered", "precision", "recall", "places", *LIKENESS]
    assert lines[at + 1].split()[:2] == ["en", "3"]
    assert lines[-1] == "Cited at no gold place, or answered in error: lost"


def test_a_mode_goes_with_answers_and_with_a_model(
    run: Run, questions: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        run("eval", questions, "--mode", "quotes")
    assert caught.value.code == 2 and "--answers" in capsys.readouterr().err
    status, out, err = run("eval", questions, "--answers", "--mode", "model")
    assert (status, out) == (1, "")
    assert "VERBATIM_LLM" in err.splitlines()[-1]


def test_questions_about_whole_talks_are_measured_by_their_answers(
    run: Run, tmp_path: Path
) -> None:
    topics = [
        {"file": "kitchen.md", "start": 10, "end": 60, "heading": None},
        {"file": "kitchen.md", "start": 60, "end": 150, "heading": None},
    ]
    lines: list[dict[str, Any]] = [
        {"id": "o", "kind": "overview", "lang": "en", "question": "Give me a summary",
         "talk": "kitchen.md", "gold": topics},
        {"id": "w", "kind": "talks", "lang": "en", "question": "Which talks mention sourdough?",
         "gold": topics[1:]},
        {"id": "n", "kind": "near", "lang": "en", "question": "What does the whetstone cost?",
         "talk": "garden.md", "gold": []},
    ]  # fmt: skip
    path = tmp_path / "whole.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    status, out, err = run("eval", str(path), "--answers", "--json")
    found = json.loads(out)
    assert (status, err) == (0, "")
    assert found["answers"]["overview"]["en"]["places"] == 1.0
    assert found["answers"]["talks"]["en"]["recall"] == 1.0
    assert found["near"]["en"]["n"] == found["answers"]["near"]["en"]["n"] == 1
    assert "measured with --answers" in run("eval", str(path), "--json")[2]


def test_a_talk_that_there_is_not_is_one_line(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "lost.jsonl"
    line = {"kind": "near", "lang": "en", "question": "Why?", "talk": "cellar.md", "gold": []}
    path.write_text(json.dumps(line), encoding="utf-8")
    status, _, err = run("eval", str(path))
    assert status == 1 and "there is no talk 'cellar.md'" in err
