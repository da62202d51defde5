"""The tools over the Model Context Protocol, in the terms of its SDK.

They are served at ``/mcp`` of the server that serves the page, and over standard input and output
to a program that starts this one. The SDK ``mcp`` comes with the extra of that name and may be
missing.
"""

from __future__ import annotations

import asyncio
import importlib.util
import itertools
import signal
from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from assistant.interfaces.http.access import Caller
from assistant.interfaces.http.errors import ApiError, api_error, error_response
from assistant.interfaces.http.gateway import Gateway
from assistant.interfaces.http.guard import RequestGuard, is_from_elsewhere
from assistant.interfaces.mcp.tools import (
    TOOLS,
    HttpVisit,
    LocalVisit,
    ReportProgress,
    Tool,
    ToolVisit,
    call,
)
from assistant.library import Build, Loading
from assistant.types import Json
from corpus.types import SettingsError, VerbatimError

ROUTE = "/mcp"
_CALLER = "verbatim_mcp_caller"
McpServer = Any
"""The SDK's ``Server``, which has no name here where the SDK is missing."""
VisitOf = Callable[[Any], ToolVisit]
"""The visit of an HTTP request, or of ``None`` where there is none."""
Asgi = Callable[[Any, Any, Any], Awaitable[None]]

NAME = "verbatim"
INSTRUCTIONS = (
    "A library of talks and podcasts, word for word, with speakers and times. ask answers with"
    " checked quotes, search gives the passages, cite says who said something, talk shows what is"
    " there. Give the reader the links that come with every quote."
)


def add_mcp(app: FastAPI, gateway: Gateway) -> None:
    """Adds ``/mcp`` where the SDK is installed, behind the same gateway as the API."""
    if is_sdk_installed():
        endpoint = RequestGuard(Endpoint(gateway), gateway, ROUTE)
        app.router.routes += [Route(path, endpoint) for path in (ROUTE, f"{ROUTE}/")]


class Endpoint:
    """ASGI: lets callers in, then hands their requests to the SDK."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    @cached_property
    def _serve(self) -> Asgi:
        """Made for the first caller: the SDK takes a second to load, and the page shall be up."""
        return http_endpoint(make_server(self._visit))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            self._check(request)
            scope.setdefault("state", {})[_CALLER] = self._gateway.caller(request)
            body = await request.body()
        except (ApiError, HTTPException) as error:
            known = api_error(error)
            self._gateway.metrics.refused(known.code)
            response = error_response(known)
            if known.status == 405:
                response.headers["Allow"] = "POST"
            await response(scope, receive, send)
            return
        serve = await asyncio.to_thread(lambda: self._serve)
        await serve(scope, _again(body, receive), send)

    def _visit(self, request: Request) -> HttpVisit:
        caller: Caller = request.scope["state"][_CALLER]
        return HttpVisit(self._gateway, request, caller)

    def _check(self, request: Request) -> None:
        """Raises ApiError for another site's page, and for what isn't a call: nothing is ever sent
        of our own accord, so there is no stream to open and no session to end."""
        if request.method != "POST":
            raise ApiError(
                405, "method_not_allowed", "Tools are called with POST.", "Use a client of MCP."
            )
        origin = request.headers.get("origin", "")
        serving = self._gateway.serving
        if origin.lower() not in serving.origins and is_from_elsewhere(request.headers, serving):
            raise ApiError(
                403,
                "other_site",
                "Pages of other sites may not call the tools.",
                "The operator can list the site in VERBATIM_EMBED_ORIGINS.",
            )


def _again(body: bytes, receive: Receive) -> Receive:
    """What a request brings, with its body from the start."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay


def require_mcp() -> None:
    """Raises SettingsError where the SDK is not installed."""
    if not is_sdk_installed():
        raise SettingsError(
            "python app.py mcp needs the package mcp: run pip install -e '.[mcp]' first"
        )


def run_mcp(build: Build, public_url: str = "") -> None:
    """Serves the tools over standard input and output until the input ends.

    The library loads meanwhile, and the first call waits for it. ``public_url`` is where readers
    reach the page, and permanent links begin with it; without one there are links to the
    recordings alone.
    """
    require_mcp()
    loading = Loading(build).start()
    visit = LocalVisit(loading, public_url or None)
    run_stdio(make_server(lambda _: visit))


