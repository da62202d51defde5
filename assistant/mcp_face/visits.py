"""Ways into the library for a tool: a request over HTTP, or the one user of a started program."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request

from assistant.access.scope import narrowed
from assistant.access.types import Caller
from assistant.api.door import Door
from assistant.api.flow import Flow
from assistant.loading import Engine, Loading
from assistant.scoping import Narrowing
from assistant.types import Mode, Update
from index.types import Scope

LOOK_S = 0.1
"""How often to look whether the library is there: a wait in a thread could not be broken off."""
ONLY_USER = Caller("user", "stdio")


class Visit(Protocol):
    """One call of a tool."""

    @property
    def caller(self) -> Caller:
        """Who calls."""
        ...

    @property
    def home(self) -> str | None:
        """The address that permanent links begin with; ``None`` where no page is served."""
        ...

    async def engine(self) -> Engine:
        """The engine. Raises ApiError, or VerbatimError if it can't be loaded."""
        ...

    async def scope(self, narrowing: Narrowing) -> Scope:
        """The scope that is meant, inside what the caller may reach. Raises ApiError 404."""
        ...

    async def updates(
        self, question: str, scope: Scope, mode: Mode | None
    ) -> AsyncGenerator[Update]:
        """An answer in the making, which ends when the iterator is closed."""
        ...


@dataclass(frozen=True, slots=True)
class HttpVisit:
    """A request that has come through the door: see ``Door`` for what is raised."""

    door: Door
    request: Request
    caller: Caller

    @property
    def home(self) -> str | None:
        return self.door.home(self.request)

    async def engine(self) -> Engine:
        return self.door.engine()

    async def scope(self, narrowing: Narrowing) -> Scope:
        return await asyncio.to_thread(self.door.scope, self.caller, narrowing)

    async def updates(
        self, question: str, scope: Scope, mode: Mode | None
    ) -> AsyncGenerator[Update]:
        return self.door.updates(self.request, self.caller, question, (), scope, mode)


@dataclass(frozen=True, slots=True)
class LocalVisit:
    """The user who started the program; the first call waits for the library."""

    loading: Loading
    home: str | None
    caller: Caller = ONLY_USER

    async def engine(self) -> Engine:
        while True:
            try:
                return self.loading.get(0)
            except TimeoutError:
                await asyncio.sleep(LOOK_S)

    async def scope(self, narrowing: Narrowing) -> Scope:
        return await asyncio.to_thread(narrowed, await self.engine(), self.caller, narrowing)

    async def updates(
        self, question: str, scope: Scope, mode: Mode | None
    ) -> AsyncGenerator[Update]:
        engine = await self.engine()
        return _flowing(Flow(lambda: engine.stream(question, (), scope, mode)))


async def _flowing(flow: Flow) -> AsyncGenerator[Update]:
    try:
        async for update in flow.updates(_never):
            yield update
    finally:
        flow.stop()


async def _never() -> bool:
    """Whoever leaves closes the whole program, or cancels the call."""
    return False
