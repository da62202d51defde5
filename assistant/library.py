"""Opens a library (lock, model, index, wiring) and loads it in the background.

The engine in the making: a library that loads in the background while the page is already up.

A library made ready to be asked: the parts wired together, the index brought up to date.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, Protocol

from assistant.citation.permalink import Resolved
from assistant.citation.types import Lookup, Quotation
from assistant.engine import Assistant
from assistant.generation.draft import Source
from assistant.generation.writer import Writer
from assistant.llm.model import language_model
from assistant.llm.types import ModelState
from assistant.retrieval.scope import Narrowing
from assistant.settings import DeepBudget, ModelSettings, Settings
from assistant.types import Answer, Mode, Turn, Update
from corpus.chunks import Budget
from corpus.library import Library
from corpus.readers import SUFFIXES
from corpus.types import LibraryError, ReadError, Transcript, VerbatimError
from index.embedding.centring import CentredEmbedder, LanguageMeans, measure_means, reference_digest
from index.embedding.embedder import SentenceEmbedding, load_cross_encoder, load_embedder
from index.lexical.dictionary import Dictionary, open_dictionary
from index.retriever import TranscriptRetriever
from index.storage.store import SCHEMA, IndexStore, open_store
from index.sync import sync
from index.types import (
    EVERYWHERE,
    Embedder,
    Evidence,
    IndexProgress,
    Manifest,
    Scope,
    SyncReport,
    Talk,
)

_log = logging.getLogger(__name__)

Phase = Literal["loading", "ready", "failed"]


class Engine(Protocol):
    """What a face needs of the conversation: answers, and questions to start with."""

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        scope: Scope = EVERYWHERE,
        mode: Mode | None = None,
    ) -> Answer:
        """The answer to ``question`` after ``history``, oldest turn first; threads may call it.

        Nothing outside ``scope`` is looked at. Raises SettingsError for a mode that is not among
        ``modes``.
        """
        ...

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        scope: Scope = EVERYWHERE,
        mode: Mode | None = None,
    ) -> Generator[Update]:
        """``ask`` while it happens; the last update has stage ``done`` and the whole answer.

        Closing the generator ends the work.
        """
        ...

    def modes(self) -> tuple[Mode, ...]:
        """The ways in which it can answer; the first is the default."""
        ...

    def model_state(self) -> ModelState | None:
        """What is known of the language model, ``None`` without one. Never waits for it."""
        ...

    def search(
        self,
        question: str,
        limit: int,
        history: Sequence[Turn] = (),
        scope: Scope = EVERYWHERE,
    ) -> tuple[Evidence, Mapping[str, float]]:
        """The evidence for a question after the history is taken in, and timings in ms."""
        ...

    def look_up(self, quote: str, limit: int = 10, scope: Scope = EVERYWHERE) -> Lookup:
        """Where a quote was said, best first. Raises SettingsError for what can't be one."""
        ...

    def checking(self, text: str, scope: Scope = EVERYWHERE) -> Generator[Quotation | None]:
        """Each sentence of a text in turn: what it quotes and what is wrong with it, ``None``
        where it quotes nothing. Closing the generator ends the work."""
        ...

    def cited(self, identifier: str) -> Resolved:
        """What has become of the words of a permanent id. Raises SettingsError for what is none."""
        ...

    def scope(self, narrowing: Narrowing) -> Scope:
        """The scope that is meant in this library. Raises SettingsError for what it hasn't got."""
        ...

    def talks(self) -> Sequence[Talk]:
        """What there is to ask about, in the order of files; threads may call it."""
        ...

    def transcript(self, file: str) -> Transcript | None:
        """A talk with all its words, as it stands on disk now; ``None`` where it is gone."""
        ...

    def examples(self, lang: str) -> tuple[str, ...]:
        """Up to four questions that the library answers, in ``zh-Hans``, ``zh-Hant`` or ``en``."""
        ...


Say = Callable[[str], None]
Build = Callable[[Say], Engine]


@dataclass(frozen=True, slots=True)
class LoadState:
    """How far loading has come; ``message`` is what is being done, or why it failed (one line)."""

    phase: Phase
    message: str = ""


class Loading:
    """Runs ``build`` in a daemon thread and holds what it makes.

    ``build`` gets a function to report what it is doing, one short line at a time.
    """

    def __init__(self, build: Build) -> None:
        self._build = build
        self._engine: Engine | None = None
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

    def get(self, timeout_s: float) -> Engine:
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


RETRIEVED = 10
"""Passages that LlamaIndex gets to a question, unless it asks for another number."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A library that is ready to be asked, and what bringing its index up to date did.

    ``model`` is the embedding model as it is, ``embedder`` the same with its vectors centred.
    """

    assistant: Assistant
    retriever: TranscriptRetriever
    report: SyncReport
    model: SentenceEmbedding
    embedder: Embedder


@contextmanager
def open_library(
    library: str | Path | None = None, data: str | Path | None = None
) -> Iterator[Assistant]:
    """A library ready to be asked, its index brought up to date, for the block; it answers in
    quotes. Arguments and errors are those of ``open_retriever``."""
    with hold(_settings(library, data)) as held:
        yield held.open(lambda _: None).assistant


@contextmanager
def open_retriever(
    library: str | Path | None = None, data: str | Path | None = None, *, limit: int = RETRIEVED
) -> Iterator[TranscriptRetriever]:
    """A LlamaIndex retriever over a library, its index brought up to date, for the block.

    ``library`` is a folder or a file, without one the talks that ship; ``data`` is where the model
    and the indexes are kept (default: ``.verbatim``); ``limit`` is how many passages it retrieves.
    Raises as ``hold`` and ``Held.open`` do.
    """
    with hold(_settings(library, data)) as held:
        yield held.open(lambda _: None, limit=limit).retriever


def _settings(library: str | Path | None, data: str | Path | None) -> Settings:
    default = Settings()
    return Settings(
        library=Path(library).expanduser() if library else default.library,
        data=Path(data).expanduser() if data else default.data,
    )


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

    def open(
        self,
        say: Say,
        on_progress: Callable[[IndexProgress], None] | None = None,
        *,
        limit: int = RETRIEVED,
    ) -> Opened:
        """Loads the model, brings the index up to date and wires the engine.

        ``limit`` is how many passages the retriever gives to LlamaIndex. Raises ModelError,
        IndexMismatchError and StoreError.
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
        retriever = TranscriptRetriever(store, embedder, limit, dictionary, reranker)
        source = current_source(self.library)
        writer = None
        if settings.llm is not None:
            writer = _writer(settings.llm, embedder, dictionary, source, retriever)
        assistant = Assistant(retriever, source, settings.min_confidence, writer)
        return Opened(assistant, retriever, report, base, embedder)


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
