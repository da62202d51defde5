"""How far indexing has come, told batch by batch."""

from __future__ import annotations

import time
from collections.abc import Callable

from index.types import Progress

OnProgress = Callable[[Progress], None]


class Meter:
    """Counts files, chunks and tokens for one run.

    Files are read batch by batch, so what is still unread is taken to be like what was read so far:
    the totals of chunks and tokens are estimates until the last batch.
    """

    def __init__(self, files_total: int, on_progress: OnProgress | None) -> None:
        self._on_progress = on_progress
        self._started = time.monotonic()
        self._files_total = files_total
        self._read = self._stored = (0, 0, 0)  # files, chunks, tokens
        self._share = 0.0

    @property
    def elapsed_s(self) -> float:
        """Since the run began."""
        return time.monotonic() - self._started

    def read(self, files: int, chunks: int, tokens: int) -> None:
        """A batch was read; ``tokens`` are those of its chunks that have to be embedded."""
        self._read = _sum(self._read, (files, chunks, tokens))
        self._share = 0.0
        self._tell()

    def embedded(self, share: float) -> None:
        """A further share, of 1, of what was read last has been embedded."""
        self._share = min(1.0, self._share + share)
        self._tell()

    def stored(self) -> None:
        """All that was read so far is stored."""
        self._stored = self._read
        self._share = 0.0
        self._tell()

    def _tell(self) -> None:
        if self._on_progress is None:
            return
        files, chunks, tokens = self._read
        unread = max(0, self._files_total - files) / max(1, files)
        self._on_progress(
            Progress(
                files=self._stored[0],
                files_total=max(files, self._files_total),
                chunks=self._stored[1],
                chunks_total=round(chunks * (1 + unread)),
                tokens=self._stored[2] + round(self._share * (tokens - self._stored[2])),
                tokens_total=round(tokens * (1 + unread)),
                elapsed_s=self.elapsed_s,
            )
        )


def _sum(one: tuple[int, int, int], other: tuple[int, int, int]) -> tuple[int, int, int]:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]
