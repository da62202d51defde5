"""The command line's contract, with the real model: what scripts depend on."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
from pathlib import Path

import pytest

import app
from assistant.interfaces.cli import main as main_module
from tests.builders import KITCHEN_NOTE as NOTE
from tests.index.reranking.tiny_cross_encoder import tiny_cross_encoder
from tests.project import ROOT
from tests.running import Run, document

HIT = {
    "rank", "score", "file", "transcript", "title", "heading", "kind", "speakers", "start_s",
    "end_s", "estimated", "url", "quote", "text",
}  # fmt: skip
CITATION = {
    "marker", "file", "title", "heading", "speakers", "start_s", "end_s", "estimated", "url",
    "quote", "verified",
}  # fmt: skip


def test_index_counts_what_it_did(run: Run, library: Path) -> None:
    first = document(run("index", "--json"))
    assert {**first, "seconds": 0} == {
        "added": 1, "updated": 0, "removed": 0, "unchanged": 0, "failed": [], "chunks": 2,
        "seconds": 0,
    }  # fmt: skip
    again = document(run("index", "--json"))
    assert (again["added"], again["unchanged"]) == (0, 1)
    (library / "kitchen.md").write_text(NOTE.replace("a week", "ten days"), encoding="utf-8")
    assert document(run("index", "--json"))["updated"] == 1
    (library / "other.md").write_text("# Tea\n\nGreen tea wants water below boiling.\n")
    (library / "kitchen.md").unlink()
    last = document(run("index", "--json"))
    assert (last["added"], last["removed"], last["chunks"]) == (1, 1, 1)


def test_search_gives_hits_that_link_to_the_second(run: Run) -> None:
    found = document(run("search", "How do you keep a knife sharp?", "--limit", "1", "--json"))
    assert found.keys() == {"answerable", "hits", "timings_ms"}
    (hit,) = found["hits"]
    assert hit.keys() == HIT
    assert (hit["rank"], hit["file"], hit["heading"]) == (1, "kitchen.md", "Knives")
    assert hit["speakers"] == ["Ann"]
    assert hit["quote"] in hit["text"]
    assert 10 <= hit["start_s"] < hit["end_s"] <= 60
    assert hit["url"] == f"https://www.youtube.com/watch?v=dQw4w9WgXcQ&t={int(hit['start_s'])}s"


def test_ask_answers_with_citations(run: Run) -> None:
    answer = document(run("--json", "ask", "What does a sourdough starter need?"))
    assert answer.keys() == {"status", "answer", "citations", "mode", "timings_ms"}
    assert (answer["status"], answer["mode"]) == ("answered", "quotes")
    citation = answer["citations"][0]
    assert citation.keys() == CITATION
    assert (citation["speakers"], citation["start_s"], citation["estimated"]) == (
        ["Bob"],
        60,
        False,
    )
    assert citation["verified"] is True
    assert "[1]" in answer["answer"]


def test_ask_takes_a_history(run: Run, tmp_path: Path) -> None:
    history = tmp_path / "history.json"
    turns = [{"role": "user", "text": "How does Ann keep her knife sharp?"}]
    history.write_text(json.dumps(turns), encoding="utf-8")
    answer = document(
        run("ask", "And how often does she do it?", "--history", str(history), "--json")
    )
    assert "every second Sunday" in " ".join(one["quote"] for one in answer["citations"])


def test_without_json_people_can_read_it(run: Run) -> None:
    status, out, _ = run("ask", "What does a sourdough starter need?")
    assert status == 0
    assert "Sourdough needs a starter" in out
    assert "[1] Kitchen talk · Bread · Bob · 0:01:00-0:02:30" in out


def test_a_bad_file_is_named_and_the_others_go_on(run: Run, library: Path) -> None:
    (library / "broken.md").write_bytes(b"\xff\xfe\x00\xd8 not text \x81")
    status, out, err = run("index", "--json")
    report = json.loads(out)
    assert status == 0
    assert [item["file"] for item in report["failed"]] == ["broken.md"]
    assert report["added"] == 1
    assert "not read: broken.md: " in err


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "No such file"),
        ("{", "JSON list"),
        ('[{"role": "host", "text": "hi"}]', "user or assistant"),
        ('[{"text": "hi"}]', "JSON list"),
    ],
)
def test_a_bad_history_is_one_line(
    run: Run, tmp_path: Path, content: str | None, complaint: str
) -> None:
    history = tmp_path / "history.json"
    if content is not None:
        history.write_text(content, encoding="utf-8")
    status, out, err = run("ask", "And then?", "--history", str(history))
    assert (status, out) == (1, "")
    assert err.startswith("error: ") and complaint in err and err.count("\n") == 1


def test_a_missing_or_empty_library_is_one_line(
    tmp_path: Path, model_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for library in (tmp_path / "nowhere", tmp_path):
        status = app.main(["search", "x", "--library", str(library), "--data", str(model_dir)])
        out, err = capsys.readouterr()
        assert (status, out) == (1, "")
        assert str(library) in err and err.count("\n") == 1


def test_an_index_of_other_settings_names_the_command_that_rebuilds(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    document(run("index", "--json"))
    monkeypatch.setenv("VERBATIM_CHUNK_TOKENS", "200")
    status, _, err = run("search", "knife")
    assert status == 1
    assert "chunk_tokens" in err and "index --rebuild" in err and err.count("\n") == 1
    assert document(run("index", "--rebuild", "--json"))["added"] == 1
    assert document(run("search", "knife", "--json"))["hits"]


def test_a_second_process_is_told_who_has_the_index(
    run: Run, library: Path, model_dir: Path
) -> None:
    holder = (
        "import sys\n"
        "from pathlib import Path\n"
        "from assistant.library import lock_library\n"
        "from assistant.settings import Settings\n"
        "with lock_library(Settings(library=Path(sys.argv[1]), data=Path(sys.argv[2]))):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(library), str(model_dir)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as first:  # fmt: skip
        assert first.stdout is not None and first.stdout.readline() == "held\n"
        status, out, err = run("search", "knife")
        assert first.stdin is not None
        first.stdin.close()
    assert (status, out) == (1, "")
    assert str(first.pid) in err and err.count("\n") == 1
    assert run("search", "knife")[0] == 0


TEA = "# Tea evening\n\n**Cy**：\n- Green tea is safer with a sharp eye on the kettle.\n"


@pytest.mark.parametrize(
    ("options", "files"),
    [
        (["--talk", "Tea evening", "--talk", "kitchen"], {"kitchen.md", "tea.md"}),
        (["--speaker", "ann", "--since", "2025-05-01", "--lang", "en"], {"kitchen.md"}),
        (["--until", "2025-04-30"], set()),
    ],
)
def test_a_search_can_be_narrowed(
    run: Run, library: Path, options: list[str], files: set[str]
) -> None:
    (library / "tea.md").write_text(TEA, encoding="utf-8")
    found = document(run("search", "Why is a sharp knife safer?", *options, "--json"))
    assert {hit["file"] for hit in found["hits"]} == files
    assert (found["answerable"] > 0) == bool(files)


def test_an_answer_comes_from_what_is_in_scope(run: Run, tmp_path: Path) -> None:
    question = "What does a sourdough starter need?"
    inside = document(run("ask", question, "--speaker", "Bob", "--json"))
    outside = document(run("ask", question, "--speaker", "Ann", "--json"))
    assert (inside["status"], outside["status"]) == ("answered", "no_evidence")
    history = tmp_path / "history.json"
    history.write_text(json.dumps([{"role": "user", "text": question}]), encoding="utf-8")
    later = document(
        run("ask", "And for how long?", "--speaker", "Bob", "--history", str(history), "--json")
    )
    assert {tuple(one["speakers"]) for one in later["citations"]} == {("Bob",)}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--talk", "kitchin tak"], "no talk 'kitchin tak': the nearest are Kitchen talk (kitche"),
        (["--speaker", "Anne"], "no speaker 'Anne': the nearest are Ann; Bob"),
    ],
)
def test_what_the_library_has_not_got_is_one_line(run: Run, options: list[str], told: str) -> None:
    status, out, err = run("search", "knife", *options)
    assert (status, out) == (1, "")
    assert err.startswith("error: ") and told in err and err.count("\n") == 1


def test_a_bad_date_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        app.main(["search", "x", "--since", "last May"])
    assert caught.value.code == 2
    assert "'last May' is no date such as 2025-11-21" in capsys.readouterr().err


def test_a_cross_encoder_gives_the_score(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = document(run("search", "How do you keep a knife sharp?", "--json"))
    monkeypatch.setenv("VERBATIM_RERANKER", str(tiny_cross_encoder(tmp_path)))
    found = document(run("search", "How do you keep a knife sharp?", "--json"))
    assert found["answerable"] == plain["answerable"]
    scores = [[hit["score"] for hit in one["hits"]] for one in (plain, found)]
    assert len(scores[0]) == len(scores[1]) == 2 and scores[0] != scores[1]
    monkeypatch.setenv("VERBATIM_RERANKER", "./nowhere")
    status, out, err = run("search", "knife")
    assert (status, out) == (1, "")
    assert "./nowhere" in err and "VERBATIM_RERANKER" in err and err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [["search"], ["ask"], ["search", "x", "--limit", "0"], ["frobnicate"], ["--port", "http"]],
)
def test_wrong_usage_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        app.main(arguments)
    assert caught.value.code == 2
    assert "usage: app.py" in capsys.readouterr().err


def test_help_says_what_the_program_is() -> None:
    assert "Verbatim: ask your talks" in app.build_parser().format_help()


def test_serve_is_the_default_command() -> None:
    parser = app.build_parser()
    bare, named = parser.parse_args([]), parser.parse_args(["serve"])
    assert bare.run is named.run
    assert parser.parse_args(["--port", "8080"]).port == 8080
    assert parser.parse_args(["serve", "--port", "8080"]).port == 8080


def test_serve_opens_the_page_only_when_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: queue.Queue[str] = queue.Queue()
    monkeypatch.setattr("webbrowser.open", opened.put)
    main_module._announce(open_page=False)("http://127.0.0.1:7860")
    assert "Verbatim is at http://127.0.0.1:7860" in capsys.readouterr().err
    assert opened.empty()
    main_module._announce(open_page=True)("http://127.0.0.1:7860")
    assert opened.get(timeout=5) == "http://127.0.0.1:7860"


def test_who_reads_only_the_beginning_of_the_output_gets_no_traceback() -> None:
    talkative = (
        "import sys; from assistant.interfaces.cli import main as cli\n"
        "def many(*_):\n"
        "    for n in range(100_000): print('a line of a long answer', n)\n"
        "    return 0\n"
        "cli._index = many\n"
        "sys.exit(cli.main(['index']))\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", talkative]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None and child.stderr is not None
        assert child.stdout.readline().startswith("a line")
        child.stdout.close()
        assert child.stderr.read() == ""
    assert child.returncode == 1
