"""The chunker in LlamaIndex's terms: passages as nodes, and a NodeParser that makes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llama_index.core.node_parser import NodeParser
from llama_index.core.schema import BaseNode, TextNode
from llama_index.core.utils import get_tqdm_iterable

from corpus.chunks import Budget, chunk_transcript
from corpus.readers import read_transcript
from corpus.types import Chunk


def chunk_node(chunk: Chunk) -> TextNode:
    """A passage as a node: its words as text, where it comes from as flat metadata."""
    return TextNode(id_=chunk.id, text=chunk.text, metadata=chunk_metadata(chunk))


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
    be a note in a form that docs/formats.md lists, otherwise ReadError is raised.
    """

    chunk_tokens: int = 400

    def _parse_nodes(
        self, nodes: Sequence[BaseNode], show_progress: bool = False, **_: Any
    ) -> list[BaseNode]:
        budget = Budget(self.chunk_tokens)
        parsed: list[BaseNode] = []
        for node in get_tqdm_iterable(nodes, show_progress, "Splitting transcripts"):
            name = node.metadata.get("file_path") or node.metadata.get("file_name") or "note.md"
            transcript = read_transcript(str(name), node.get_content().encode("utf-8"))
            parsed += [chunk_node(chunk) for chunk in chunk_transcript(transcript, budget)]
        return parsed
