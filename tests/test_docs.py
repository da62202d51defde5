"""The docs against the program: all that it offers is there, and what is there exists."""

from __future__ import annotations

import argparse
import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from assistant.evaluation.questions import QuestionKind, parse_questions
from assistant.interfaces.cli.main import build_parser
from assistant.settings import SHIPPED_LIBRARY, VARIABLES
from corpus.library import Library
from corpus.readers.note import read_note
from tests.project import ROOT, parsed, tracked_files

USE = "docs/use.md"
DEVELOP = "docs/develop.md"
PAGES = [
    str(path) for path in tracked_files() if path.suffix == ".md" and "corpus" not in path.parts
]


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def commands() -> dict[str, argparse.ArgumentParser]:
    """Each command's own parser by the command's name."""
    tables = [
        each for each in build_parser()._actions if isinstance(each, argparse._SubParsersAction)
    ]
    return {name: parser for table in tables for name, parser in table.choices.items()}


def options(parser: argparse.ArgumentParser) -> set[str]:
    return {name for action in parser._actions for name in action.option_strings} - {"-h", "--help"}


def shown_lines(page: str) -> Iterator[str]:
    """Lines of a page's fenced shell blocks, continued lines joined, without their comments."""
    for block in re.findall(r"^```(?:sh|bash|console)\n(.*?)^```", text_of(page), re.M | re.S):
        yield from (
            line.strip() for line in block.replace("\\\n", " ").splitlines() if line.strip()
        )


def shown(page: str, first: str, second: str) -> list[list[str]]:
    """The words after ``first second`` of each line that runs it, up to a pipe or the like."""
    found = []
    for line in shown_lines(page):
        words = shlex.split(line, comments=True)
        while words and re.fullmatch(r"\w+=.*", words[0]):
            words.pop(0)
        if words[:2] == [first, second]:
            ends = [
                index for index, word in enumerate(words) if word in ("|", ">", ">>", "&&", "&")
            ]
            found.append(words[2 : min(ends, default=len(words))])
    return found


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_command_has_its_part_in_the_docs(command: str) -> None:
    assert re.search(rf"^#+ .*`{command}\b", text_of(USE), re.M), (
        f"no heading for {command} in {USE}"
    )


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_flag_stands_in_the_docs(command: str) -> None:
    documented = set(re.findall(r"`(--[a-z-]+)", text_of(USE)))
    missing = options(commands()[command]) - documented
    assert not missing, f"{USE} doesn't tell of {sorted(missing)} of {command}"


def test_every_flag_in_the_docs_exists() -> None:
    known = options(build_parser()).union(*map(options, commands().values()))
    unknown = set(re.findall(r"`(--[a-z-]+)", text_of(USE))) - known
    assert not unknown, f"{USE} names flags that no command has: {sorted(unknown)}"


@pytest.mark.parametrize("name", sorted(VARIABLES))
def test_every_setting_stands_in_the_table(name: str) -> None:
    row = f"| `{name}` | {VARIABLES[name]} |"
    assert row in text_of(USE), f"{USE} lacks this row of the settings' table: {row}"


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_in_the_docs_exists(page: str) -> None:
    unknown = set(re.findall(r"\bVERBATIM_(?!TEST_)[A-Z_]+\b", text_of(page))) - set(VARIABLES)
    assert not unknown, f"{page} names settings that nobody reads: {sorted(unknown)}"


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_shown_are_understood(page: str) -> None:
    for words in shown(page, "python", "app.py"):
        try:
            build_parser().parse_args(words)
        except SystemExit:
            pytest.fail(f"{page} shows a command that app.py refuses: {' '.join(words)}")


@pytest.mark.parametrize("page", PAGES)
def test_the_benches_shown_exist(page: str) -> None:
    modules = [words[0] for words in shown(page, "python", "-m") if words[0].startswith("bench.")]
    missing = [name for name in modules if not (ROOT / f"{name.replace('.', '/')}.py").is_file()]
    assert not missing, f"{page} shows benches that aren't there: {missing}"


@pytest.mark.parametrize("page", PAGES)
def test_the_make_targets_shown_exist(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.M))
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", text_of(page), re.M))
    missing = named - targets
    assert not missing, f"{page} names make targets that don't exist: {sorted(missing)}"


