"""What every face over HTTP asks before it serves: caller, limits, engine, metrics.

What a monitor reads, in Prometheus' text format; one registry an application.

The one door of all faces that are called over HTTP: who asks, for what, and how much at once.

What routes depend on: the door they are behind, who calls, and the engine.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.requests import HTTPConnection, Request

from assistant.citation.article import checked_of
from assistant.citation.types import Checked
from assistant.engine import Assistant
from assistant.interfaces.documents.answers import ErrorDocument
from assistant.interfaces.http.access import (
    Authenticator,
    EmbedToken,
    RequestHeaders,
    narrowed,
    read_token,
)
from assistant.interfaces.http.errors import ApiError, Caller, not_for_tokens
from assistant.interfaces.http.limits import Allowance, AnswerSlots, RateLimiter
from assistant.interfaces.http.streaming import AnswerStream, in_steps
from assistant.library import Loading, LoadState
from assistant.retrieval.scope import Narrowing
from assistant.settings import ServingSettings
from assistant.types import Answer, Mode, Turn, Update
from corpus.types import VerbatimError
from index.types import Scope

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


LOADING_S = 5.0
"""When to come back to a library that is still loading."""
_ALLOWANCE = "verbatim_standing"


class Gateway:
    """What every face asks before it serves a request.

    Raises SettingsError for serving settings that can't be used.
    """

    def __init__(self, loading: Loading, serving: ServingSettings) -> None:
        self.serving = serving
        self._loading = loading
        self._gate = Authenticator(serving, self._token_holder if serving.embed_secret else None)
        self._rates = RateLimiter(serving.requests_per_minute)
        self._places = AnswerSlots(serving.concurrent_answers)
        self.metrics = Metrics(lambda: self._places.taken, loading)

    @property
    def state(self) -> LoadState:
        """How far loading has come."""
        return self._loading.state

    @property
    def names_users(self) -> bool:
        """Whether every reader has to be named by a proxy."""
        return self._gate.names_users

    def identify(self, request: HTTPConnection, *, asks_keys: bool = True) -> Caller:
        """Who calls; it counts only if it is refused, so that nobody tries keys faster than
        anybody may ask. Raises ApiError 401, 403 for a token used from another site than its own,
        429 over the limit."""
        peer, headers = _peer(request), request.headers.getlist
        try:
            return self._gate.caller(peer, headers, asks_keys=asks_keys)
        except ApiError:
            self._rates.count(self._gate.stranger(peer, headers))
            raise

    def reader(self, request: Request) -> Caller:
        """Who reads a page of ours, as ``caller`` but for keys, which readers don't have."""
        return self._counted(request, asks_keys=False)

    def caller(self, request: Request) -> Caller:
        """Who calls, as a dependency of FastAPI; the request counts.

        Raises ApiError 401, 403 and 429 as ``identify`` does.
        """
        return self._counted(request, asks_keys=True)

    def _counted(self, request: Request, *, asks_keys: bool) -> Caller:
        caller = self.identify(request, asks_keys=asks_keys)
        request.scope.setdefault("state", {})[_ALLOWANCE] = self._rates.count(caller)
        return caller

    def engine(self) -> Assistant:
        """The engine. Raises ApiError 503 while there is none."""
        try:
            return self._loading.get(0)
        except TimeoutError:
            state = self.state
            raise ApiError(
                503,
                "loading",
                f"The library is still loading{': ' if state.message else ''}{state.message}.",
                "Wait as many seconds as Retry-After says, then ask again.",
                retry_after_s=LOADING_S,
            ) from None
        except VerbatimError as error:
            raise ApiError(
                503, "failed", f"The library can't be loaded: {error}", "Tell the operator."
            ) from error

    def scope(self, caller: Caller, narrowing: Narrowing) -> Scope:
        """The scope that is meant, inside what the caller may reach. Raises ApiError 404 for what
        isn't there for this caller, 403 for one who may reach nothing."""
        return narrowed(self.engine(), caller, narrowing)

    async def updates(
        self,
        request: Request,
        caller: Caller,
        question: str,
        history: Sequence[Turn] = (),
        scope: Scope | None = None,
        mode: Mode | None = None,
    ) -> AsyncGenerator[Update]:
        """The answer in the making; the last update has it whole.

        ``scope`` is one that ``scope`` gave, the caller's own where there is none. The engine works
        in a thread, and its stream is closed when the client leaves or the iterator is closed;
        until then it holds one of the places for answers. Raises ApiError 429 without a place,
        499 when the client has left, and what the engine raises.
        """
        engine = self.engine()
        scope = self.scope(caller, Narrowing()) if scope is None else scope
        started_s = time.monotonic()
        self._places.take()
        flow = AnswerStream(
            lambda: engine.stream(question, history, scope, mode), self._places.give_back
        )
        try:
            async for update in flow.updates(request.is_disconnected):
                if update.stage == "done" and update.answer:
                    self.metrics.answered(update.answer, time.monotonic() - started_s)
                yield update
        finally:
            flow.stop()

    async def checked(self, request: Request, text: str, scope: Scope) -> Checked:
        """What a text quotes. It holds one of the places for answers, and goes on sentence by
        sentence while the client stays. Raises ApiError 429 without a place, 499, and what the
        engine raises."""
        work = self.engine().checking(text, scope)
        with self._places.one():
            return checked_of(await in_steps(work, request.is_disconnected))

    def home(self, request: HTTPConnection) -> str:
        """The address that readers reach the page at, without a slash at its end."""
        return self.serving.public_url or str(request.base_url).rstrip("/")

    def _token_holder(self, text: str, headers: RequestHeaders) -> Caller:
        token = read_token(self.serving.embed_secret, text, time.time())
        hosts = {urlsplit(self.serving.public_url).netloc, *headers("host")} - {""}
        if not all(_may_use(token, origin, hosts) for origin in headers("origin")):
            raise ApiError(
                403,
                "wrong_site",
                f"This token is for {token.origin} alone.",
                "Sign one for the site that uses it.",
            )
        return Caller("token", token.id, token.talks)


