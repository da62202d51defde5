"""A library made ready to be asked: locked, its index brought up to date, its parts wired together.

``lock_library`` takes it for this process, which is quick; ``LockedLibrary.open`` loads the model,
which is not. ``Loading`` does so in the background, so that a page is up meanwhile.
``open_retriever`` is the door for LlamaIndex.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from assistant.engine import Assistant
from assistant.generation.draft import Source
from assistant.generation.structure.answering import StructureAnswers
from assistant.generation.writer import Writer
from assistant.llm.model import language_model
from assistant.retrieval.kinds import kept_kinds
from assistant.settings import ModelSettings, Settings
from corpus.chunks import Budget
from corpus.library import Library
from corpus.readers import SUFFIXES
from corpus.types import LibraryError, ReadError, Transcript, VerbatimError
from index.embedding.bundled import MODELS
from index.embedding.centring import CentredEmbedder, LanguageMeans, kept_means, reference_digest
from index.embedding.embedder import SentenceEmbedding, load_embedder
from index.lexical.dictionary import Dictionary, open_dictionary
from index.reranking.cross_encoder import load_cross_encoder
from index.reranking.reader import load_reader
from index.reranking.weights import SUFFIX
from index.retriever import TranscriptRetriever
from index.storage.store import SCHEMA, IndexStore, open_store
from index.sync import sync
from index.types import (
    Embedder,
    IndexProgress,
    Manifest,
    Reranker,
    SyncReport,
)

_log = logging.getLogger(__name__)

RETRIEVED = 10
"""Passages that LlamaIndex gets to a question, unless it asks for another number."""
Phase = Literal["loading", "ready", "failed"]
Say = Callable[[str], None]
"""Is told what is being done, one short line at a time."""
Build = Callable[[Say], Assistant]


@contextmanager
def open_library(
    library: str | Path | None = None, data: str | Path | None = None
) -> Iterator[Assistant]:
    """A library ready to be asked, its index brought up to date, for the block; it answers in
    quotes. Arguments and errors are those of ``open_retriever``."""
    with lock_library(_settings(library, data)) as locked:
        yield locked.open(lambda _: None).assistant


@contextmanager
def open_retriever(
    library: str | Path | None = None, data: str | Path | None = None, *, limit: int = RETRIEVED
) -> Iterator[TranscriptRetriever]:
    """A LlamaIndex retriever over a library, its index brought up to date, for the block.

    ``library`` is a folder or a file, without one the talks that ship; ``data`` is where the model
    and the indexes are kept (default: ``.verbatim``); ``limit`` is how many passages it retrieves.
    Raises as ``lock_library`` and ``LockedLibrary.open`` do.
    """
    with lock_library(_settings(library, data)) as locked:
        yield locked.open(lambda _: None, limit=limit).retriever


def _settings(library: str | Path | None, data: str | Path | None) -> Settings:
    default = Settings()
    return Settings(
        library=Path(library).expanduser() if library else default.library,
        data=Path(data).expanduser() if data else default.data,
    )


@contextmanager
def lock_library(settings: Settings, *, rebuild: bool = False) -> Iterator[LockedLibrary]:
    """The library and its index, for this process alone until the end of the block.

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
        yield LockedLibrary(settings, library, store)


