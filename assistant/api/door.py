"""The one door of all faces that are called over HTTP: who asks, for what, and how much at once."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request

from assistant.access.gate import Gate, Headers
from assistant.access.limits import Places, Rates, Standing
from assistant.access.scope import narrowed
from assistant.access.settings import ServingSettings
from assistant.access.types import ApiError, Caller
from assistant.api.flow import Flow, in_steps
from assistant.api.metrics import Metrics
from assistant.citing.article import checked_of
from assistant.citing.types import Checked
from assistant.embed.tokens import EmbedToken, read_token
from assistant.loading import Engine, Loading, LoadState
from assistant.scoping import Narrowing
from assistant.types import Mode, Turn, Update
from corpus.types import VerbatimError
from index.types import Scope

LOADING_S = 5.0
"""When to come back to a library that is still loading."""
_STANDING = "verbatim_standing"


class Door:
    """What every face asks before it serves a request.

    Raises SettingsError for serving settings that can't be used.
    """

    def __init__(self, loading: Loading, serving: ServingSettings) -> None:
        self.serving = serving
        self._loading = loading
        self._gate = Gate(serving, self._token_holder if serving.embed_secret else None)
        self._rates = Rates(serving.requests_per_minute)
        self._places = Places(serving.concurrent_answers)
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
        request.scope.setdefault("state", {})[_STANDING] = self._rates.count(caller)
        return caller

    def engine(self) -> Engine:
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
        flow = Flow(lambda: engine.stream(question, history, scope, mode), self._places.give_back)
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

    def _token_holder(self, text: str, headers: Headers) -> Caller:
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


def standing(scope: Mapping[str, Any]) -> Standing | None:
    """What the caller of a request has left, once ``Door.caller`` has counted it."""
    state = scope.get("state")
    found = state.get(_STANDING) if isinstance(state, dict) else None
    return found if isinstance(found, Standing) else None


def _may_use(token: EmbedToken, origin: str, hosts: Collection[str]) -> bool:
    """Whether a browser at this site may use it: the token's own, or our page inside it."""
    return origin == token.origin or origin.partition("://")[2] in hosts


def _peer(request: HTTPConnection) -> str:
    return request.client.host if request.client else ""
