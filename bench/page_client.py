"""Asks the page as a browser does, over its own queue, and keeps the time of each answer.

The page has no other door for programs: this one takes Gradio's configuration, finds what sending a
question triggers, and reads the stream of events until the answer is whole.
"""

from __future__ import annotations

import json
import time
import urllib.request
import uuid
from dataclasses import dataclass
from typing import Any

from bench.server import read

QUESTION_ID = "vb-question"


@dataclass(frozen=True, slots=True)
class Asking:
    """What sending a question means to the page: the function, its trigger and what it takes."""

    function: int
    trigger: int
    inputs: int


def find_asking(config: dict[str, Any]) -> Asking:
    """The function that runs when the question's field is sent. Raises LookupError without one."""
    fields = [
        each["id"]
        for each in config["components"]
        if each.get("props", {}).get("elem_id") == QUESTION_ID
    ]
    for dependency in config["dependencies"]:
        for target, event in dependency["targets"]:
            if target in fields and event == "submit":
                return Asking(dependency["id"], target, len(dependency["inputs"]))
    raise LookupError(f"the page has no field {QUESTION_ID} that can be sent")


class PageClient:
    """One tab's conversation with a running page."""

    def __init__(self, url: str, language: str = "en") -> None:
        self._url = url
        self._language = language
        self._session = uuid.uuid4().hex
        self._asking = find_asking(json.loads(read(f"{url}/config")[1]))

    def ask(self, question: str) -> float:
        """Seconds from sending a question to the whole answer. Raises RuntimeError on a failure."""
        started = time.perf_counter()
        # Question, language, conversation: the page keeps the last one on its own side.
        data = [question, self._language, None][: self._asking.inputs]
        join = {
            "data": data,
            "fn_index": self._asking.function,
            "trigger_id": self._asking.trigger,
            "session_hash": self._session,
        }
        status, body = read(f"{self._url}/gradio_api/queue/join", join)
        if status != 200:
            raise RuntimeError(f"the page refused the question with {status}: {body[:200]!r}")
        self._wait()
        return time.perf_counter() - started

    def _wait(self) -> None:
        events = f"{self._url}/gradio_api/queue/data?session_hash={self._session}"
        with urllib.request.urlopen(events, timeout=120) as stream:
            for line in stream:
                if not line.startswith(b"data:"):
                    continue
                event = json.loads(line.removeprefix(b"data:"))
                if event["msg"] == "process_completed":
                    if not event["success"]:
                        raise RuntimeError(f"the page failed to answer: {event['output']}")
                    return
        raise RuntimeError("the page ended its stream without an answer")
