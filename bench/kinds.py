"""Kinds of questions: fits the classifier that ships, and counts what it mistakes.

``--fit`` writes the weights anew, after a change of assistant/retrieval/kinds.toml. ``--xquad
FOLDER`` and ``--questions FILE …`` (JSON Lines as ``eval`` reads them) give the share of plain
questions that are taken for another kind.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from datetime import date
from importlib import resources
from pathlib import Path

from assistant.retrieval.kinds import fit, kept_kinds, kinds_file
from assistant.retrieval.mentions import kind_of, known_names, mentions_of
from assistant.settings import Settings
from bench.xquad import read_xquad_folder
from index.embedding.bundled import MODELS
from index.embedding.centring import CentredEmbedder, kept_means
from index.embedding.embedder import load_embedder
from index.types import Embedder

PLAIN = ("qa", "followup", "unanswerable", "near")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.kinds", description=__doc__)
    parser.add_argument("--data", type=Path, default=Settings().data, help="where the model is")
    parser.add_argument("--fit", action="store_true", help="write the weights anew")
    parser.add_argument("--xquad", type=Path, help="folder of xquad.zh.json and xquad.en.json")
    parser.add_argument("--questions", type=Path, nargs="*", default=[], help="question files")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    given = parser.parse_args(arguments)
    base = load_embedder(None, given.data, None)
    embedder = CentredEmbedder(base, kept_means(base, given.data / MODELS))
    if given.fit:
        _write(embedder)
    sets = _sets(given.xquad, given.questions)
    found = {name: _mistaken(asked, embedder, given.data / MODELS) for name, asked in sets}
    shares = {
        name: {"n": n, "mistaken": round(len(wrong) / max(1, n), 4)}
        for name, (n, wrong) in found.items()
    }
    if given.json:
        print(json.dumps(shares))
        return
    for name, row in shares.items():
        print(f"{name:<40}{row['n']:>8}{row['mistaken']:>8.2%}")
        print("".join(f"    {label:<16}{text}\n" for label, text in found[name][1]), end="")


def _write(embedder: Embedder) -> None:
    """Weights in place of those that shipped."""
    folder = Path(str(resources.files("assistant.retrieval")))
    model = fit(embedder)
    for old in folder.glob("kinds-*.npz"):
        old.unlink()
    (folder / kinds_file(embedder)).write_bytes(model.to_bytes())


def _mistaken(
    questions: Sequence[str], embedder: Embedder, models: Path
) -> tuple[int, list[tuple[str, str]]]:
    """How many there are, and those that are taken for another kind, with it. In a library that
    knows nobody."""
    kinds, nobody = kept_kinds(embedder, models), known_names((), ())
    named = [mentions_of(one, nobody, date.today()) for one in questions]
    told = zip((kind_of(one, kinds, embedder) for one in named), questions, strict=True)
    return len(questions), [(kind.label, one) for kind, one in told if kind.kind != "question"]


def _sets(xquad: Path | None, files: Sequence[Path]) -> Iterator[tuple[str, list[str]]]:
    if xquad:
        for language, held in read_xquad_folder(xquad).items():
            yield f"xquad.{language}", list(held.questions)
    for file in files:
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
        yield file.name, [one["question"] for one in lines if one["kind"] in PLAIN]


if __name__ == "__main__":
    main()
