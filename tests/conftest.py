"""What concerns every test: no network but loopback, no settings of one's own, the browser."""

from __future__ import annotations

import gc
import importlib.util
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import hypothesis
import pytest

from assistant import library as opening
from assistant.library import LockedLibrary, OpenLibrary, lock_library
from assistant.settings import Settings
from tests.builders import KITCHEN_NOTE
from tests.newcomer import Newcomer, first_commands
from tests.running import Run
from tests.sharing import kinds_once, load_once, measure_once

GUARD = Path(__file__).parent / "guard"
WORKER = "PYTEST_XDIST_WORKER"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# A shared machine makes single examples slow: time alone is no failure.
hypothesis.settings.register_profile("verbatim", deadline=None, print_blob=True)
hypothesis.settings.load_profile("verbatim")


def _load_guard() -> ModuleType:
    """The guard, at work in this process from here on: before any test module is imported."""
    spec = importlib.util.spec_from_file_location("network_guard", GUARD / "sitecustomize.py")
    assert spec is not None and spec.loader is not None
    guard = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(guard)
    return guard


NETWORK_LOG: str = _load_guard().LOG_VARIABLE


def in_ci() -> bool:
    """Whether this is an automatic run, where nothing may be skipped for want of a tool."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that need the newcomer's data folder come last: until then it is made beside them."""
    later = {item.path for item in items if _needs_newcomer(item)}
    items.sort(key=lambda item: item.path in later)


def pytest_configure() -> None:
    """Garbage is collected as seldom as in the program."""
    gc.set_threshold(100_000, *gc.get_threshold()[1:])


def pytest_collection_finish() -> None:
    """What was imported stays: no collection needs to look through it again."""
    gc.collect()
    gc.freeze()


def _needs_newcomer(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and "newcomer" in item.fixturenames


@pytest.fixture(scope="session", autouse=True)
def _own_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Settings of the developer's own are out of the way, and child processes are guarded too."""
    log = tmp_path_factory.mktemp("network") / "attempts.txt"
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("VERBATIM_")]:
            if not name.startswith("VERBATIM_TEST_"):
                patch.delenv(name)
        patch.setenv("PYTHONPATH", str(GUARD), prepend=os.pathsep)
        patch.setenv(NETWORK_LOG, str(log))
        yield log


@pytest.fixture(autouse=True)
def network_log(_own_environment: Path) -> Iterator[Path]:
    """Fails a test in which anything reached for another machine, even where a library hid it.

    The value is the file that attempts are written to; a test that means to be refused empties it.
    It is not emptied before a test: what a fixture of the module reached for counts as well.
    """
    yield _own_environment
    if _own_environment.exists():
        attempts = _own_environment.read_text(encoding="utf-8")
        _own_environment.unlink()
        pytest.fail(f"the network was reached for:\n{attempts}", pytrace=False)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium. Without one a test is skipped, or fails in an automatic run."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    reason = f"no browser: none of {', '.join(BROWSERS)} is installed"
    if in_ci():
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def _newcomers_folder(
    request: pytest.FixtureRequest, _own_environment: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """One for all processes of the tests; the commands in it begin with the first test."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if WORKER in os.environ else base) / "newcomer"
    if any(map(_needs_newcomer, request.session.items)):
        threading.Thread(target=first_commands, args=[folder], daemon=True).start()
    return folder


@pytest.fixture(scope="session")
def newcomer(_newcomers_folder: Path) -> Newcomer:
    """The first commands on a machine without a network, and what they printed."""
    return first_commands(_newcomers_folder)


@pytest.fixture(scope="session")
def model_dir(newcomer: Newcomer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with the bundled model, the dictionary and the index of what ships; large, so
    it goes at the end."""
    folder = tmp_path_factory.mktemp("model")
    newcomer.copy_data(folder)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _one_model() -> Iterator[None]:
    """Whatever opens a library in this process shares one model; processes load their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "load_embedder", load_once)
        patch.setattr(opening, "kept_kinds", kinds_once)
        patch.setattr(opening, "kept_means", lambda embedder, _: measure_once(embedder))
        yield


@pytest.fixture(scope="session")
def shipped_held(model_dir: Path) -> Iterator[LockedLibrary]:
    """The transcripts that ship and their index, held for all tests."""
    with lock_library(Settings(data=model_dir)) as held:
        yield held


@pytest.fixture(scope="session")
def shipped(shipped_held: LockedLibrary) -> OpenLibrary:
    """The transcripts that ship, indexed by the real model and ready to be asked."""
    return shipped_held.open(lambda _: None)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A folder with one note; a module that wants others has a fixture of this name."""
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "kitchen.md").write_text(KITCHEN_NOTE, encoding="utf-8")
    return folder


@pytest.fixture
def run(library: Path, model_dir: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command over ``library`` in this process."""
    from assistant.interfaces.cli.main import (
        main,  # brings the page's libraries, which most tests don't need
    )

    def command(*arguments: str) -> tuple[int, str, str]:
        status = main([*arguments, "--library", str(library), "--data", str(model_dir)])
        out, err = capsys.readouterr()
        return status, out, err

    return command