def allowance(scope: Mapping[str, Any]) -> Allowance | None:
    """What the caller of a request has left, once ``Door.caller`` has counted it."""
    state = scope.get("state")
    found = state.get(_ALLOWANCE) if isinstance(state, dict) else None
    return found if isinstance(found, Allowance) else None


def _may_use(token: EmbedToken, origin: str, hosts: Collection[str]) -> bool:
    """Whether a browser at this site may use it: the token's own, or our page inside it."""
    return origin == token.origin or origin.partition("://")[2] in hosts


def _peer(request: HTTPConnection) -> str:
    return request.client.host if request.client else ""


async def door_of(request: Request) -> Gateway:
    """The door that the application was made with."""
    door: Gateway = request.app.state.door
    return door


async def caller_of(request: Request) -> Caller:
    """Who calls; the request counts."""
    return (await door_of(request)).caller(request)


async def engine_of(request: Request) -> Assistant:
    """The engine, once it is there."""
    return (await door_of(request)).engine()


async def no_token(request: Request) -> Caller:
    """Who calls, unless it is an embedded chat, which sees nothing of the server itself."""
    caller = await caller_of(request)
    if caller.kind == "token":
        raise not_for_tokens()
    return caller


TheDoor = Annotated[Gateway, Depends(door_of)]
TheCaller = Annotated[Caller, Depends(caller_of)]
TheEngine = Annotated[Assistant, Depends(engine_of)]

_FAULTS: dict[int, str] = {
    400: "The body is not JSON.",
    401: "Who calls has to be shown: see `Authorization`.",
    403: "This caller may not do that.",
    404: "There is no such thing, or not for this caller.",
    410: "The words are gone.",
    413: "The body is too large.",
    422: "Something in the request can't be taken; the message says what and where.",
    429: "Too many requests, or all places for answers are taken: come back after `Retry-After`.",
    500: "Something went wrong here.",
    502: "The language model gave out.",
    503: "The library is still loading, or can't be loaded.",
}


def faults(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The responses of errors, as OpenAPI lists them."""
    return {
        status: {"model": ErrorDocument, "description": _FAULTS[status]}
        for status in sorted({401, 403, 422, 429, 500, 503, *statuses})
    }
