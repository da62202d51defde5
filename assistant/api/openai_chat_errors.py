"""What went wrong, in the shape that OpenAI's clients read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi.responses import JSONResponse

from assistant.access.types import ApiError
from assistant.api.errors import error_headers

_TYPES: Mapping[int, str] = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "invalid_request_error",
    413: "invalid_request_error",
    422: "invalid_request_error",
    429: "rate_limit_error",
}


class Refused(ApiError):
    """A request that can't be met as it is; ``param`` names the field, where it is one."""

    def __init__(self, message: str, todo: str, param: str | None) -> None:
        super().__init__(400, "invalid_request", message, todo)
        self.param = param


def openai_error(error: ApiError) -> dict[str, Any]:
    """The document."""
    return {
        "error": {
            "message": f"{error} {error.todo}",
            "type": _TYPES.get(error.status, "server_error"),
            "code": error.code,
            "param": error.param if isinstance(error, Refused) else None,
        }
    }


def openai_error_response(error: ApiError) -> JSONResponse:
    """The whole response."""
    return JSONResponse(openai_error(error), error.status, headers=error_headers(error))
