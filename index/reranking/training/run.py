"""Trains the reranker: ``python -m index.reranking.training.run FOLDER … --out FOLDER``.

The encoder is the bundled embedding model, its tables of words and positions frozen: they ship
already, so that the reranker's file holds the layers alone. Two heads are learned with it, whether
a window answers and whether a sentence of it does. What is trained is kept in ``--out`` every few
minutes; begun again with the same options, a training goes on where it stopped. It ends by the
clock, the rate falling to nothing by then, and leaves ``reranker.safetensors``, which ships.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import nn

from index.embedding.bundled import TOKENIZER, find_source, unpack
from index.embedding.e5 import read_e5_file
from index.reranking.training.examples import Asked, Example, Reading, Sampler
from index.reranking.training.model import Batch, PairModel, batch_of, encoded, loss_of, tensors_of
from index.reranking.weights import write_weights
from index.reranking.windows import Encoded, PairTokenizer
from index.scoring import auroc

BATCH = 32
POOL = 64
"""Batches drawn together and sorted by length, so that little of them is padding."""
ENCODER_RATE, HEAD_RATE = 8e-5, 5e-4
WARM_UP = 0.03
"""Share of the time in which the rates rise."""
SAVED_EVERY_S = 300.0
MEASURED = 800
"""Questions of those held back that are measured on."""
CHECKPOINT, LOG, WEIGHTS = "checkpoint.pt", "log.jsonl", "reranker.safetensors"


def drawn(questions: Sequence[Asked], seed: int) -> Iterator[Asked]:
    """Questions without an end: a set of n of them comes sqrt(n) times as often as a set of one,
    each of its own once before any twice."""
    order = random.Random(seed)
    sets: dict[str, list[Asked]] = {}
    for asked in questions:
        sets.setdefault(asked.set, []).append(asked)
    weights = [math.sqrt(len(own)) for own in sets.values()]
    waiting: dict[str, list[Asked]] = {name: [] for name in sets}
    while True:
        (name,) = order.choices(list(sets), weights)
        if not waiting[name]:
            waiting[name] = order.sample(sets[name], len(sets[name]))
        yield waiting[name].pop()


def batches(
    sampler: Sampler, questions: Iterable[Asked], tokenizer: PairTokenizer, seed: int
) -> Iterator[Batch]:
    """Examples of the questions, those of like lengths together."""
    order = random.Random(seed)
    pending: list[tuple[Example, Encoded]] = []
    for example in sampler.examples(questions):
        pending.append((example, encoded(example, tokenizer)))
        if len(pending) == BATCH * POOL:
            pending.sort(key=lambda pair: len(pair[1].ids))
            groups = [pending[at : at + BATCH] for at in range(0, len(pending), BATCH)]
            order.shuffle(groups)
            for group in groups:
                yield batch_of(*zip(*group, strict=True))
            pending = []


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
    without: Collection[str] = (),
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Trains on what the folders hold but for some sets, or goes on with it; ``data`` has the
    bundled model."""
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    folder = unpack(data).folder
    tokenizer = PairTokenizer(Tokenizer.from_file(str(folder / TOKENIZER)))
    reading = Reading.read(folders, tokenizer, without)
    learned = [asked for asked in reading.questions if not reading.is_held_back(asked)]
    kept = [asked for asked in reading.questions if reading.is_held_back(asked)]
    measured_on = random.Random(0).sample(kept, min(len(kept), MEASURED))
    held_back = list(Sampler(reading, tokenizer, 0).examples(measured_on))
    training = Training(out, PairModel(folder), seconds, clock)
    seed += training.steps
    source = batches(Sampler(reading, tokenizer, seed), drawn(learned, seed), tokenizer, seed)
    training.train(source, held_back, tokenizer)
    base = read_e5_file(find_source())
    write_weights(tensors_of(training.model, [*base.vectors, *base.matrices]), out / WEIGHTS)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    files = "with documents.jsonl and questions.jsonl"
    parser.add_argument("folders", nargs="+", type=Path, help=files)
    parser.add_argument("--out", required=True, type=Path, help="for checkpoints and the log")
    parser.add_argument("--data", type=Path, default=Path(".verbatim"), help="with the models")
    parser.add_argument("--hours", type=float, default=2.3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without", nargs="+", default=[], metavar="SET", help="sets left out")
    given = parser.parse_args()
    train(given.folders, given.out, given.data, given.hours * 3600, given.seed, given.without)


if __name__ == "__main__":
    main()
