"""A small library in a folder, and an embedder that counts what it embeds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from corpus.chunks import Budget
from corpus.spellings import Spellings
from corpus.types import FileFailure, ReadError, Section, Transcript, Utterance
from index.lexical.concepts import concepts_of
from index.storage.store import SCHEMA, IndexStore, open_store
from index.types import Manifest, Vectors

BUDGET = Budget(60)
UNREADABLE = "\0"


class CountingEmbedder:
    """Bags of words hashed into a unit vector; remembers every text that it was given."""

    name = "counting"
    dimension = 48
    window_tokens = 512

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> Vectors:
        self.embedded.extend(texts)
        vectors = np.stack([self.query(text) for text in texts])
        if on_batch is not None:
            on_batch(len(texts))
        return vectors

    def query(self, text: str) -> Vectors:
        vector = np.full(self.dimension, 0.01, dtype=np.float32)
        for word in text.lower().split():
            seed = int.from_bytes(hashlib.sha256(word.strip(".,:").encode()).digest()[:4], "big")
            vector += np.random.default_rng(seed).standard_normal(self.dimension, dtype=np.float32)
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)

    def count_tokens(self, text: str) -> int:
        return len(text.split())


class FolderLibrary:
    """Text files: an optional line ``id: …``, then sections parted by empty lines, the first line
    of each its heading, the others ``Name: words``. A file with a zero byte can't be read.

    ``closed`` is a folder that can't be looked into, ``taken`` files whose id another file has.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.reads: list[str] = []
        self.closed = ""
        self.taken: set[str] = set()

    def files(self) -> list[str]:
        files = sorted(path.relative_to(self.root).as_posix() for path in self.root.rglob("*.txt"))
        return [file for file in files if not self.closed or not file.startswith(self.closed)]

    def closed_folders(self) -> list[FileFailure]:
        return [FileFailure(self.closed, "no permission")] if self.closed else []

    def spellings(self) -> Spellings:
        return Spellings()

    def fingerprint(self, file: str) -> str:
        return hashlib.sha256((self.root / file).read_bytes()).hexdigest()

    def read(self, file: str) -> Transcript:
        self.reads.append(file)
        text = (self.root / file).read_text(encoding="utf-8")
        if UNREADABLE in text:
            raise ReadError("it holds a zero byte")
        own_id, _, body = text.partition("\n") if text.startswith("id: ") else (file, "", text)
        blocks = [block.splitlines() for block in body.strip().split("\n\n")]
        return Transcript(
            id=file if file in self.taken else own_id.removeprefix("id: "),
            file=file,
            title="Talk",
            source_url=None,
            published=None,
            language="en",
            sections=tuple(_section(n, lines) for n, lines in enumerate(blocks) if lines),
            fingerprint=self.fingerprint(file),
        )


def _section(position: int, lines: Sequence[str]) -> Section:
    start = 100.0 * position
    turns = []
    for number, line in enumerate(lines[1:]):
        speaker, _, words = line.partition(": ")
        turns.append(Utterance(words, speaker, start + number, start + number + 1))
    return Section(position, lines[0], start, start + 100, "talk", tuple(turns))


def talk_text(subject: str, sections: int = 3, sentences: int = 6) -> str:
    """A talk whose every sentence names the subject, and differs from all others."""
    blocks = []
    for section in range(sections):
        words = " ".join(
            f"{subject} point{section}x{n} follows from reason{section}x{n} as we saw."
            for n in range(sentences)
        )
        blocks.append(f"{subject} part {section}\nAda: {words}\nBob: I see {subject} now.")
    return "\n\n".join(blocks) + "\n"


def write_library(root: Path, subjects: Sequence[str]) -> FolderLibrary:
    root.mkdir(parents=True, exist_ok=True)
    for subject in subjects:
        (root / f"{subject}.txt").write_text(talk_text(subject), encoding="utf-8")
    return FolderLibrary(root)


def manifest(**changes: object) -> Manifest:
    fields: dict[str, object] = {
        "schema": SCHEMA,
        "model": CountingEmbedder.name,
        "dimension": CountingEmbedder.dimension,
        "window_tokens": CountingEmbedder.window_tokens,
        "chunk_tokens": 60,
        "centring": "",
    }
    return Manifest(**{**fields, **changes})  # type: ignore[arg-type]


def opened(data: Path, library: FolderLibrary, chroma_url: str | None = None) -> IndexStore:
    store = open_store(data, library.root, chroma_url=chroma_url)
    store.claim(manifest())
    return store


def state(store: IndexStore) -> dict[str, object]:
    """What an index holds and answers, without row numbers; see ``same``."""
    rows = dict(sorted(store.catalog.rows_of(store.catalog.ids()).items()))
    chunks = store.catalog.chunks(rows.values())
    sentences = store.sentence_vectors.get(rows.values())
    vectors = store.vectors.get(rows)
    found = store.lexical.scores(concepts_of("point1x2 reason0x1 amber see", None))
    nearest = store.vectors.query(CountingEmbedder().query("amber point1x2"), 5)
    return {
        "chunks": [chunks[row] for row in rows.values()],
        "files": store.catalog.fingerprints(),
        "talks": store.catalog.talks(),
        "vector ids": sorted(store.vectors.ids()),
        "vectors": np.array([vectors[key] for key in rows]),
        "sentences": np.concatenate([sentences[row] for row in rows.values()]),
        "idf": np.array(list(found.idf.values())),
        "lexical": np.array([found.values[row] for row in rows.values()]),
        "nearest": [key for key, _ in nearest],
        "cosines": np.array([cosine for _, cosine in nearest]),
    }


def same(one: dict[str, object], other: dict[str, object]) -> bool:
    """Whether two states are equal, numbers nearly so: Chroma normalises what it stores."""
    for key, value in one.items():
        if isinstance(value, np.ndarray):
            theirs = np.asarray(other[key])
            assert value.shape == theirs.shape, key
            assert np.allclose(value, theirs, atol=1e-5), key
        else:
            assert value == other[key], key
    return one.keys() == other.keys()
