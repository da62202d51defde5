"""What a monitor reads, in Prometheus' text format; one registry an application."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from assistant.library import Loading
from assistant.types import Answer
from corpus.types import VerbatimError

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_REQUEST_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
_ANSWER_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300)
_PHASES = ("loading", "ready", "failed")


class Metrics:
    """Counts what is served. ``running`` tells how many answers are in the making."""

    def __init__(self, running: Callable[[], int], loading: Loading) -> None:
        self._registry = CollectorRegistry()
        self._loading = loading
        self._requests = Counter(
            "verbatim_requests", "Requests by route and status.", ("route", "method", "status"),
            registry=self._registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "verbatim_request_seconds", "From a request to the end of its response.", ("route",),
            registry=self._registry, buckets=_REQUEST_S,
        )  # fmt: skip
        self._refusals = Counter(
            "verbatim_refusals", "Requests refused, by the error's code.", ("code",),
            registry=self._registry,
        )  # fmt: skip
        self._answers = Counter(
            "verbatim_answers", "Whole answers by mode and status.", ("mode", "status"),
            registry=self._registry,
        )  # fmt: skip
        self._answer_seconds = Histogram(
            "verbatim_answer_seconds", "From a question to its whole answer.", ("mode",),
            registry=self._registry, buckets=_ANSWER_S,
        )  # fmt: skip
        Gauge(
            "verbatim_running_answers", "Answers in the making.", registry=self._registry
        ).set_function(running)
        self._talks = Gauge("verbatim_talks", "Talks in the index.", registry=self._registry)
        self._topics = Gauge("verbatim_topics", "Topics in the index.", registry=self._registry)
        self._state = Gauge(
            "verbatim_library_state", "1 for the state that the library is in.", ("state",),
            registry=self._registry,
        )  # fmt: skip

    def requested(self, route: str, method: str, status: int, seconds: float) -> None:
        """One request was served."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def refused(self, code: str) -> None:
        """One request was refused."""
        self._refusals.labels(code).inc()

    def answered(self, answer: Answer, seconds: float) -> None:
        """One answer was given whole."""
        self._answers.labels(answer.mode, answer.status).inc()
        self._answer_seconds.labels(answer.mode).observe(seconds)

    def text(self) -> bytes:
        """Everything as it stands now."""
        phase = self._loading.state.phase
        for one in _PHASES:
            self._state.labels(one).set(one == phase)
        talks = self._indexed()
        self._talks.set(len(talks))
        self._topics.set(sum(talks))
        return generate_latest(self._registry)

    def _indexed(self) -> list[int]:
        """The number of topics of each talk; of a library that isn't there, none."""
        try:
            return [len(talk.topics) for talk in self._loading.get(0).talks()]
        except (TimeoutError, VerbatimError):
            return []
