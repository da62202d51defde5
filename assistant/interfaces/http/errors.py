"""What went wrong, in the one JSON shape of the faces for programs."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from assistant.llm.failures import LanguageModelError
from corpus.types import SettingsError, VerbatimError

_log = logging.getLogger(__name__)

SEE_DOCS = "GET /api/docs describes what can be asked for, and how."
SHOWN = 3
"""Of a request's faults, how many are told."""

_HTTP: Mapping[int, tuple[str, str, str]] = {
    404: ("not_found", "There is nothing at this address.", SEE_DOCS),
    405: ("method_not_allowed", "This address doesn't take that method.", SEE_DOCS),
    413: ("too_large", "The body is too large.", "Send less at once. " + SEE_DOCS),
    400: ("bad_request", "The request can't be read.", SEE_DOCS),
}


class ApiError(VerbatimError):
    """A request that is refused or can't be met, as the one JSON shape tells it.

    ``code`` is a word for programs, the message one line for people that says what is wrong, and
    ``todo`` what to do about it. ``retry_after_s`` says when to come back.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        todo: str,
        *,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.todo = todo
        self.retry_after_s = retry_after_s


INTERNAL = ApiError(
    500,
    "internal",
    "Something went wrong here.",
    "Try again; if it stays so, tell the operator, whose log says what it was.",
)


def not_for_tokens() -> ApiError:
    """That an embedded chat may not do this."""
    return ApiError(403, "not_for_tokens", "An embed token doesn't open this.", "Use an API key.")


def error_json(error: ApiError) -> dict[str, Any]:
    """The document."""
    return {"error": {"code": error.code, "message": str(error), "todo": error.todo}}


def error_headers(error: ApiError) -> dict[str, str]:
    """The headers that go with it."""
    headers = {"Cache-Control": "no-store"}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after_s))
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return headers


def error_response(error: ApiError) -> JSONResponse:
    """The whole response."""
    return JSONResponse(error_json(error), error.status, headers=error_headers(error))


def api_error(error: Exception) -> ApiError:
    """Any error as one that may be told; what nobody foresaw is logged and not told."""
    match error:
        case ApiError():
            return error
        case RequestValidationError():
            return _invalid(error.errors())
        case HTTPException():
            status = error.status_code
            plain = (f"http_{status}", str(error.detail), SEE_DOCS)
            return ApiError(status, *_HTTP.get(status, plain))
        case ClientDisconnect():
            return ApiError(499, "client_left", "The client has left.", "Send it again.")
        case LanguageModelError():
            return ApiError(
                502, f"model_{error.reason}", str(error), "Try again, or ask with mode quotes."
            )
        case SettingsError():
            return ApiError(422, "invalid", str(error), SEE_DOCS)
        case VerbatimError():
            return ApiError(500, "failed", str(error), "Tell the operator.")
    _log.error("a request failed", exc_info=error)
    return INTERNAL


def add_error_handlers(app: FastAPI, refused: Callable[[str], None]) -> None:
    """Has an application tell all its errors so; ``refused`` is told each one's code.

    What nobody foresaw is raised again behind its response: ``RequestGuard`` ends it.
    """

    async def respond(request: Request, error: Exception) -> JSONResponse:
        known = api_error(error)
        refused(known.code)
        response = error_response(known)
        if isinstance(error, HTTPException):
            response.headers.update(error.headers or {})
            if error.status_code == 405 and (methods := _methods(app, request)):
                response.headers["Allow"] = methods
        return response

    for kind in (VerbatimError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, respond)


def _methods(app: FastAPI, request: Request) -> str:
    """All methods of an address, of which each route knows only its own."""
    path = getattr(request.scope.get("route"), "path_format", None)
    return ", ".join(sorted(map(str.upper, app.openapi()["paths"].get(path, ()))))


def _invalid(faults: Sequence[Mapping[str, Any]]) -> ApiError:
    """What is wrong with a request, and where in it."""
    if any(fault["type"] == "json_invalid" for fault in faults):
        return ApiError(
            400, "not_json", "The body is not JSON.", "Send a JSON object in UTF-8 as the body."
        )
    lines = [f"{_where(fault['loc'])}: {_what(fault)}" for fault in faults[:SHOWN]]
    return ApiError(422, "invalid", "; ".join(lines), f"Mend that and send it again. {SEE_DOCS}")


def _where(place: Sequence[str | int]) -> str:
    """A place such as ``body.history.0.role`` without the kind of thing it is in."""
    inner = place[1:] if len(place) > 1 else place
    return ".".join(map(str, inner))


def _what(fault: Mapping[str, Any]) -> str:
    """A fault on one line that can be written as UTF-8 whatever was sent."""
    if fault["type"] == "string_pattern_mismatch":
        return "Give some words"
    message = str(fault["msg"]).removeprefix("Value error, ")
    return " ".join(message.encode("utf-8", "replace").decode().split())
