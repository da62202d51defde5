"""A library made ready to be asked: the parts wired together, the index brought up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

from assistant.answering import Source
from assistant.budget import DeepBudget
from assistant.citing.lookup import QuoteFinder
from assistant.conversation import Assistant
from assistant.llm.model import language_model
from assistant.llm.settings import ModelSettings
from assistant.settings import Settings
from assistant.writing import Writer
from corpus.chunks import Budget
from corpus.library import Library
from corpus.readers import SUFFIXES
from corpus.types import LibraryError, ReadError, Transcript
from index.centring import CentredEmbedder, LanguageMeans, measure_means, reference_digest
from index.dictionary import Dictionary, open_dictionary
from index.embedder import SentenceEmbedding, load_embedder
from index.quotes import QuoteIndex
from index.retriever import TranscriptRetriever
from index.sentence_transformer import load_cross_encoder
from index.store import SCHEMA, IndexStore, open_store
from index.sync import sync
from index.types import Embedder, Manifest, Progress, SyncReport

Say = Callable[[str], None]
"""Told what is going on, a short line at a time."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A library that is ready to be asked, and what bringing its index up to date did.

    ``model`` is the embedding model as it is, ``embedder`` the same with its vectors centred.
    """

    assistant: Assistant
    report: SyncReport
    model: SentenceEmbedding
    embedder: Embedder
    quotes: QuoteFinder


@contextmanager
def hold(settings: Settings, *, rebuild: bool = False) -> Iterator[Held]:
    """The library and its index for this process alone, until the end of the block.

    Quick: no model is loaded. Raises LibraryError, IndexLockedError and StoreError.
    """
    library = Library(settings.library)
    if not library.files():
        raise LibraryError(
            f"There are no transcripts in {settings.library}: put notes there"
            f" ({', '.join(sorted(SUFFIXES))}), or name another folder or file with --library."
        )
    url = settings.chroma_url
    with open_store(settings.data, settings.library, chroma_url=url, rebuild=rebuild) as store:
        yield Held(settings, library, store)


@dataclass(frozen=True, slots=True)
class Held:
    """A library and its index, not looked into yet."""

    settings: Settings
    library: Library
    store: IndexStore

    def open(self, say: Say, on_progress: Callable[[Progress], None] | None = None) -> Opened:
        """Loads the model, brings the index up to date and wires the engine.

        Raises ModelError, IndexMismatchError and StoreError.
        """
        settings, store = self.settings, self.store
        say("loading the embedding model")
        base = load_embedder(settings.model, settings.data, settings.device)
        reranker = (
            load_cross_encoder(settings.reranker, settings.device) if settings.reranker else None
        )
        budget = Budget(settings.chunk_tokens, base.window_tokens, base.count_tokens)
        store.claim(_manifest(base, budget))
        embedder = CentredEmbedder(base, _means(base, store, say))
        say("bringing the index up to date")
        report = sync(self.library, store, embedder, budget, on_progress)
        dictionary = open_dictionary(settings.data)
        retriever = TranscriptRetriever(store, embedder, dictionary=dictionary, reranker=reranker)
        source = current_source(self.library)
        writer = None
        if settings.llm is not None:
            writer = _writer(settings.llm, embedder, dictionary, source, retriever)
        assistant = Assistant(retriever, source, settings.min_confidence, writer)
        quotes = QuoteFinder(QuoteIndex(store, embedder, dictionary))
        return Opened(assistant, report, base, embedder, quotes)


def _writer(
    settings: ModelSettings,
    embedder: Embedder,
    dictionary: Dictionary | None,
    source: Source,
    retriever: TranscriptRetriever,
) -> Writer:
    return Writer(
        language_model(settings),
        embedder,
        dictionary,
        source,
        retriever.speakers,
        evidence_tokens=settings.evidence_tokens,
        strict=settings.strict,
        timeout_s=settings.timeout_s,
        deep=DeepBudget(settings.deep_calls, settings.deep_timeout_s),
    )


def current_source(library: Library) -> Source:
    """A file's transcript as it stands on disk now; ``None`` where it is gone or unreadable."""
    read = lru_cache(maxsize=64)(lambda file, _fingerprint: library.read_alone(file))

    def source(file: str) -> Transcript | None:
        try:
            transcript: Transcript = read(file, library.fingerprint(file))
        except ReadError:
            return None
        return transcript

    return source


def _manifest(base: Embedder, budget: Budget) -> Manifest:
    return Manifest(
        schema=SCHEMA,
        model=base.name,
        dimension=base.dimension,
        window_tokens=base.window_tokens,
        chunk_tokens=budget.tokens,
        centring=reference_digest(),
    )


def _means(base: Embedder, store: IndexStore, say: Say) -> LanguageMeans:
    """The language means that are frozen with the index; measured when it is new."""
    stored = store.catalog.read_value("means")
    if stored is not None:
        return LanguageMeans.from_bytes(stored)
    say("measuring the languages' means")
    means = measure_means(base)
    store.catalog.write_value("means", means.to_bytes())
    return means
