"""The bundled model as an ONNX graph, written straight from its weights, and running it: text to
unit vectors, on the processor.

Most of the arithmetic is in whole numbers, arranged so that it stays close to float32:

- Queries, keys and values of attention use the file's own 4-bit blocks with activations quantised
  a block at a time (``MatMulNBits``). Recall depends most on these, and so next to nothing is lost.
- The other matrices have 8-bit weights, one scale an output, and activations quantised as a whole
  (``DynamicQuantizeMatMul``). One channel of the first feed-forward matrix's input is many times as
  large as the rest, so the channels are brought to one size first, by what their layer norm says
  of them. The second one's input has single large tokens, so each token is divided by its maximum.
- Weights go to 64, not 127: processors without dot products for 8 bits add two products of a byte
  and a weight in 16 bits, which 2 x 255 x 64 fits into. So every processor gives the same result.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedding.e5 import BLOCK, Blocks, E5File
from index.types import Vectors

TokenIds = NDArray[np.int64]

# Tokens run at once, padding included. More would not stay in a core's cache, fewer leave the
# matrix products too small.
_BATCH_TOKENS = 768


class OnnxEncoder:
    """A tokenizer and a session. Safe to call from several threads at once.

    ``window`` is the most tokens that are read of a text; what follows is left out.
    """

    def __init__(self, graph: Path, tokenizer: Path, window: int) -> None:
        self.window = window
        self._tokenizer = load_tokenizer(tokenizer)
        self._session = load_session(graph)

    def count(self, text: str) -> int:
        """Tokens of the whole text, those at start and end included."""
        return len(self._tokenizer.encode(text).ids)

    def tokenize(self, texts: Sequence[str]) -> list[TokenIds]:
        """Token ids of each text, at most ``window`` of them."""
        encodings = self._tokenizer.encode_batch_fast(list(texts))
        return [self._shortened(np.array(one.ids, dtype=np.int64)) for one in encodings]

    def _shortened(self, ids: TokenIds) -> TokenIds:
        if len(ids) <= self.window:
            return ids
        return np.append(ids[: self.window - 1], ids[-1])

    def embed(self, token_ids: Sequence[TokenIds]) -> Vectors:
        """Unit vectors, one a row, in the order given."""
        rows: dict[int, Vectors] = {}
        for batch in batches([len(ids) for ids in token_ids]):
            inputs = padded([token_ids[position] for position in batch])
            rows.update(zip(batch, self._session.run(None, inputs)[0], strict=True))
        return np.array([rows[position] for position in range(len(token_ids))], dtype=np.float32)


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions of texts of like lengths, as many as fit a batch; every position once."""
    batch: list[int] = []
    for position in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[position] > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch


def padded(token_ids: Sequence[TokenIds]) -> dict[str, TokenIds]:
    """A batch with its mask. The mask hides the padding, so its id is any that exists."""
    shape = (len(token_ids), max(map(len, token_ids)))
    ids, mask = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for row, values in enumerate(token_ids):
        ids[row, : len(values)] = values
        mask[row, : len(values)] = 1
    return {"input_ids": ids, "attention_mask": mask}


def load_tokenizer(path: Path) -> Any:
    """A tokenizer as the tokenizers library reads it."""
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(path))


def load_session(path: Path) -> Any:
    """A graph ready to be run on the processor."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = usable_cores()
    options.inter_op_num_threads = 1
    # Waiting threads that spin gain a query 0.3 ms and take a core from everyone else.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def usable_cores() -> int:
    """Cores that this process may run on, which a container or a scheduler can limit."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_MICROSOFT = "com.microsoft"
_LEVELS = 64
# Of layer norm's output: all but one in 15,000 of normally distributed values lie inside.
_DEVIATIONS = 4.0
# GELU's lowest value is -0.17: a token's range is never smaller, so nothing is divided by zero.
_GELU_RANGE = 0.17
Tensor = NDArray[Any]


def write_graph(source: E5File, path: Path, *, pooled: bool = True) -> None:
    """Writes a graph from ``input_ids`` and ``attention_mask`` (batch, tokens; int64) to
    ``sentence_embedding`` (batch, hidden; float32, unit length), or, not ``pooled``, to the tokens'
    own vectors as they leave the last layer, ``token_embeddings`` (batch, tokens, hidden)."""
    graph = _Graph()
    shape = source.shape
    tokens = _embeddings(graph, source)
    graph.node("Cast", ["attention_mask"], "mask", to="INT32")
    for number in range(shape.layers):
        tokens = _layer(graph, source, f"l{number}", tokens)
    if not pooled:
        graph.node("Identity", [tokens], "token_embeddings")
        graph.save(path, "token_embeddings", ["batch", "tokens", shape.hidden])
        return
    graph.node("Cast", ["attention_mask"], "present", to="FLOAT")
    graph.node("Unsqueeze", ["present", graph.weight("axis", np.array([1]))], "summing")
    graph.node("MatMul", ["summing", tokens], "sums")
    graph.node("Squeeze", ["sums", "axis"], "sum")
    # The length is taken out, so that a sum does where pooling says a mean.
    graph.node("LpNormalization", ["sum"], "sentence_embedding", axis=-1, p=2)
    graph.save(path, "sentence_embedding", ["batch", shape.hidden])


