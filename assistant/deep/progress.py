"""What a reader is told of a deep answer while it is worked on: its steps so far, what is left."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import closing
from typing import TypeVar

from assistant.deep.budget import BEAT_S, Meter
from assistant.types import Answer, Stage, Step, Update

_T = TypeVar("_T")


class Progress:
    """Makes the updates of one answer. ``steps`` may be changed at any time."""

    def __init__(self, meter: Meter) -> None:
        self.steps: list[Step] = []
        self._meter = meter
        self._told_s = 0.0

    def update(self, stage: Stage, answer: Answer | None = None) -> Update:
        """What there is to tell now; without an ``answer`` one that has the steps alone."""
        self._told_s = time.monotonic()
        if answer is None:
            answer = Answer("", (), "answered", "deep", 0.0, (), {}, steps=tuple(self.steps))
        return Update(stage, answer, self._meter.seconds_left, self._meter.calls_left)

    def beat(self, stage: Stage) -> Generator[Update]:
        """An update, if there was none for a while: a moment at which the reader may leave."""
        if time.monotonic() - self._told_s >= BEAT_S:
            yield self.update(stage)

    def waiting(self, stage: Stage, work: Generator[None, None, _T]) -> Generator[Update, None, _T]:
        """What some work comes to, with a beat at each of its pauses."""
        with closing(work):
            while True:
                try:
                    next(work)
                except StopIteration as end:
                    outcome: _T = end.value
                    return outcome
                yield from self.beat(stage)
