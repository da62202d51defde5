"""OpenAI's own client, and a server of the face alone for it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

import openai
from fastapi import FastAPI

from assistant.interfaces.http.gateway import Gateway
from assistant.interfaces.openai.routes import add_openai
from assistant.settings import ServingSettings
from tests.assistant.interfaces.web.fakes import (
    FakeEngine,
    loaded,
)
from tests.browser.serving import served

QUESTION: Any = [{"role": "user", "content": "公开榜单为什么不准？"}]


@contextmanager
def client_of(engine: FakeEngine, serving: ServingSettings | None = None, key: str = "none") -> Any:
    app = FastAPI()
    gateway = Gateway(loaded(engine), serving or ServingSettings())
    add_openai(app, gateway)
    with (
        served(loaded(engine), app) as url,
        openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0) as client,
    ):
        yield client


def text_parts(*texts: str) -> list[dict[str, str]]:
    return [{"type": "text", "text": text} for text in texts]


def ask(client: openai.OpenAI, messages: Any = QUESTION, **more: Any) -> Any:
    return client.chat.completions.create(model="verbatim", messages=messages, **more)


def streamed(client: openai.OpenAI, **more: Any) -> tuple[list[Any], str]:
    chunks = list(ask(client, stream=True, **more))
    pieces = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
    return chunks, "".join(piece for piece in pieces if piece)
