"""What counts as covered in bench/deep.py."""

from __future__ import annotations

import json
from pathlib import Path

from assistant.citation.citation import cite
from bench.deep import covered, read
from tests.builders import make_chunk

CHUNK = make_chunk([("Ann", ["A sharp knife is safer."], 10.0, 20.0)], heading="Knives")


def test_points_are_covered_by_moments_and_by_headings(tmp_path: Path) -> None:
    here = {"file": "talk.md", "start": 5, "end": 15}
    later = {"file": "talk.md", "start": 40, "end": 60}
    points = [[later, here], [later], [{"file": "talk.md", "heading": "Knives"}]]
    file = tmp_path / "deep.jsonl"
    file.write_text(json.dumps({"id": "d1", "question": "Why?", "points": points}), "utf-8")
    (question,) = read(file)
    assert covered(question, [cite(1, CHUNK, CHUNK.sentences, None)]) == 2
    assert covered(question, []) == 0
