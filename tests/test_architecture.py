"""The shape of the house, held by reading the source; docs/develop.md has the rules in words."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from tests.project import (
    LAYERS,
    ROOMS,
    ROOT,
    imports,
    module_name,
    parsed,
    python_files,
    room_of,
    third_party,
    tracked_files,
)

MAX_FUNCTION_LINES = 45
SHARED_LIBRARIES = ("numpy", "llama_index.core")
"""Libraries that more than one room may know, in ``index`` and ``assistant`` alone."""
MODEL_ROOMS = tuple(map(Path, ("index/embedding", "index/reranking", "index/reranking/training")))
RUNNING_MODELS = ("huggingface_hub", "safetensors", "sentence_transformers", "tokenizers", "torch")
"""What runs models is known to the rooms that have some, and to no other."""
TRAINING = "index.reranking.training"
"""What trains: its modules are imported by no others of ours, and may load what they like."""
WEB_FRAMEWORK = ("fastapi", "starlette", "pydantic")
"""Its requests, routes and models are the faces' own language: see docs/decisions.md."""
FACES = "assistant/interfaces"
NAMESPACES = ("llama_index", "google", "opentelemetry")
"""Packages under which many libraries live: there a library's name has more parts than one."""
NOT_IN_CORPUS = {"torch", "sentence_transformers", "chromadb", "gradio", "fastapi", "onnxruntime"}
MAY_TOUCH_THE_ENVIRONMENT = {
    "assistant/interfaces/cli/main.py": "hands it to the settings",
    "corpus/tokens.py": "tells tiktoken where its tables are; there is no other way",
}
LATE = {
    ("assistant/interfaces/cli/main.py", "assistant.interfaces.server"): "loads the page's"
    " libraries, two seconds that no other command has to wait for",
}
"""Our own modules that are imported inside a function, and why."""
OWN_FILES = python_files(*LAYERS)
PACKAGES = sorted({path.parent for path in OWN_FILES if path.name == "__init__.py"})
FACES_OF_PACKAGES = ("assistant/__init__.py", "corpus/readers/__init__.py")
"""The two that are more: the public face, and the table of readers."""


def library(module: str) -> str:
    """The library that a module belongs to, as one name."""
    parts = module.split(".")
    if parts[0] not in NAMESPACES:
        return parts[0]
    return ".".join(parts[:2] if parts[1:2] == ["core"] else parts[:3])


@pytest.mark.parametrize("path", OWN_FILES, ids=str)
def test_imports_go_one_way(path: Path) -> None:
    """A room knows itself and the rooms on lower floors: so no two can import each other."""
    own, floor = room_of(module_name(path))
    beyond = []
    for found in imports(path):
        if found.top in ("bench", "tests"):
            beyond.append(f"line {found.line}: {found.module}")
        elif found.top in LAYERS:
            room, level = room_of(found.module)
            if room != own and level >= floor:
                beyond.append(f"line {found.line}: {found.module}")
    assert not beyond, f"{path} imports what does not stand below it: {beyond}"


def test_every_room_has_its_floor() -> None:
    rooms = {name for floor in ROOMS for name in floor}
    idle = [
        name
        for name in sorted(rooms)
        if not any(room_of(module_name(path))[0] == name for path in OWN_FILES)
    ]
    assert not idle, f"floors in tests/project.py name rooms that aren't there: {idle}"


def test_modules_import_each_other_in_no_circle() -> None:
    """Also inside a room."""
    modules = {module_name(path): path for path in OWN_FILES}
    waiting = {
        name: {found.module for found in imports(path)} & modules.keys() - {name}
        for name, path in modules.items()
    }
    while free := [name for name, needs in waiting.items() if not needs & waiting.keys()]:
        for name in free:
            del waiting[name]
    assert not waiting, f"these import each other in a circle, or what does: {sorted(waiting)}"


@pytest.mark.parametrize("folder", PACKAGES, ids=str)
def test_a_room_says_what_it_is_for(folder: Path) -> None:
    """Its ``__init__.py`` is a sentence and its doors; nothing is imported by it."""
    path = folder / "__init__.py"
    told = ast.get_docstring(parsed(path)) or ""
    assert told, f"{path} doesn't say what the room is for"
    lazy = all(isinstance(node, ast.Expr) for node in parsed(path).body)
    assert lazy or str(path) in FACES_OF_PACKAGES, f"{path} does more than to say it"
    named = set(re.findall(r"``(\w+)``", told.partition("Door")[2]))
    here = {each.stem for each in (ROOT / folder).iterdir() if each.name != "__init__.py"}
    assert named & here or str(path) in FACES_OF_PACKAGES, f"{path} names none of its doors"


@pytest.mark.parametrize("path", OWN_FILES, ids=str)
def test_our_own_imports_stand_at_the_top(path: Path) -> None:
    lazy = [
        f"line {found.line}: {found.module}"
        for found in imports(path)
        if found.lazy and found.top in LAYERS and (str(path), found.module) not in LATE
    ]
    assert not lazy, f"{path} imports our own modules inside a function: {lazy}"


