"""What a newcomer's first commands print, on a machine without a network; and the data folder that
they leave, with which all other tests begin.

The commands run in a process of their own with an empty home folder, so that nothing is found that
an earlier download left there. The guard of conftest.py fails a test when anything reaches out, and
where the system lets an ordinary user make one, the process has a network of its own that leads
nowhere, which also stops libraries that don't ask Python for their sockets.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.embedding.bundled import MODELS
from index.lexical.dictionary import DICTIONARIES
from tests.project import ROOT
from tests.sharing import one_at_a_time

OFFLINE_SWITCHES = ("HF_", "TRANSFORMERS_", "GRADIO_", "TIKTOKEN_", "ANONYMIZED_")
NEVER_WRITTEN_TO = (MODELS, DICTIONARIES)
"""Parts of a data folder whose files may be shared; those of an index may not."""

MOMENT = "为什么说公榜不能反映真实产品表现？"
IN_THE_TALK = "How do guests explain that Google can push scaling further?"
IN_THE_ARTICLE = "What did Gemini 3's pre-training lead say the secret was?"
NOWHERE = "番茄炒蛋要放多少糖？"
COMMANDS = (
    *(["index"], ["index"], ["search", MOMENT]),
    *(["ask", question] for question in (IN_THE_TALK, IN_THE_ARTICLE, NOWHERE)),
)
_ONE_BY_ONE = """
import json, sys, app
for words in json.loads(sys.argv[1]):
    assert app.main(words) == 0, words
    print(end="\\0")
"""


@dataclass(frozen=True)
class Newcomer:
    """What the commands printed: each time it was indexed, and by question; and how to go on."""

    data: Path
    environment: Mapping[str, str]
    indexed: Sequence[dict[str, Any]]
    by_question: Mapping[str, Any]

    def copy_data(self, folder: Path) -> None:
        """What the commands left, in a folder of one's own. Models are linked, not copied."""
        with one_at_a_time(_lock(self.data.parent)):
            for part in self.data.iterdir():
                copy = os.link if part.name in NEVER_WRITTEN_TO else shutil.copy2
                shutil.copytree(part, folder / part.name, copy_function=copy)


def first_commands(folder: Path) -> Newcomer:
    """Runs the commands, or reads what they printed when another process of the tests did."""
    folder.mkdir(exist_ok=True)
    data, printed, environment = folder / "data", folder / "printed", _environment(folder / "home")
    with one_at_a_time(_lock(folder)):
        if not printed.exists():
            told = _printed(data, environment)
            printed.write_text(told, encoding="utf-8")
    *documents, rest = printed.read_text(encoding="utf-8").split("\0")
    assert rest == ""
    read = [json.loads(document) for document in documents]
    questions = [words[-1] for words in COMMANDS[2:]]
    return Newcomer(data, environment, read[:2], dict(zip(questions, read[2:], strict=True)))


def _lock(folder: Path) -> Path:
    return folder / "lock"


def _environment(home: Path) -> dict[str, str]:
    """No caches, no settings, and no switch that tells a library to stay in."""
    home.mkdir(exist_ok=True)
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith((*OFFLINE_SWITCHES, "XDG_"))
    }
    return kept | {"HOME": str(home)}


def _printed(data: Path, environment: Mapping[str, str]) -> str:
    """What the commands print on stdout, each document with a zero behind it.

    They share a process, since each that is started spends seconds on the same libraries.
    """
    lines = json.dumps([[*words, "--data", str(data), "--json"] for words in COMMANDS])
    child = subprocess.run(
        [*_without_network(), sys.executable, "-c", _ONE_BY_ONE, lines],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    assert child.returncode == 0, child.stderr
    return child.stdout


def _without_network() -> list[str]:
    """The command in front that takes the network away, empty where an ordinary user may not."""
    command = ["unshare", "--user", "--map-root-user", "--net"]
    if shutil.which("unshare") is None:
        return []
    allowed = subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
    return command if allowed else []
