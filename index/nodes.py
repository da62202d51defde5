"""The chunker in LlamaIndex's terms: passages as nodes, and a NodeParser that makes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llama_index.core.node_parser import NodeParser
from llama_index.core.schema import BaseNode, NodeRelationship, TextNode
from llama_index.core.utils import get_tqdm_iterable

from corpus.chunks import Budget, chunk_transcript
from corpus.readers import read_transcript
from corpus.types import Chunk

_IN_THE_TEXT = ("title", "heading", "speakers")
"""The metadata that LlamaIndex puts in front of a node's words for a model, as we do ourselves;
where it is empty, it is left out there too."""


def chunk_node(chunk: Chunk) -> TextNode:
    """A passage as a node: its words as text, where it comes from as flat metadata."""
    metadata = chunk_metadata(chunk)
    bookkeeping = [
        name for name, value in metadata.items() if name not in _IN_THE_TEXT or not value
    ]
    return TextNode(
        id_=chunk.id,
        text=chunk.text,
        metadata=metadata,
        excluded_embed_metadata_keys=bookkeeping,
        excluded_llm_metadata_keys=bookkeeping,
    )


def chunk_metadata(chunk: Chunk) -> dict[str, Any]:
    """What a passage belongs to, flat and without ``None``, as vector stores want it."""
    fields = {
        "transcript_id": chunk.transcript_id,
        "file": chunk.file,
        "title": chunk.title,
        "heading": chunk.heading,
        "kind": chunk.kind,
        "section": chunk.section,
        "speakers": ", ".join(chunk.speakers),
        "language": chunk.language,
        "published": chunk.published,
        "source_url": chunk.source_url,
        "start_s": chunk.start_s,
        "end_s": chunk.end_s,
        "estimated": chunk.estimated,
    }
    return {name: value for name, value in fields.items() if value is not None}


class TranscriptNodeParser(NodeParser):
    """Splits transcripts, given as documents with their whole text, into passages.

    A document's file name is read from its metadata (``file_path`` or ``file_name``); the text must
    be a note in a form that docs/formats.md lists, otherwise ReadError is raised. The passages
    know their document, so an index can be brought up to date document by document.
    """

    chunk_tokens: int = 400

    def _parse_nodes(
        self, nodes: Sequence[BaseNode], show_progress: bool = False, **_: Any
    ) -> list[BaseNode]:
        budget = Budget(self.chunk_tokens)
        documents = get_tqdm_iterable(nodes, show_progress, "Splitting transcripts")
        return [passage for document in documents for passage in _passages(document, budget)]


def _passages(document: BaseNode, budget: Budget) -> list[TextNode]:
    name = document.metadata.get("file_path") or document.metadata.get("file_name") or "note.md"
    transcript = read_transcript(str(name), document.get_content().encode("utf-8"))
    passages = [chunk_node(chunk) for chunk in chunk_transcript(transcript, budget)]
    for passage in passages:
        passage.relationships[NodeRelationship.SOURCE] = document.as_related_node_info()
        # What the reader keeps from the models, such as a file's path, comes along with it.
        passage.excluded_embed_metadata_keys += document.excluded_embed_metadata_keys
        passage.excluded_llm_metadata_keys += document.excluded_llm_metadata_keys
    return passages