@pytest.mark.parametrize("page", PAGES)
def test_links_inside_the_project_lead_somewhere(page: str) -> None:
    text = re.sub(r"```.*?```", "", text_of(page), flags=re.S)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    inside = [target for target in targets if not re.match(r"[a-z]+:|#", target)]
    folder = (ROOT / page).parent
    broken = [target for target in inside if not (folder / target.partition("#")[0]).exists()]
    assert not broken, f"{page} links to what isn't there: {broken}"


def defined(path: str) -> set[str]:
    """Functions, classes and ``Class.method`` of a file."""
    names = set()
    for node in parsed(Path(path)).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            own = (
                each
                for each in node.body
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
            )
            names.update(f"{node.name}.{each.name}" for each in own)
    return names


def test_the_ways_through_the_house_lead_over_what_is_there() -> None:
    """Each name in the two walks of docs/develop.md is defined in the file that is named next, or
    in one that was named before it in the same step."""
    walks = text_of(DEVELOP).split("## The way of a question")[1].split("## Habits")[0]
    lost = []
    for step in re.findall(r"^\d+\. (.*)$", walks, re.M):
        words = re.findall(r"`([^`]+)`", step)
        files = [word for word in words if word.endswith(".py")]
        assert files, step
        names = [word for word in words if re.fullmatch(r"[A-Za-z_]+(?:\.[a-z_]+)?", word)]
        known = set().union(*map(defined, files))
        lost += [name for name in names if name not in known]
    assert not lost, f"{DEVELOP} leads over what isn't there: {lost}"


def test_every_room_has_its_line() -> None:
    rows = set(re.findall(r"^\| `([\w./]+)` \|", text_of(DEVELOP), re.M))
    rooms = {f"{path.parent}/" for path in tracked_files() if path.name == "__init__.py"}
    tops = {"assistant", "corpus", "index"}
    assert rows - {"app.py", "tests/", "bench/"} == {
        room for room in rooms if room.partition("/")[0] in tops
    }


@pytest.mark.parametrize("page", PAGES)
def test_the_files_named_in_the_docs_are_there(page: str) -> None:
    named = re.findall(r"`((?:assistant|corpus|index|tests|bench)/[\w./-]*)`", text_of(page))
    lost = [name for name in named if not (ROOT / name).exists()]
    assert not lost, f"{page} names files that aren't there: {lost}"


def notes_shown() -> list[str]:
    """Every note that docs/formats.md shows: they stand there whole."""
    return re.findall(r"^```markdown\n(.*?)^```", text_of("docs/formats.md"), re.M | re.S)


@pytest.mark.parametrize("number", range(len(notes_shown())))
def test_the_notes_shown_are_read_as_described(number: int) -> None:
    note = notes_shown()[number]
    transcript = read_note("note.md", note, note.encode())
    talk = [section for section in transcript.sections if section.kind == "talk"]
    assert talk and all(section.utterances for section in talk)
    assert transcript.source_url and "youtube.com" in transcript.source_url
    assert transcript.title != "note"
    speakers = {utterance.speaker for section in talk for utterance in section.utterances}
    assert speakers & {"Ana Lima", "Annie Moss"}
    is_timed = re.search(r"\d:\d\d", note) is not None
    assert all((section.start_s is not None) == is_timed for section in talk)


def test_the_question_file_shown_is_read_and_its_places_exist() -> None:
    (shown_file,) = re.findall(r"^```jsonl\n(.*?)^```", text_of("docs/measure.md"), re.M | re.S)
    questions = parse_questions(shown_file, "docs/measure.md")
    assert {question.kind for question in questions} == set(get_args(QuestionKind))
    library = Library(SHIPPED_LIBRARY)
    for gold in (gold for question in questions for gold in question.gold):
        sections = library.read(gold.file).sections
        places = {(section.start_s, section.end_s) for section in sections}
        headings = {section.heading for section in sections}
        assert (gold.start_s, gold.end_s) in places if gold.start_s else gold.heading in headings


def test_the_readme_shows_ways_in_that_work() -> None:
    """A guard on the tests above: they must find README's commands, not an empty list."""
    assert shown("README.md", "python", "app.py")
    assert "make run" in list(shown_lines("README.md"))


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_left_to_be_filled_in(page: str) -> None:
    assert "TBD" not in text_of(page)


def test_every_page_is_linked_from_the_readme() -> None:
    readme = text_of("README.md")
    pages = [page for page in PAGES if Path(page).parts[0] == "docs"]
    missing = [page for page in pages if f"({page})" not in readme]
    assert pages and not missing, f"README.md doesn't link to {missing}"
