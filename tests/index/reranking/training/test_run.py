"""The training itself, for a few steps, from the bundled model."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from index.reranking.training import run

pytestmark = pytest.mark.long
STEP_S = 100.0
TEXT = "Knives are for cutting. A sharp one does not slip. Tea is hot. It cools with time. "


def rows(folder: Path) -> None:
    shared = {"set": "s", "lang": "en"}
    asked = shared | {"question": "Why sharp?", "start": 24, "end": 50}
    documents = [shared | {"id": f"s-{n:04}-0", "title": "", "text": TEXT * 8} for n in range(40)]
    questions = [asked | {"id": f"s-{n:04}-0-0", "doc": f"s-{n:04}-0"} for n in range(40)]
    for name, made in (("documents", documents), ("questions", questions)):
        text = "".join(json.dumps(row) + "\n" for row in made)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")


def trained(folder: Path, data: Path, seconds: float) -> list[dict[str, float]]:
    ticks = itertools.count(step=STEP_S)
    run.train([folder], folder, data, seconds, seed=1, clock=lambda: float(next(ticks)))
    log = (folder / run.LOG).read_text().splitlines()
    return [json.loads(line) for line in log]


def test_it_learns_is_kept_and_goes_on(
    tmp_path: Path, model_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "POOL", 2)
    rows(tmp_path)
    *_, first = trained(tmp_path, model_dir, 3 * STEP_S)
    assert first["step"] == 3 and "s_auroc" in first and "s_sentence" in first
    *_, second = trained(tmp_path, model_dir, 5 * STEP_S)
    assert second["step"] == 5, "what was spent before the break counts"