def test_a_library_is_known_to_one_room() -> None:
    users: dict[str, set[str]] = defaultdict(set)
    for path in OWN_FILES:
        for found in third_party(path):
            name = library(found.module)
            shared = SHARED_LIBRARIES if path.parts[0] != "corpus" else ()
            framework = WEB_FRAMEWORK if path.is_relative_to(FACES) else ()
            models = RUNNING_MODELS if path.parent in MODEL_ROOMS else ()
            if name not in (*shared, *framework, *models):
                users[name].add(path.parent.as_posix())
    several = {name: sorted(rooms) for name, rooms in users.items() if len(rooms) > 1}
    assert not several, f"libraries that several rooms import: {several}"
    placed = (*WEB_FRAMEWORK, *RUNNING_MODELS)
    outside = {name: sorted(users[name]) for name in placed if name in users}
    assert not outside, f"outside of the faces, or of the rooms that have models: {outside}"


def test_shared_libraries_stay_out_of_corpus() -> None:
    found = {
        f"{path}:{found.line} {found.module}"
        for path in python_files("corpus")
        for found in third_party(path)
        if library(found.module) in SHARED_LIBRARIES or found.top in NOT_IN_CORPUS
    }
    assert not found, f"corpus knows no model, store or web library: {sorted(found)}"


@pytest.mark.parametrize("path", [*OWN_FILES, *python_files("bench")], ids=str)
def test_functions_stay_short(path: Path) -> None:
    functions = [
        node
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = [
        f"{node.name}: {size}"
        for node in functions
        if (size := code_lines(node)) > MAX_FUNCTION_LINES
    ]
    assert not long, f"functions of {path} over {MAX_FUNCTION_LINES} lines: {long}"


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from ``def`` to the end, the docstring's own left out."""
    first = function.body[0]
    lines = (function.end_lineno or 0) - function.lineno + 1
    if ast.get_docstring(function) is not None:
        lines -= (first.end_lineno or 0) - first.lineno + 1
    return lines


@pytest.mark.parametrize("path", OWN_FILES, ids=str)
def test_a_module_calls_nothing_when_it_is_imported(path: Path) -> None:
    calls = [
        f"line {node.lineno}"
        for node in parsed(path).body
        if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
    ]
    assert not calls, f"{path} does something on import: {calls}"


@pytest.mark.parametrize("path", OWN_FILES, ids=str)
def test_the_environment_is_the_settings_affair(path: Path) -> None:
    uses = [
        f"line {node.lineno}"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute)
        and node.attr in ("environ", "getenv")
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    ]
    allowed = str(path) in MAY_TOUCH_THE_ENVIRONMENT
    assert allowed or not uses, f"{path} reads or changes the environment: {uses}"


IMPORT_ALL = """
import importlib, json, os, sys
before = dict(os.environ)
seen = {}
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
    seen[name] = sorted({"torch", "chromadb", "gradio"} & set(sys.modules))
changed = sorted(set(before.items()) ^ set(os.environ.items()))
print(json.dumps({"changed": changed, "files": sorted(os.listdir(".")), "seen": seen}))
"""


def test_importing_everything_has_no_side_effects(tmp_path: Path) -> None:
    """One process imports our modules from the bottom up: corpus first, which is light."""
    names = sorted(
        {name for name in map(module_name, OWN_FILES) if not name.startswith(TRAINING)},
        key=lambda name: (LAYERS.index(name.partition(".")[0]), name),
    )
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{IMPORT_ALL}"
    command = [sys.executable, "-W", "ignore", "-c", code, json.dumps(names)]
    child = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert child.returncode == 0, child.stderr
    told = json.loads(child.stdout.splitlines()[-1])
    assert told["changed"] == [], "importing changed the environment"
    assert told["files"] == [], "importing made files in the working folder"
    heavy = {
        name: loaded
        for name, loaded in told["seen"].items()
        if name.startswith("corpus") and loaded
    }
    assert not heavy, f"corpus modules load a model, store or web library: {heavy}"
    # The command line answers a wrong argument at once and the page is up before the model is.
    assert "torch" not in {module for loaded in told["seen"].values() for module in loaded}


def test_what_trains_is_imported_by_nothing_else() -> None:
    others = [path for path in OWN_FILES if not module_name(path).startswith(TRAINING)]
    assert len(others) < len(OWN_FILES)
    imported = {found.module for path in others for found in imports(path)}
    assert not {name for name in imported if name.startswith(TRAINING)}


# Written in parts, so that this file doesn't hold what it looks for.
FORBIDDEN = (
    ".." + "/shared",
    "/work" + "/",
    "/root" + "/",
    "/Users" + "/",
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "download.pytorch" + ".org",
    "registry.npmjs" + ".org",
    "conda.anaconda" + ".org",
    str(ROOT) + "/",
)


@pytest.mark.parametrize("word", FORBIDDEN)
def test_no_machine_and_no_registry_is_named(word: str) -> None:
    holders = [str(path) for path in tracked_files() if word.encode() in (ROOT / path).read_bytes()]
    assert not holders, f"{word!r} stands in {holders}"
