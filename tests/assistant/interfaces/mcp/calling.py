"""Calls of the tools by the SDK's own client, each in a loop of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from mcp import Client
from mcp.types import CallToolResult, TextContent

_Result = TypeVar("_Result")


def with_client(
    server: Any, use: Callable[[Client], Awaitable[_Result]], mode: str = "auto"
) -> _Result:
    """What ``use`` gives with a client of ``server``: a server, an address or a command."""

    async def run() -> _Result:
        async with Client(server, mode=mode, read_timeout_seconds=120) as client:
            return await use(client)

    return asyncio.run(run())


def call(server: Any, name: str, arguments: dict[str, Any], mode: str = "auto") -> CallToolResult:
    """What one call gives."""

    async def use(client: Client) -> CallToolResult:
        return await client.call_tool(name, arguments)

    return with_client(server, use, mode)


def text_of(result: CallToolResult) -> str:
    """The text for a model."""
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text