class _Graph:
    """Collects nodes and weights; each node has one main output, by whose name it is known."""

    def __init__(self) -> None:
        self._nodes: list[tuple[str, list[str], list[str], dict[str, Any]]] = []
        self._weights: dict[str, Tensor] = {}

    def weight(self, name: str, values: Tensor) -> str:
        self._weights[name] = np.ascontiguousarray(values)
        return name

    def node(self, kind: str, inputs: list[str], *outputs: str, **attributes: Any) -> str:
        self._nodes.append((kind, inputs, list(outputs), attributes))
        return outputs[0]

    def save(self, path: Path, output: str, sizes: list[str | int]) -> None:
        import onnx

        make, types = onnx.helper, onnx.TensorProto
        nodes = []
        for kind, inputs, outputs, attributes in self._nodes:
            if "to" in attributes:
                attributes["to"] = getattr(types, attributes["to"])
            nodes.append(make.make_node(kind, inputs, outputs, **attributes))
        given = [
            make.make_tensor_value_info(name, types.INT64, ["batch", "tokens"])
            for name in ("input_ids", "attention_mask")
        ]
        vectors = make.make_tensor_value_info(output, types.FLOAT, sizes)
        weights = [
            onnx.numpy_helper.from_array(values, name) for name, values in self._weights.items()
        ]
        graph = make.make_graph(nodes, "e5", given, [vectors], weights)
        operators = [make.make_opsetid("", 18), make.make_opsetid(_MICROSOFT, 1)]
        model = make.make_model(graph, opset_imports=operators, ir_version=9)
        onnx.save(model, str(path))


