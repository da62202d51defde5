"""The thread that works on a question: what it passes on, and that it lets go when stopped."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

from assistant.interfaces.http.streaming import Work
from assistant.types import Step, Update
from tests.assistant.interfaces.web.fakes import WRITTEN

BEGUN = Update("writing", replace(WRITTEN, steps=()), 60.0, 8)


def test_updates_in_which_only_time_has_passed_are_not_passed_on() -> None:
    go, passed = threading.Semaphore(0), threading.Semaphore(0)
    grown = replace(WRITTEN, steps=(Step("draft", "a draft"),))
    script = (
        BEGUN,
        replace(BEGUN, seconds_left=59.5),
        replace(BEGUN, seconds_left=59.0),
        replace(BEGUN, answer=grown, seconds_left=58.5),
        replace(BEGUN, answer=grown, seconds_left=58.0, calls_left=7),
    )

    def updates() -> Iterator[Update]:
        for update in script:
            go.acquire(timeout=5)
            yield update
            passed.release()

    coming = (work := Work(updates).start()).updates()
    seen = []
    for n in range(len(script)):
        go.release()
        passed.acquire(timeout=5)
        if n not in (1, 2):
            seen.append(next(coming))
    assert seen == [script[0], script[3], script[4]]
    assert list(coming) == []
    assert not work.is_stopped
