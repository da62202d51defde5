"""``cite`` on the command line: its contract, with the real model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.citation.permalink import read_id
from tests.assistant.interfaces.cli.test_cli import HIT
from tests.running import Run, document

WHETSTONE = "I sharpen mine on a whetstone every second Sunday."


def test_a_quote_gives_who_where_and_when(run: Run) -> None:
    found = document(run("cite", "SHARPEN mine, on a whetstone", "--json", "--limit", "2"))
    assert found["match"] == "exact"
    (hit,) = found["hits"]
    assert hit.keys() >= HIT and hit["rank"] == 1
    assert (hit["match"], hit["similarity"]) == ("exact", 1.0)
    assert (hit["matched"], hit["quote"]) == ("sharpen mine on a whetstone", WHETSTONE)
    assert [hit["quote"][start:end] for start, end in hit["spans"]] == [hit["matched"]]
    assert (hit["file"], hit["speakers"]) == ("kitchen.md", ["Ann"])
    assert 10 <= hit["start_s"] < hit["end_s"] <= 60 and hit["estimated"]
    assert hit["url"] == f"https://www.youtube.com/watch?v=dQw4w9WgXcQ&t={int(hit['start_s'])}s"
    assert read_id(hit["id"]).count == 5


def test_a_garbled_quote_says_how_far_off_it_is(run: Run) -> None:
    quote = "I sharpen mine with a whetstone every Sunday"
    found = document(run("cite", quote, "--json"))
    assert found["match"] == "close"
    assert found["hits"][0]["wording"] == {"changed": 1, "left_out": 1, "added": 0}
    status, out, _ = run("cite", quote)
    assert status == 0 and "1 changed, 1 left out" in out and "»I sharpen mine« on" in out


def test_a_whole_article_is_checked(run: Run, tmp_path: Path) -> None:
    article = tmp_path / "article.md"
    article.write_text(
        "# Notes\n\nThe weather was fine.\n\n"
        'Bob said: "A sharp knife is safer than a blunt one, because it does not slip."\n',
        encoding="utf-8",
    )
    found = document(run("cite", "--file", str(article), "--json"))
    assert (found["match"], found["sentences"]) == ("exact", 3)
    (one,) = found["quotations"]
    assert one["problems"] == [{"kind": "speaker", "said": "Bob", "source": "Ann"}]
    status, out, _ = run("cite", "--file", str(article))
    assert status == 0 and "1 of 3 sentences" in out and "“Bob” here, the source has Ann" in out


def test_what_nobody_said_is_told(run: Run) -> None:
    quote = "The castle was built by a bishop in the twelfth century"
    assert document(run("cite", quote, "--json"))["match"] == "none"
    assert run("cite", quote)[1].startswith("This was not said here.")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["?!"], "no words"),
        (["--file", "nowhere.md"], "can't be read"),
        (["word " * 1000], "--file"),
    ],
)
def test_what_can_not_be_looked_up_is_one_line(run: Run, arguments: list[str], told: str) -> None:
    status, out, err = run("cite", *arguments)
    assert (status, out) == (1, "")
    assert told in err and len(err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [[], ["a quote", "--file", "article.md"], ["x", "--limit", "0"]]
)
def test_wrong_usage(run: Run, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run("cite", *arguments)
    assert ended.value.code == 2


def test_eval_takes_quotes_from_cite(run: Run, tmp_path: Path) -> None:
    """By meaning alone the words would be answered; as a quote nobody said them."""
    gold = [{"file": "kitchen.md", "start": 10, "end": 60}]
    asked = [
        {"id": "q1", "kind": "quote", "lang": "en", "question": WHETSTONE, "gold": gold},
        {"id": "q2", "kind": "quote", "lang": "de", "question": "Ein Schloss am See", "gold": gold},
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(map(json.dumps, asked)), encoding="utf-8")
    quotes = document(run("eval", str(file), "--json"))["quote"]
    assert (quotes["en"]["hit@1"], quotes["en"]["answered"]) == (1.0, 1.0)
    assert quotes["de"]["answered"] == 0.0
