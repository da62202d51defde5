"""A cross-encoder with random weights in a folder, small enough to be made in a test."""

from __future__ import annotations

from pathlib import Path

from sentence_transformers import CrossEncoder
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from torch import manual_seed
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    PreTrainedTokenizerFast,
)

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
WINDOW = 64


def tiny_cross_encoder(folder: Path, *, labels: int = 1, seed: int = 0) -> Path:
    """Saves one as sentence-transformers does; ``labels`` is how many numbers a pair gets."""
    manual_seed(seed)
    source = folder / "bert"
    BertForSequenceClassification(_config(labels)).save_pretrained(source)
    _tokenizer().save_pretrained(source)
    CrossEncoder(str(source), local_files_only=True).save_pretrained(str(folder / "model"))
    return folder / "model"


def tiny_bert(folder: Path) -> Path:
    """A model without a head, as embedding models are."""
    BertModel(_config(1)).save_pretrained(folder)
    _tokenizer().save_pretrained(folder)
    return folder


def _config(labels: int) -> BertConfig:
    config = BertConfig(
        vocab_size=len(_vocabulary()),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=WINDOW,
        initializer_range=0.5,  # far more than usual, so that scores differ
    )
    config.num_labels = labels
    return config


def _vocabulary() -> dict[str, int]:
    pieces = [*SPECIAL, *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    return {piece: number for number, piece in enumerate(pieces)}


def _tokenizer() -> PreTrainedTokenizerFast:
    vocabulary = _vocabulary()
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(name, vocabulary[name]) for name in ("[CLS]", "[SEP]")],
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        model_max_length=WINDOW,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    )