def _embeddings(graph: _Graph, source: E5File) -> str:
    """Words, positions and the one token type, normalised. Words stay in 4 bits until looked up."""
    shape, words = source.shape, source.matrices["emb.word"]
    assert isinstance(words, Blocks)  # every file has them so
    blocks = shape.hidden // BLOCK
    graph.weight("words", words.packed.reshape(len(words.packed), -1))
    graph.weight("word_scales", words.scales)
    fifteen, four = (
        graph.weight(f"number_{value}", np.array(value, dtype=np.uint8)) for value in (15, 4)
    )
    halves = graph.weight("halves", np.array([0, 0, blocks, BLOCK // 2]))
    graph.node("Gather", ["words", "input_ids"], "pairs")
    graph.node("BitwiseAnd", ["pairs", fifteen], "low")
    graph.node("BitShift", ["pairs", four], "high", direction="RIGHT")
    graph.node("Reshape", ["low", halves], "low_blocks")
    graph.node("Reshape", ["high", halves], "high_blocks")
    graph.node("Concat", ["low_blocks", "high_blocks"], "nibbles", axis=-1)
    graph.node("Cast", ["nibbles"], "raised_levels", to="FLOAT")
    eight = graph.weight("number_8", np.array(8, dtype=np.float32))
    graph.node("Sub", ["raised_levels", eight], "levels")
    graph.node("Gather", ["word_scales", "input_ids"], "half_scales")
    graph.node("Cast", ["half_scales"], "scales", to="FLOAT")
    graph.node("Unsqueeze", ["scales", graph.weight("last", np.array([-1]))], "block_scales")
    graph.node("Mul", ["levels", "block_scales"], "word_blocks")
    flat = graph.weight("flat", np.array([0, 0, shape.hidden]))
    graph.node("Reshape", ["word_blocks", flat], "word")
    graph.node("Add", ["word", _places(graph, source)], "placed")
    return _normalised(graph, source, "emb.ln", "placed")


def _places(graph: _Graph, source: E5File) -> str:
    """The vectors of the positions that a batch has, with the first token type's added."""
    hidden = source.shape.hidden
    places = source.vectors["emb.pos"].reshape(-1, hidden) + source.vectors["emb.type"][:hidden]
    graph.node("Shape", ["input_ids"], "count", start=1, end=2)
    first = graph.weight("first", np.array([0]))
    return graph.node("Slice", [graph.weight("places", places), first, "count", first], "place")


def _layer(graph: _Graph, source: E5File, layer: str, tokens: str) -> str:
    queries = _exact(graph, source, [f"{layer}.{part}" for part in "qkv"], tokens)
    three = [f"{layer}.{part}.out" for part in "qkv"]
    graph.node("Split", [queries], *three, axis=-1, num_outputs=3)
    attended = graph.node(
        "MultiHeadAttention",
        [*three, "", "mask"],
        f"{layer}.attended",
        domain=_MICROSOFT,
        num_heads=source.shape.heads,
    )
    attended = _quantised(graph, source, f"{layer}.ao", attended)
    tokens = graph.node("Add", [attended, tokens], f"{layer}.after_attention")
    tokens = _normalised(graph, source, f"{layer}.aln", tokens)
    inner = _evened_out(graph, source, layer, tokens)
    inner = graph.node("Gelu", [inner], f"{layer}.gelu", domain=_MICROSOFT)
    outer = _by_token(graph, source, f"{layer}.fo", inner)
    tokens = graph.node("Add", [outer, tokens], f"{layer}.after_feed_forward")
    return _normalised(graph, source, f"{layer}.oln", tokens)


def _normalised(graph: _Graph, source: E5File, name: str, tokens: str) -> str:
    # Faster in onnxruntime than its SkipLayerNormalization, which takes the sum along.
    weights = [graph.weight(f"{name}.{part}", source.vectors[f"{name}.{part}"]) for part in "wb"]
    epsilon = source.shape.epsilon
    return graph.node("LayerNormalization", [tokens, *weights], f"{name}.out", epsilon=epsilon)


def _exact(graph: _Graph, source: E5File, names: list[str], tokens: str) -> str:
    """Several matrices side by side and their biases, in the file's own 4-bit blocks if it has
    them."""
    matrices = [source.matrices[f"{name}.w"] for name in names]
    bias = np.concatenate([source.vectors[f"{name}.b"] for name in names])
    blocks = [one for one in matrices if isinstance(one, Blocks)]
    if len(blocks) < len(matrices):
        dense = np.concatenate([one.dense() for one in matrices])
        return _product(graph, names[0], dense, tokens, graph.weight(f"{names[0]}.b", bias))
    scales = np.concatenate([one.scales for one in blocks]).astype(np.float32)
    name = names[0]
    weights = graph.weight(f"{name}.blocks", np.concatenate([_repacked(one) for one in blocks]))
    product = graph.node(
        "MatMulNBits",
        [tokens, weights, graph.weight(f"{name}.scales", scales)],
        f"{name}.product",
        domain=_MICROSOFT,
        K=source.shape.hidden,
        N=len(bias),
        bits=4,
        block_size=BLOCK,
        accuracy_level=4,
    )
    return graph.node("Add", [product, graph.weight(f"{name}.bias", bias)], f"{name}.sum")


def _repacked(blocks: Blocks) -> NDArray[np.uint8]:
    """The same nibbles as the operator wants them: weights 2j and 2j + 1 in byte j."""
    raw = (blocks.levels() + 8).astype(np.uint8)
    packed: NDArray[np.uint8] = raw[..., 0::2] | (raw[..., 1::2] << np.uint8(4))
    return packed


def _quantised(graph: _Graph, source: E5File, name: str, tokens: str) -> str:
    bias = graph.weight(f"{name}.b", source.vectors[f"{name}.b"])
    return _product(graph, name, source.matrices[f"{name}.w"].dense(), tokens, bias)


def _evened_out(graph: _Graph, source: E5File, layer: str, tokens: str) -> str:
    """The first feed-forward matrix, on channels that are brought to one size."""
    gain, shift = (np.abs(source.vectors[f"{layer}.aln.{part}"]) for part in "wb")
    sizes = shift + _DEVIATIONS * gain
    sizes = np.maximum(sizes, 0.2 * np.median(sizes))
    name = f"{layer}.fi"
    matrix = (source.matrices[f"{name}.w"].dense() * sizes).astype(np.float32)
    inverse = graph.weight(f"{name}.inverse_sizes", (1 / sizes).astype(np.float32))
    evened = graph.node("Mul", [tokens, inverse], f"{name}.evened")
    bias = graph.weight(f"{name}.b", source.vectors[f"{name}.b"])
    return _product(graph, name, matrix, evened, bias)


def _by_token(graph: _Graph, source: E5File, name: str, tokens: str) -> str:
    """The second feed-forward matrix, on tokens that are divided by their maximum."""
    least = graph.weight("least", np.array(_GELU_RANGE, dtype=np.float32))
    highest = graph.node("ReduceMax", [tokens, "last"], f"{name}.highest", keepdims=1)
    sizes = graph.node("Max", [highest, least], f"{name}.sizes")
    divided = graph.node("Div", [tokens, sizes], f"{name}.divided")
    product = _product(graph, name, source.matrices[f"{name}.w"].dense(), divided)
    product = graph.node("Mul", [product, sizes], f"{name}.sized")
    bias = graph.weight(f"{name}.b", source.vectors[f"{name}.b"])
    return graph.node("Add", [product, bias], f"{name}.sum")


def _product(graph: _Graph, name: str, matrix: NDArray[np.float32], tokens: str, *bias: str) -> str:
    """``tokens`` times ``matrix`` (outputs, inputs) in whole numbers, with one scale an output."""
    scales = np.maximum(np.abs(matrix).max(axis=1) / _LEVELS, np.finfo(np.float32).tiny)
    levels = np.rint(matrix / scales[:, None]).astype(np.int8)
    weights = graph.weight(f"{name}.levels", levels.T)
    inputs = [tokens, weights, graph.weight(f"{name}.scales", scales.astype(np.float32))]
    with_bias = ["", *bias] if bias else []
    return graph.node(
        "DynamicQuantizeMatMul", [*inputs, *with_bias], f"{name}.product", domain=_MICROSOFT
    )
