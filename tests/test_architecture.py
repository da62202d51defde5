"""The shape of the house, held by reading the source; docs/develop.md has the rules in words."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from tests.project import (
    LAYERS,
    ROOT,
    imports,
    module_name,
    parsed,
    python_files,
    third_party,
    tracked_files,
)

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 45
SHARED_LIBRARIES = ("numpy", "llama_index.core")
"""Libraries that more than one file may know, in ``index`` and ``assistant`` alone."""
WEB_FRAMEWORK = ("fastapi", "starlette", "pydantic")
"""Its requests, routes and models are the faces' own language: see docs/decisions.md."""
FACES = ("assistant/api", "assistant/embed", "assistant/mcp_face", "assistant/web")
NAMESPACES = ("llama_index", "google", "opentelemetry")
"""Packages under which many libraries live: there a library's name has more parts than one."""
NOT_IN_CORPUS = {"torch", "sentence_transformers", "chromadb", "gradio", "fastapi", "onnxruntime"}
MAY_TOUCH_THE_ENVIRONMENT = {
    "app.py": "hands it to assistant/settings.py, which makes settings of it",
    "corpus/tokens.py": "tells tiktoken where its tables are; there is no other way",
}
OWN_FILES = python_files(*LAYERS)


def library(module: str) -> str:
    """The library that a module belongs to, as one name."""
    parts = module.split(".")
    if parts[0] not in NAMESPACES:
        return parts[0]
    return ".".join(parts[:2] if parts[1:2] == ["core"] else parts[:3])


@pytest.mark.parametrize("path", OWN_FILES, ids=str)
def test_imports_go_one_way(path: Path) -> None:
    own = LAYERS.index(path.parts[0].removesuffix(".py"))
    forbidden = {*LAYERS[own + 1 :], "bench", "tests"}
    upwards = [
        f"line {found.line}: {found.module}" for found in imports(path) if found.top in forbidden
    ]
    assert not upwards, f"{path} imports from what stands above it: {upwards}"


@pytest.mark.parametrize("path", OWN_FILES, ids=str)
def test_our_own_imports_stand_at_the_top(path: Path) -> None:
    lazy = [
        f"line {found.line}: {found.module}"
        for found in imports(path)
        if found.lazy and found.top in LAYERS
    ]
    assert not lazy, f"{path} imports our own modules inside a function: {lazy}"


def test_a_library_is_known_to_one_file() -> None:
    users: dict[str, set[str]] = defaultdict(set)
    for path in OWN_FILES:
        for found in third_party(path):
            name = library(found.module)
            shared = SHARED_LIBRARIES if path.parts[0] != "corpus" else ()
            framework = WEB_FRAMEWORK if path.parent.as_posix() in FACES else ()
            if name not in (*shared, *framework):
                users[name].add(str(path))
    several = {name: sorted(files) for name, files in users.items() if len(files) > 1}
    assert not several, f"libraries that several files import: {several}"
    outside = {name: sorted(users[name]) for name in WEB_FRAMEWORK if name in users}
    assert not outside, f"the web framework outside the faces: {outside}"


def test_shared_libraries_stay_out_of_corpus() -> None:
    found = {
        f"{path}:{found.line} {found.module}"
        for path in python_files("corpus")
        for found in third_party(path)
        if library(found.module) in SHARED_LIBRARIES or found.top in NOT_IN_CORPUS
    }
    assert not found, f"corpus knows no model, store or web library: {sorted(found)}"


@pytest.mark.parametrize("path", python_files(), ids=str)
def test_files_stay_short(path: Path) -> None:
    lines = len((ROOT / path).read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_FILE_LINES, f"{path} has {lines} lines: split it by subject"


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
        map(module_name, OWN_FILES), key=lambda name: LAYERS.index(name.partition(".")[0])
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
