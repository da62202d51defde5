"""LlamaIndex's CitationQueryEngine over its stock vector index of the same passages.

It is told nothing but the model, the passages and how many of them to read; its prompts, its
splitting into numbered sources and its order are its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from assistant.evaluation.questions import EvalQuestion
from assistant.retrieval.context import Excerpt
from assistant.settings import ModelSettings
from assistant.verification.check import Checker
from assistant.verification.claims import claims_of
from bench.written import Reply, Sentence
from corpus.types import Chunk
from index.nodes import TranscriptNodeParser, chunk_node

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.query_engine import CitationQueryEngine

PASSAGES = 3
"""So many passages hold about as many tokens as our excerpts."""

CheckerFor = Callable[[Sequence[Excerpt]], Checker]


def citation_engine(
    chunks: Sequence[Chunk], embedder: BaseEmbedding, model: ModelSettings
) -> CitationQueryEngine:
    """The engine as it comes, over passages that are embedded now."""
    from llama_index.core import VectorStoreIndex
    from llama_index.core.query_engine import CitationQueryEngine
    from llama_index.llms.openai_like import OpenAILike

    llm = OpenAILike(
        model=model.name,
        api_base=model.url,
        api_key=model.key.reveal() or "none",
        context_window=model.window_tokens,
        max_tokens=model.output_tokens,
        temperature=model.temperature,
        timeout=300.0,
        is_chat_model=True,
    )
    index = VectorStoreIndex(
        [chunk_node(chunk) for chunk in chunks],
        embed_model=embedder,
        # Nodes are given, so the parser is never run: without one, LlamaIndex makes its default.
        transformations=[TranscriptNodeParser()],
    )
    return CitationQueryEngine.from_args(index, llm=llm, similarity_top_k=PASSAGES, streaming=True)


def ask_peer(
    engine: CitationQueryEngine,
    question: EvalQuestion,
    chunks: Sequence[Chunk],
    checker_for: CheckerFor,
) -> Reply:
    """Its answer, each sentence checked against the sources that it read, by our own checker.

    A sentence whose own marker is right is ``supported``; ``mended`` is one that another of its
    sources would support, though its citation is missing or wrong.
    """
    started = time.monotonic()
    response: Any = engine.query(question.text)
    first_s, text = None, ""
    for piece in response.response_gen:
        if piece.strip() and first_s is None:
            first_s = time.monotonic() - started
        text += piece
    total_s = time.monotonic() - started
    sources = [found.node.get_content() for found in response.source_nodes]
    checker = checker_for(source_excerpts(sources, chunks))
    return Reply(question.id, text, checked(text, checker), "written", first_s, total_s)


def source_excerpts(sources: Sequence[str], chunks: Sequence[Chunk]) -> list[Excerpt]:
    """The sources' texts, "Source 1:" and so on in front, as excerpts under their own numbers.

    LlamaIndex gives its sources ids of their own, so the passage is the one that holds the words.
    A source with several speakers has several excerpts.
    """
    excerpts = []
    for handle, source in enumerate(sources, start=1):
        words = _squeezed(source.partition("\n")[2])
        chunk = next(chunk for chunk in chunks if words in _squeezed(chunk.text))
        held = [part for part in chunk.sentences if _squeezed(part.text) in words]
        for _, parts in groupby(held, key=lambda part: part.speaker):
            excerpts.append(Excerpt(handle, chunk, tuple(parts)))
    return excerpts


def _squeezed(text: str) -> str:
    """Without white space, which the splitting changes."""
    return "".join(text.split())


def checked(text: str, checker: Checker) -> tuple[Sentence, ...]:
    """The sentences of an answer that claim something, each with its verdict."""
    sentences = []
    for claim in claims_of(text):
        verdict = checker.check(claim)
        if claim.text.strip() and verdict.outcome != "no_claim":
            quotes = tuple(
                " ".join(part.text for part in support.sentences) for support in verdict.supports
            )
            sentences.append(
                Sentence(claim.text, verdict.outcome, quotes, verdict.reason, verdict.detail)
            )
    return tuple(sentences)
