"""Any LlamaIndex ``LLM`` as a source of chunks: what the providers have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.llm.dialect import Dialect
from assistant.llm.types import Chunk, Finish, Message
from assistant.llm.wire import Wire

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatResponse
    from llama_index.core.llms import LLM

_FINISHES: dict[str, Finish] = {
    "length": "limit",
    "max_tokens": "limit",
    "content_filter": "withheld",
    "safety": "withheld",
    "recitation": "withheld",
    "prohibited_content": "withheld",
    "blocklist": "withheld",
    "spii": "withheld",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One request: messages as the server takes them, the longest reply, and how long to wait."""

    messages: tuple[Message, ...]
    max_tokens: int
    timeout_s: float
    dialect: Dialect


@dataclass(frozen=True, slots=True)
class Backend:
    """A provider: how to open a LlamaIndex ``LLM`` for one call, and how its replies end.

    ``open`` gets a wire from ``make_wire`` to send its requests through. ``load`` imports the
    library, which takes a second or two, ahead of the first call. ``models_url`` answers a GET
    when the provider can be reached. ``finish`` reads a response's own word for why the reply
    ended, ``ended_by`` does so where the library raises instead. With ``must_finish`` there always
    is one, so that a reply without it broke off.
    """

    open: Callable[[Call, Wire], LLM]
    url: str
    load: Callable[[], object] = lambda: None
    models_url: str | None = None
    make_wire: Callable[[], Wire] = lambda: Wire({})
    finish: Callable[[ChatResponse], object] = lambda _: None
    ended_by: Callable[[Exception], object] = lambda _: None
    must_finish: bool = False


def backend_of(llm: LLM) -> Backend:
    """A ready LlamaIndex ``LLM`` with limits and retries of its own."""
    return Backend(lambda *_: llm, llm.metadata.model_name)


def chunks(backend: Backend, call: Call, wire: Wire) -> Iterator[Chunk]:
    """The reply as it comes in. Raises whatever the libraries raise."""
    from llama_index.core.base.llms.types import ChatMessage

    llm = backend.open(call, wire)
    messages = [ChatMessage(role=each.role, content=each.text) for each in call.messages]
    try:
        for response in llm.stream_chat(messages):
            yield Chunk(response.delta or "", finish_of(backend.finish(response)))
    except Exception as error:
        if (finish := finish_of(backend.ended_by(error))) is None:
            raise
        yield Chunk("", finish)


def finish_of(word: object) -> Finish | None:
    """A provider's word for the end, of which there are many for stopping as one should."""
    name = str(getattr(word, "value", word) or "").lower()
    return _FINISHES.get(name, "stop") if name and "unspecified" not in name else None
