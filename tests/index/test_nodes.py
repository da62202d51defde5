"""The chunker behind LlamaIndex's doors."""

from __future__ import annotations

from typing import Any

import pytest
from llama_index.core import VectorStoreIndex
from llama_index.core.embeddings import MockEmbedding
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.schema import Document, MetadataMode

from corpus.chunks import Budget, chunk_transcript
from corpus.readers import read_transcript
from corpus.types import ReadError
from index.nodes import TranscriptNodeParser, chunk_metadata, chunk_node
from tests.builders import KITCHEN_NOTE as NOTE
from tests.builders import make_chunk


def document(**fields: Any) -> Document:
    return Document(text=NOTE, metadata={"file_name": "kitchen.md", **fields})


def test_nodes_are_the_chunks_of_the_transcript() -> None:
    chunks = chunk_transcript(read_transcript("kitchen.md", NOTE.encode()), Budget(400))
    nodes = TranscriptNodeParser().get_nodes_from_documents([document()])
    assert len(nodes) == len(chunks) == 2
    assert [node.node_id for node in nodes] == [chunk.id for chunk in chunks]
    assert [node.get_content() for node in nodes] == [chunk.text for chunk in chunks]
    for node, chunk in zip(nodes, chunks, strict=True):
        assert node.metadata == {"file_name": "kitchen.md", **chunk_metadata(chunk)}


def test_metadata_is_flat_and_tells_where_a_passage_stands() -> None:
    metadata = chunk_metadata(
        make_chunk([("Ann", ["One."], 10.0, 20.0), ("Bob", ["Two."], 20, 30)])
    )
    assert all(isinstance(value, str | int | float | bool) for value in metadata.values())
    assert (metadata["speakers"], metadata["start_s"], metadata["end_s"]) == (
        "Ann, Bob",
        10.0,
        30.0,
    )
    timeless = chunk_metadata(make_chunk([(None, ["One."], None, None)], source_url=None))
    assert not {"start_s", "end_s", "source_url", "published"} & timeless.keys()
    assert timeless["speakers"] == ""


def test_models_are_given_what_a_passage_is_about_and_no_bookkeeping() -> None:
    node = chunk_node(make_chunk([("Ann", ["One is here."], 10.0, 20.0)]))
    for mode in (MetadataMode.EMBED, MetadataMode.LLM):
        shown = node.get_content(mode)
        assert all(words in shown for words in ("The talk", "Opening", "Ann", "One is here."))
        assert "transcript_id" not in shown and "start_s" not in shown


def test_what_a_passage_has_not_isnt_named_to_models() -> None:
    bare = make_chunk([(None, ["Only words."], None, None)], title="", heading="")
    for mode in (MetadataMode.EMBED, MetadataMode.LLM):
        assert chunk_node(bare).get_content(mode).strip() == "Only words."


def test_the_chunk_budget_is_the_parsers() -> None:
    parser = TranscriptNodeParser(chunk_tokens=60)
    words = " ".join(f"The loaf number {n} was baked on day {n}." for n in range(40))
    long = Document(text=f"# Bread\n\n{words}\n", metadata={"file_name": "bread.md"})
    assert len(parser.get_nodes_from_documents([long])) > len(
        TranscriptNodeParser().get_nodes_from_documents([long])
    )


def test_a_path_comes_before_a_name_and_a_bare_text_is_a_note() -> None:
    parser = TranscriptNodeParser()
    (first, *_) = parser.get_nodes_from_documents([document(file_path="talks/kitchen.md")])
    assert first.metadata["file"] == "talks/kitchen.md"
    assert len(parser.get_nodes_from_documents([Document(text=NOTE)])) == 2


def test_a_document_that_is_no_transcript_is_an_error() -> None:
    with pytest.raises(ReadError):
        TranscriptNodeParser().get_nodes_from_documents([document(file_name="kitchen.exe")])


def test_a_pipeline_and_an_index_take_the_parser() -> None:
    source = document(file_path="/home/ann/kitchen.md")
    source.excluded_embed_metadata_keys = ["file_path"]
    nodes = IngestionPipeline(transformations=[TranscriptNodeParser()]).run(documents=[source])
    assert "/home/ann" not in nodes[0].get_content(MetadataMode.EMBED)
    assert nodes[0].next_node is not None and nodes[0].next_node.node_id == nodes[1].node_id
    index = VectorStoreIndex(list(nodes), embed_model=MockEmbedding(8))
    assert len(index.as_retriever(similarity_top_k=5).retrieve("knife")) == 2
    index.delete_ref_doc(source.doc_id)
    assert index.as_retriever(similarity_top_k=5).retrieve("knife") == []
