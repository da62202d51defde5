"""LlamaIndex's stock retrievers over the same passages and the same model, to measure beside ours.

The model is taken as it is: the centring of languages is a remedy of our own. The fusion's lexical
half comes with the ``bench`` extra.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from llama_index.core import VectorStoreIndex
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
from llama_index.core.schema import TextNode

from assistant.evaluation.metrics import CONSIDERED, Find, Location, Ranking
from assistant.evaluation.questions import EvalQuestion
from corpus.types import Chunk, VerbatimError
from index.nodes import TranscriptNodeParser, chunk_node

DENSE = "llama-index dense"
FUSION = "llama-index fusion"


class PeerMissingError(VerbatimError):
    """A peer's library is not installed; the message names the extra that brings it."""


def stock_peers(
    chunks: Sequence[Chunk], embedder: BaseEmbedding, tell: Callable[[str], None]
) -> dict[str, Find]:
    """The stock retrievers by name, over these passages, which ``embedder`` embeds now.

    ``tell`` hears in one line of a peer that is left out for want of a library. Without passages
    there are none: LlamaIndex's BM25 takes no empty index.
    """
    if not chunks:
        return {}
    nodes = [chunk_node(chunk) for chunk in chunks]
    dense = _dense(nodes, embedder)
    retrievers = {DENSE: dense}
    try:
        retrievers[FUSION] = _fusion(dense, nodes)
    except PeerMissingError as error:
        tell(str(error))
    by_id = {chunk.id: chunk for chunk in chunks}
    return {name: peer_finder(retriever, by_id) for name, retriever in retrievers.items()}


def peer_finder(retriever: BaseRetriever, chunks: Mapping[str, Chunk]) -> Find:
    """A stock retriever under measurement; ``chunks`` by id, which is the nodes' own.

    A follow-up is asked behind the questions before it, since without a language model LlamaIndex
    has no way of its own to take them in.
    """

    def find(question: EvalQuestion) -> Ranking:
        text = "\n".join([*question.history, question.text])
        nodes = [found.node for found in retriever.retrieve(text)]
        return Ranking(tuple(_place(chunks[node.node_id]) for node in nodes))

    return find


def _dense(nodes: Sequence[TextNode], embedder: BaseEmbedding) -> BaseRetriever:
    """The vector index with LlamaIndex's own in-memory store; embeds all nodes now."""
    # Nodes are given, so the parser is never run: without one, LlamaIndex would make its default.
    parser = TranscriptNodeParser()
    index = VectorStoreIndex(list(nodes), embed_model=embedder, transformations=[parser])
    return index.as_retriever(similarity_top_k=CONSIDERED)


def _fusion(dense: BaseRetriever, nodes: Sequence[TextNode]) -> BaseRetriever:
    """Reciprocal rank fusion of ``dense`` with LlamaIndex's BM25, of the one question as it stands.

    Raises PeerMissingError without the ``bench`` extra.
    """
    try:
        from llama_index.retrievers.bm25 import BM25Retriever
    except ImportError as error:
        raise PeerMissingError(
            f"{FUSION} is left out: its BM25 is not installed; run pip install -e '.[bench]'"
        ) from error
    top = min(CONSIDERED, len(nodes))
    lexical = BM25Retriever.from_defaults(nodes=list(nodes), similarity_top_k=top)
    return QueryFusionRetriever(
        [dense, lexical],
        llm=MockLLM(),  # asked for nothing with a single query, yet otherwise looked for
        mode=FUSION_MODES.RECIPROCAL_RANK,
        similarity_top_k=CONSIDERED,
        num_queries=1,
        use_async=False,
    )


def _place(chunk: Chunk) -> Location:
    return Location(chunk.file, chunk.heading, chunk.start_s, chunk.end_s)
