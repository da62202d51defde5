"""The model that is trained: the bundled encoder with two heads, what it reads, what it loses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from torch import nn

from index.embedding.bundled import bert_name
from index.embedding.onnx import padded
from index.reranking.training.examples import Example, Label
from index.reranking.weights import HEADS, Tensor
from index.reranking.windows import Encoded, PairTokenizer

POSITIVE_WEIGHT = 1.6
"""Of windows that answer, of which there are fewer."""
LABELS: Mapping[Label, int] = {"does not": 0, "answers": 1, "one of these": 2, "unknown": -1}


FROZEN = 4
"""Layers, from the words on, that stay the embedding model's: they match words alike whatever is
asked, cost no way back, and ship already."""


class PairModel(nn.Module):
    """The encoder with its heads: logits of windows (n,) and of sentences (n, most sentences).

    Nothing is dropped out, since little is seen twice, and attention is spelt out: together half of
    the time of a step on a processor.
    """

    encoder: Any

    def __init__(self, folder: Path) -> None:
        super().__init__()
        whole = SentenceTransformer(
            str(folder),
            device="cpu",
            local_files_only=True,
            model_kwargs={"attn_implementation": "eager"},
        )
        self.encoder = whole[0].auto_model
        for module in self.encoder.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0
        self.encoder.embeddings.requires_grad_(False)
        self.encoder.encoder.layer[:FROZEN].requires_grad_(False)
        hidden = self.encoder.config.hidden_size
        self.answers = nn.Linear(hidden, 1)
        self.says = nn.Linear(2 * hidden, 1)

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor, members: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """``members`` (n, most sentences, tokens) has one over the count of its tokens where a
        token belongs to a sentence."""
        tokens = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        first = tokens[:, 0]
        means = torch.bmm(members, tokens.to(members.dtype))
        both = torch.cat([means, first[:, None].expand_as(means)], dim=-1)
        return self.answers(first)[:, 0], self.says(both)[..., 0]


@dataclass(frozen=True, slots=True)
class Batch:
    """Encoded examples. ``says`` (n, most sentences) has the numbers of ``LABELS``."""

    ids: torch.Tensor
    mask: torch.Tensor
    members: torch.Tensor
    answers: torch.Tensor
    says: torch.Tensor


def encoded(example: Example, tokenizer: PairTokenizer) -> Encoded:
    """An example as the model reads it."""
    question = tokenizer.question(example.question)
    return tokenizer.encode(question, example.document.tokens, example.window)


def batch_of(examples: Sequence[Example], read: Sequence[Encoded]) -> Batch:
    """Examples of like lengths, padded."""
    inputs = padded([one.ids for one in read])
    ids, mask = (torch.from_numpy(inputs[name]) for name in ("input_ids", "attention_mask"))
    sentences = max(len(one.spans) for one in read)
    members = torch.zeros((len(read), sentences, ids.shape[1]))
    says = torch.full((len(read), sentences), LABELS["unknown"])
    for row, (example, one) in enumerate(zip(examples, read, strict=True)):
        for at, (start, end) in enumerate(one.spans):
            members[row, at, start:end] = 1.0 / max(end - start, 1)
        for at, label in enumerate(example.says):
            says[row, one.context + at] = LABELS[label]
    answers = torch.tensor([float(example.answers) for example in examples])
    return Batch(ids, mask, members, answers, says)


def loss_of(model: PairModel, batch: Batch) -> torch.Tensor:
    """Cross-entropy of windows and of sentences, each on its average. Where one of several answers,
    the one that is thought to counts."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        answers, says = model(batch.ids, batch.mask, batch.members)
    weight = torch.tensor(POSITIVE_WEIGHT)
    entropy = nn.functional.binary_cross_entropy_with_logits
    loss = entropy(answers.float(), batch.answers, pos_weight=weight)
    says = says.float()
    known = (batch.says == LABELS["answers"]) | (batch.says == LABELS["does not"])
    several = batch.says == LABELS["one of these"]
    best = says.masked_fill(~several, -torch.inf).max(dim=1).values[several.any(dim=1)]
    logits = torch.cat([says[known], best])
    labels = torch.cat([batch.says[known].float(), torch.ones_like(best)])
    return loss + entropy(logits, labels) if len(logits) else loss


def tensors_of(model: PairModel, names: Iterable[str]) -> dict[str, Tensor]:
    """What was trained by the names that it ships under; ``names`` are those of the embedding
    model's file."""
    trained = {name: values for name, values in model.named_parameters() if values.requires_grad}
    kept = {name: f"encoder.{bert_name(name)}" for name in names}
    kept |= {f"{head}.{kind[0]}": f"{head}.{kind}" for head in HEADS for kind in ("weight", "bias")}
    return {
        name: (values.flatten() if own.startswith(HEADS) else values).detach().float().numpy()
        for name, own in kept.items()
        if (values := trained.get(own)) is not None
    }