def is_sdk_installed() -> bool:
    """Whether the SDK is there."""
    return importlib.util.find_spec("mcp") is not None


def make_server(visit_of: VisitOf) -> McpServer:
    """A server of the tools, for any transport."""
    from mcp import MCPError
    from mcp.server import Server, ServerRequestContext
    from mcp.types import (
        INVALID_PARAMS,
        CallToolRequestParams,
        CallToolResult,
        ListToolsResult,
        TextContent,
    )

    definitions = [_definition(name, tool) for name, tool in TOOLS.items()]
    schemas = {one.name: one.input_schema for one in definitions}

    async def list_tools(_: ServerRequestContext[Any], __: object) -> ListToolsResult:
        return ListToolsResult(tools=definitions)

    async def call_tool(
        context: ServerRequestContext[Any], params: CallToolRequestParams
    ) -> CallToolResult:
        if params.name not in TOOLS:
            known = ", ".join(TOOLS)
            raise MCPError(INVALID_PARAMS, f"There is no tool {params.name!r}: call {known}.")
        count = itertools.count(1)

        async def report(stage: str) -> None:
            await context.session.report_progress(next(count), None, stage)

        visit = visit_of(context.request)
        text, document = await _outcome(params.name, params.arguments, visit, report)
        return CallToolResult(
            content=[TextContent(type="text", text=text)],
            structured_content=document,
            is_error=document is None,
        )

    return Server(
        NAME,
        title="Verbatim",
        instructions=INSTRUCTIONS,
        get_tool_input_schema=schemas.get,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


async def _outcome(
    name: str, arguments: Mapping[str, Any] | None, visit: ToolVisit, report: ReportProgress
) -> tuple[str, Json | None]:
    """The text and the document of a call; one that failed has a line on why, and no document."""
    try:
        result = await call(name, arguments, visit, report)
    except Exception as error:
        return _error_line(error), None
    return result.text, result.document


def _definition(name: str, tool: Tool) -> Any:
    from mcp.types import Tool as ToolDefinition
    from mcp.types import ToolAnnotations

    return ToolDefinition(
        name=name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.arguments.model_json_schema(),
        output_schema=tool.result.model_json_schema(mode="serialization"),
        annotations=ToolAnnotations(
            read_only_hint=True,
            destructive_hint=False,
            idempotent_hint=True,
            open_world_hint=False,
        ),
    )


def _error_line(error: Exception) -> str:
    """What is wrong and what to do, where there is no API to look it up in."""
    if isinstance(error, VerbatimError) and not isinstance(error, ApiError):
        return str(error)
    known = api_error(error)
    todo = "Call talk to see what there is." if known.code == "not_in_library" else known.todo
    return f"{known} {todo}"


def run_stdio(server: McpServer) -> None:
    """Serves the program that started this one, until it closes our standard input.

    What else writes to standard output meanwhile goes to standard error.
    """
    from mcp import stdio_server

    async def run() -> None:
        async with stdio_server() as (reading, writing):
            await server.run(reading, writing, server.create_initialization_options())

    # The reading thread can't be called back: Ctrl-C would wait for the input to end. The index
    # stands a process that is killed.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    asyncio.run(run())


def http_endpoint(server: McpServer) -> Asgi:
    """An ASGI application that answers a request by itself: no sessions, nothing kept between.

    The SDK's guard against DNS rebinding is off, since it takes a list of hosts with ports; ours
    stands before it and goes by the operator's settings.
    """
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
    from mcp.server.transport_security import TransportSecuritySettings

    unguarded = TransportSecuritySettings(enable_dns_rebinding_protection=False)

    async def endpoint(scope: Any, receive: Any, send: Any) -> None:
        # One for each request: then it lives no longer, and needs no place in the server's life.
        manager = StreamableHTTPSessionManager(
            app=server, stateless=True, security_settings=unguarded
        )
        async with manager.run():
            await manager.handle_request(scope, receive, send)

    return endpoint
