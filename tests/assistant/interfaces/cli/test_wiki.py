"""``wiki`` on the command line: its contract. No model and no index is made for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.interfaces.cli.main import main
from tests.builders import KITCHEN_NOTE

SERVER = "https://talks.example.org/verbatim"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "kitchen.md").write_text(KITCHEN_NOTE, encoding="utf-8")
    return folder


def test_the_library_becomes_pages(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (library / "broken.md").write_bytes(b"---\ntitle: x\nnever closed\n")
    wiki, data = tmp_path / "wiki", tmp_path / "data"
    common = ["--library", str(library), "--data", str(data)]
    assert main(["wiki", str(wiki), "--url", f"{SERVER}/", "--json", *common]) == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert {**document, "failed": []} == {
        "written": 2, "unchanged": 0, "removed": 0, "kept": [], "failed": [],
    }  # fmt: skip
    assert document["failed"][0]["file"] == "broken.md" and document["failed"][0]["error"]
    assert err.startswith("not read: broken.md: ") and len(err.splitlines()) == 1
    assert f'src="{SERVER}/embed?talk=kitchen&amp;' in (wiki / "kitchen.md").read_text("utf-8")
    assert not data.exists()

    (wiki / "index.md").write_text("mine", encoding="utf-8")
    assert main(["wiki", str(wiki), "--url", SERVER, *common]) == 0
    out, err = capsys.readouterr()
    assert out == "0 written, 1 unchanged, 0 removed, 1 kept; 1 transcripts failed\n"
    assert "kept: index.md: not written by this command" in err


def test_without_an_address_one_line_says_so(
    library: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    command = ["wiki", str(tmp_path / "wiki"), "--library", str(library)]
    assert main(command) == 0
    err = capsys.readouterr().err
    assert "VERBATIM_PUBLIC_URL" in err and len(err.splitlines()) == 1
    monkeypatch.setenv("VERBATIM_PUBLIC_URL", SERVER)
    assert main([*command, "--for", "hugo", "--page-lang", "zh-Hans", "--text"]) == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("VERBATIM_EMBED_SECRET", "s" * 40)
    assert main(command) == 0
    assert "token" in capsys.readouterr().err
    assert "<iframe" not in (tmp_path / "wiki" / "kitchen.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["wiki", "{library}"], "holds transcripts"),
        (["wiki", "{library}/kitchen.md/x"], "can't be written"),
        (["wiki", "{library}/wiki", "--url", "talks.example.org"], "--url is no address"),
    ],
)
def test_what_can_not_be_done_is_one_line(
    library: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    filled = [each.format(library=library) for each in arguments]
    assert main([*filled, "--library", str(library)]) == 1
    out, err = capsys.readouterr()
    assert out == "" and told in err and len(err.splitlines()) == 1
    assert [path.name for path in library.iterdir()] == ["kitchen.md"]


def test_with_no_transcript_to_read_the_pages_stay(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["wiki", str(tmp_path / "wiki"), "--library", str(library)]
    assert main(command) == 0
    (library / "kitchen.md").unlink()
    assert main(command) == 1
    assert "no transcripts" in capsys.readouterr().err
    assert (tmp_path / "wiki" / "kitchen.md").exists()
