"""Trains the reranker: ``python -m index.reranking.training.run FOLDER … --out FOLDER``.

The encoder is the bundled embedding model, its tables of words and positions frozen: they ship
already, so that the reranker's file holds the layers alone. Two heads are learned with it, whether
a window answers and whether a sentence of it does. What is trained is kept in ``--out`` every few
minutes; begun again with the same options, a training goes on where it stopped. It ends by the
clock, the rate falling to nothing by then.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from torch import nn

from index.embedding.bundled import TOKENIZER, unpack
from index.embedding.onnx import padded
from index.reranking.training.examples import Asked, Example, Label, Reading, Sampler
from index.reranking.windows import Encoded, PairTokenizer
from index.scoring import auroc

BATCH = 32
POOL = 64
"""Batches drawn together and sorted by length, so that little of them is padding."""
ENCODER_RATE, HEAD_RATE = 8e-5, 5e-4
WARM_UP = 0.03
"""Share of the time in which the rates rise."""
POSITIVE_WEIGHT = 1.6
"""Of windows that answer, of which there are fewer."""
SAVED_EVERY_S = 300.0
MEASURED = 800
"""Questions of those held back that are measured on."""
LABELS: Mapping[Label, int] = {"does not": 0, "answers": 1, "one of these": 2, "unknown": -1}
CHECKPOINT, LOG = "checkpoint.pt", "log.jsonl"


class PairModel(nn.Module):
    """The encoder with its heads: logits of windows (n,) and of sentences (n, most sentences)."""

    encoder: Any

    def __init__(self, folder: Path) -> None:
        super().__init__()
        whole = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self.encoder = whole[0].auto_model
        self.encoder.embeddings.requires_grad_(False)
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


def batches(
    sampler: Sampler, questions: Sequence[Asked], tokenizer: PairTokenizer, seed: int
) -> Iterator[Batch]:
    """Without an end, all questions in another order each time."""
    order = random.Random(seed)
    pending: list[tuple[Example, Encoded]] = []
    while True:
        for example in sampler.examples(order.sample(questions, len(questions))):
            pending.append((example, encoded(example, tokenizer)))
            if len(pending) == BATCH * POOL:
                pending.sort(key=lambda pair: len(pair[1].ids))
                groups = [pending[at : at + BATCH] for at in range(0, len(pending), BATCH)]
                order.shuffle(groups)
                for group in groups:
                    yield batch_of(*zip(*group, strict=True))
                pending = []


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


@torch.no_grad()
def measured(
    model: PairModel, examples: Sequence[Example], tokenizer: PairTokenizer
) -> dict[str, float]:
    """By set: windows told apart, and how often the best sentence of a window that answers does."""
    model.eval()
    figures: dict[str, tuple[list[float], list[float], list[bool]]] = {}
    for start in range(0, len(examples), BATCH):
        part = examples[start : start + BATCH]
        read = [encoded(example, tokenizer) for example in part]
        batch = batch_of(part, read)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            answers, says = model(batch.ids, batch.mask, batch.members)
        for row, example in enumerate(part):
            name = example.document.set
            yes, no, best = figures.setdefault(name, ([], [], []))
            (yes if example.answers else no).append(float(answers[row]))
            if example.answers and not {"answers", "one of these"}.isdisjoint(example.says):
                own = says[row, read[row].context :][: len(example.says)]
                best.append(example.says[int(own.argmax())] != "does not")
    model.train()
    told = {}
    for name, (yes, no, best) in sorted(figures.items()):
        if yes and no:
            told[f"{name}_auroc"] = round(auroc(yes, no), 4)
        if best:
            told[f"{name}_sentence"] = round(sum(best) / len(best), 4)
    return told


class Training:
    """A training under way, kept in a folder. ``clock`` tells seconds that have passed."""

    def __init__(
        self,
        folder: Path,
        model: PairModel,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._seconds = seconds
        self._clock = clock
        self.model = model
        heads = [*model.answers.parameters(), *model.says.parameters()]
        layers = [one for one in model.encoder.parameters() if one.requires_grad]
        self._optimizer = torch.optim.AdamW(
            [{"params": layers, "lr": ENCODER_RATE}, {"params": heads, "lr": HEAD_RATE}],
            weight_decay=0.01,
        )
        self._rates = [ENCODER_RATE, HEAD_RATE]
        self.steps = 0
        self.spent_s = 0.0
        if (folder / CHECKPOINT).exists():
            kept = torch.load(folder / CHECKPOINT, weights_only=True)
            model.load_state_dict(kept["model"])
            self._optimizer.load_state_dict(kept["optimizer"])
            self.steps, self.spent_s = kept["steps"], kept["spent_s"]

    def train(
        self, source: Iterator[Batch], held_back: Sequence[Example], own: PairTokenizer
    ) -> None:
        """Until the time is up; what was spent before a break counts."""
        saved = last = self._clock()
        losses: list[float] = []
        while self.spent_s < self._seconds:
            losses.append(self._step(next(source)))
            now = self._clock()
            self.spent_s, last = self.spent_s + now - last, now
            if now - saved >= SAVED_EVERY_S or self.spent_s >= self._seconds:
                self._note(loss=round(sum(losses) / len(losses), 4), last_steps=len(losses))
                self.save()
                losses, saved = [], self._clock()
                last = saved
        self._note(**measured(self.model, held_back, own))

    def _step(self, batch: Batch) -> float:
        done = self.spent_s / self._seconds
        share = min(done / WARM_UP, 1.0) * (1.0 - done)
        for group, rate in zip(self._optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * max(share, 1e-3)
        loss = loss_of(self.model, batch)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self._optimizer.step()
        self.steps += 1
        return float(loss.detach())

    def save(self) -> None:
        """Keeps everything, whole or not at all."""
        state = {
            "model": self.model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "steps": self.steps,
            "spent_s": self.spent_s,
        }
        beside = self._folder / f"{CHECKPOINT}.new"
        torch.save(state, beside)
        beside.replace(self._folder / CHECKPOINT)

    def _note(self, **figures: float) -> None:
        line = json.dumps({"step": self.steps, "minutes": round(self.spent_s / 60, 1)} | figures)
        print(line, flush=True)
        with (self._folder / LOG).open("a", encoding="utf-8") as log:
            log.write(f"{line}\n")


def train(
    folders: Sequence[Path],
    out: Path,
    data: Path,
    seconds: float,
    seed: int,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Trains on what the folders hold, or goes on with it; ``data`` has the bundled model."""
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    folder = unpack(data).folder
    tokenizer = PairTokenizer(Tokenizer.from_file(str(folder / TOKENIZER)))
    reading = Reading.read(folders, tokenizer)
    learned = [asked for asked in reading.questions if not reading.is_held_back(asked)]
    kept = [asked for asked in reading.questions if reading.is_held_back(asked)]
    measured_on = random.Random(0).sample(kept, min(len(kept), MEASURED))
    held_back = list(Sampler(reading, 0).examples(measured_on))
    training = Training(out, PairModel(folder), seconds, clock)
    seed += training.steps
    source = batches(Sampler(reading, seed), learned, tokenizer, seed)
    training.train(source, held_back, tokenizer)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    files = "with documents.jsonl and questions.jsonl"
    parser.add_argument("folders", nargs="+", type=Path, help=files)
    parser.add_argument("--out", required=True, type=Path, help="for checkpoints and the log")
    parser.add_argument("--data", type=Path, default=Path(".verbatim"), help="with the models")
    parser.add_argument("--hours", type=float, default=2.3)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    train(given.folders, given.out, given.data, given.hours * 3600, given.seed)


if __name__ == "__main__":
    main()
