"""Answers about talks: a question in, a cited answer out, and the faces that people ask through.

``open_library`` gives an ``Assistant``, ``open_retriever`` its search as a LlamaIndex retriever;
both are loaded when they are first asked for, so that importing this package costs nothing.

Doors: ``engine`` (Assistant), ``library`` (opens one), ``types`` (what an answer is made of).
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.engine import Assistant
    from assistant.library import open_library, open_retriever
    from assistant.types import Answer, Citation

__all__ = ["Answer", "Assistant", "Citation", "open_library", "open_retriever"]

_HOMES = MappingProxyType(
    {
        "Answer": "assistant.types",
        "Assistant": "assistant.engine",
        "Citation": "assistant.types",
        "open_library": "assistant.library",
        "open_retriever": "assistant.library",
    }
)
"""Where each of the public names stands."""


def __getattr__(name: str) -> Any:
    """The public names (PEP 562). Raises AttributeError for others, as any module does."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
