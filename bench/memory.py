"""What a process holds in memory, read from Linux's own account of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes in memory: the process's own, and pages of files mapped into it."""

    own_mb: float
    mapped_mb: float

    @property
    def resident_mb(self) -> float:
        """Both together, what ``ps`` tells as RSS."""
        return self.own_mb + self.mapped_mb

    def above(self, before: Memory) -> Memory:
        """What came since."""
        return Memory(self.own_mb - before.own_mb, self.mapped_mb - before.mapped_mb)


def memory_now() -> Memory:
    """Of this process. Raises OSError where the system isn't Linux."""
    lines = _STATUS.read_text(encoding="ascii", errors="replace").splitlines()
    kb = {name: value.split() for name, _, value in (line.partition(":") for line in lines)}

    def mb(name: str) -> float:
        return int(kb[name][0]) / 1024

    return Memory(mb("RssAnon"), mb("RssFile") + mb("RssShmem"))
