"""The project's own tree as the tests about it see it: files, modules, imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("corpus", "index", "assistant", "app")
"""Our packages in the order in which they may import each other: only from those before."""
ROOMS: tuple[tuple[str, ...], ...] = (
    ("corpus",),
    ("index",),
    ("assistant.types",),
    ("assistant.messages", "assistant.settings"),
    ("assistant.llm",),
    ("assistant.retrieval",),
    ("assistant.verification",),
    ("assistant.citation",),
    ("assistant.generation",),
    ("assistant.engine",),
    ("assistant.library",),
    ("assistant.evaluation", "assistant.interfaces.documents", "assistant.interfaces.wiki"),
    ("assistant.interfaces.http",),
    (
        "assistant.interfaces.api",
        "assistant.interfaces.openai",
        "assistant.interfaces.mcp",
        "assistant.interfaces.web",
    ),
    ("assistant.interfaces.embed",),
    ("assistant.interfaces.server",),
    ("assistant.interfaces.cli",),
    ("assistant", "app"),
)
"""Rooms by floor: a room may import itself and what stands on the floors before, no other."""


@dataclass(frozen=True, slots=True)
class Import:
    """One import statement's module; ``lazy`` where it stands inside a function or a class."""

    module: str
    line: int
    lazy: bool

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]


@cache
def tracked_files() -> tuple[Path, ...]:
    """Files that belong to the project, relative to its root: tracked, or new and not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    names = sorted(set(listing.stdout.split("\0")) - {""})
    return tuple(Path(name) for name in names if (ROOT / name).is_file())


def python_files(*tops: str) -> list[Path]:
    """Python files of the named packages or modules; all of them where none is named."""
    files = [path for path in tracked_files() if path.suffix == ".py"]
    return [path for path in files if not tops or path.parts[0].removesuffix(".py") in tops]


def module_name(path: Path) -> str:
    """``index/vectors.py`` as ``index.vectors``, ``corpus/__init__.py`` as ``corpus``."""
    return ".".join(part for part in path.with_suffix("").parts if part != "__init__")


def room_of(module: str) -> tuple[str, int]:
    """The room that a module belongs to, and its floor."""
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        for floor, rooms in enumerate(ROOMS):
            if name in rooms:
                return name, floor
    raise LookupError(f"{module} is in no room of tests/project.py")


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=str(path))


@cache
def imports(path: Path) -> list[Import]:
    """Every import of a file, relative ones made absolute, ``from a import b`` as ``a``."""
    return list(_imports(path, parsed(path), lazy=False))


def _imports(path: Path, node: ast.AST, *, lazy: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, child.lineno, lazy) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield Import(_absolute(path, child), child.lineno, lazy)
        else:
            scopes = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
            yield from _imports(path, child, lazy=lazy or isinstance(child, scopes))


def _absolute(path: Path, statement: ast.ImportFrom) -> str:
    if not statement.level:
        return statement.module or ""
    package = path.parts[: len(path.parts) - statement.level]
    return ".".join((*package, statement.module or "")).strip(".")


def third_party(path: Path) -> list[Import]:
    """Imports of a file that are neither the standard library's nor our own."""
    known = {*sys.stdlib_module_names, *LAYERS, "bench", "tests"}
    return [found for found in imports(path) if found.top not in known]