@dataclass(frozen=True, slots=True)
class LockedLibrary:
    """A library and its index, not looked into yet."""

    settings: Settings
    library: Library
    store: IndexStore

    def open(
        self,
        say: Say,
        on_progress: Callable[[IndexProgress], None] | None = None,
        *,
        limit: int = RETRIEVED,
    ) -> OpenLibrary:
        """Loads the model, brings the index up to date and wires the engine.

        ``limit`` is how many passages the retriever gives to LlamaIndex. Raises ModelError,
        IndexMismatchError and StoreError.
        """
        settings, store = self.settings, self.store
        say("loading the embedding model")
        base = load_embedder(settings.model, settings.data, settings.device)
        reranker = _reranker(settings)
        budget = Budget(settings.chunk_tokens, base.window_tokens, base.count_tokens)
        store.claim(_manifest(base, budget))
        embedder = CentredEmbedder(base, _means(base, store, settings.data / MODELS, say))
        say("bringing the index up to date")
        report = sync(self.library, store, embedder, budget, on_progress)
        dictionary = open_dictionary(settings.data)
        retriever = TranscriptRetriever(store, embedder, limit, dictionary, reranker)
        source = current_source(self.library)
        writer = None
        if settings.llm is not None:
            writer = _writer(settings.llm, embedder, dictionary, source, retriever)
        say("learning how questions are asked")
        kinds = kept_kinds(embedder, settings.data / MODELS)
        sure = settings.min_confidence
        structure = StructureAnswers(retriever, embedder, kinds, source, sure)
        assistant = Assistant(retriever, source, sure, writer, structure)
        return OpenLibrary(assistant, retriever, report, base, embedder)


@dataclass(frozen=True, slots=True)
class OpenLibrary:
    """A library that is ready to be asked, and what bringing its index up to date did.

    ``model`` is the embedding model as it is, ``embedder`` the same with its vectors centred.
    """

    assistant: Assistant
    retriever: TranscriptRetriever
    report: SyncReport
    model: SentenceEmbedding
    embedder: Embedder


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


def _reranker(settings: Settings) -> Reranker | None:
    """None, one that was trained as docs/reranker.md tells, or a cross-encoder."""
    if settings.reranker is None:
        return None
    weights = Path(settings.reranker).expanduser()
    if weights.suffix == SUFFIX:
        return load_reader(settings.data, weights)
    return load_cross_encoder(settings.reranker, settings.device)


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
        deep=settings.deep,
    )


def _manifest(base: Embedder, budget: Budget) -> Manifest:
    return Manifest(
        schema=SCHEMA,
        model=base.name,
        dimension=base.dimension,
        window_tokens=base.window_tokens,
        chunk_tokens=budget.tokens,
        centring=reference_digest(),
    )


def _means(base: Embedder, store: IndexStore, models: Path, say: Say) -> LanguageMeans:
    """The language means that are frozen with the index, once for each model in a data folder."""
    stored = store.catalog.read_value("means")
    if stored is not None:
        return LanguageMeans.from_bytes(stored)
    say("measuring the languages' means")
    means = kept_means(base, models)
    store.catalog.write_value("means", means.to_bytes())
    return means


@dataclass(frozen=True, slots=True)
class LoadState:
    """How far loading has come; ``message`` is what is being done, or why it failed (one line)."""

    phase: Phase
    message: str = ""


class Loading:
    """Runs ``build`` in a daemon thread and keeps what it makes."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._engine: Assistant | None = None
        self._state = LoadState("loading")
        self._done = threading.Event()
        self._started = threading.Lock()

    @property
    def state(self) -> LoadState:
        return self._state

    def start(self) -> Loading:
        """Starts loading on the first call; further calls do nothing."""
        if self._started.acquire(blocking=False):
            threading.Thread(target=self._run, name="verbatim-loading", daemon=True).start()
        return self

    def get(self, timeout_s: float) -> Assistant:
        """The engine, waited for up to ``timeout_s``.

        Raises ``TimeoutError`` while it is still loading, and ``VerbatimError`` with the one-line
        reason if loading failed.
        """
        if self._state.phase == "loading" and not self._done.wait(timeout_s):
            raise TimeoutError("the library is still loading")
        if self._engine is None:
            raise VerbatimError(self._state.message)
        return self._engine

    def _run(self) -> None:
        try:
            self._engine = self._build(self._report)
            self._state = LoadState("ready")
        except VerbatimError as error:
            _log.error("%s", error)
            self._state = LoadState("failed", str(error))
        except Exception as error:
            _log.exception("loading failed")
            self._state = LoadState("failed", _one_line(error))
        finally:
            self._done.set()

    def _report(self, message: str) -> None:
        self._state = LoadState("loading", message)


def _one_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
