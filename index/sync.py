"""A library into its index: what is new, changed or gone since the last time.

The order makes it safe to be killed at any point. Vectors go to Chroma first; then one transaction
swaps a file's chunks in the catalogue, which alone says what the index holds; then Chroma's stale
vectors go. A mark that stands from the first write to the last tells the next run to compare both
sides. So searches see a file as it was or as it is, never both.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

import numpy as np

from corpus.chunks import Budget, chunk_transcript
from corpus.spellings import SPELLINGS_FILE, Spellings
from corpus.types import Chunk, FileFailure, ReadError, SettingsError, Transcript
from index.nodes import chunk_metadata
from index.storage.catalog import talk_of, text_hash
from index.storage.inverted import TERMS
from index.storage.store import IndexStore
from index.types import Embedder, IndexProgress, SyncReport, Talk, Vectors

BATCH_CHUNKS = 64
"""Files are gathered until they have so many chunks: what a kill costs, and one transaction."""

_DIRTY = "dirty"
_TERMS = "terms"
OnProgress = Callable[[IndexProgress], None]


class TranscriptReader(Protocol):
    """Where transcripts come from: what syncing needs of ``corpus.library.Library``."""

    def files(self) -> Sequence[str]:
        """Paths relative to the library, with forward slashes, in a stable order."""
        ...

    def closed_folders(self) -> Sequence[FileFailure]:
        """The folders that the last call of ``files`` could not look into."""
        ...

    def fingerprint(self, file: str) -> str:
        """A hash of the file's content; raises ReadError."""
        ...

    def read(self, file: str) -> Transcript:
        """The file's transcript; raises ReadError."""
        ...

    def spellings(self) -> Spellings:
        """The names that the library's own list spells otherwise."""
        ...


def sync(
    library: TranscriptReader,
    store: IndexStore,
    embedder: Embedder,
    budget: Budget,
    on_progress: OnProgress | None = None,
) -> SyncReport:
    """Brings the index up to date with the library; embeds only texts that it doesn't hold yet.

    A file that can't be read is reported, and what is stored of it stays. One run at a time:
    further threads wait, and so do processes that share a Chroma server. Raises StoreError and
    ModelError; a run that ends early, however it does, is taken up by the next.
    """
    with store.changing():
        return _SyncRun(library, store, embedder, budget).run(on_progress)


@dataclass(frozen=True, slots=True)
class _Prepared:
    talk: Talk
    fingerprint: str
    chunks: tuple[Chunk, ...]


class _SyncRun:
    """One run; holds what its steps share."""

    def __init__(
        self, library: TranscriptReader, store: IndexStore, embedder: Embedder, budget: Budget
    ) -> None:
        self._library = library
        self._store = store
        self._embedder = embedder
        self._budget = budget
        self._failed: list[FileFailure] = []
        self._marked = store.catalog.read_value(_DIRTY) is not None
        self._keeping: set[str] = set()  # stored files whose chunks stay theirs in this run
        self._prepared_ids: dict[str, str] = {}

    def run(self, on_progress: OnProgress | None) -> SyncReport:
        found = self._fingerprints()
        stored = self._store.catalog.fingerprints()
        plan = plan_sync(found, {failure.file for failure in self._failed}, stored)
        changed = [*plan.added, *plan.updated]
        self._keeping = set(stored).difference(changed, plan.removed)
        meter = ProgressMeter(len(changed), on_progress)
        self._repair(meter)
        self._renew_terms()
        self._take_spellings()
        for batch in self._batches(changed, found):
            self._store_batch(batch, meter)
        self._remove(plan.removed)
        self._store.lexical.tidy()
        self._unmark()
        self._store.mark_complete()
        read = set(changed).difference(failure.file for failure in self._failed)
        return SyncReport(
            added=len(read.intersection(plan.added)),
            updated=len(read.difference(plan.added)),
            removed=len(plan.removed),
            unchanged=len(plan.unchanged.difference(changed)),
            failed=tuple(self._failed),
            chunks=self._store.catalog.count(),
            seconds=meter.elapsed_s,
        )

    def _fingerprints(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for file in self._library.files():
            try:
                found[file] = self._library.fingerprint(file)
            except ReadError as error:
                self._failed.append(FileFailure(file, str(error)))
        closed = self._library.closed_folders()
        self._failed += closed
        return found

    def _batches(self, changed: list[str], found: Mapping[str, str]) -> Iterator[list[_Prepared]]:
        """``changed`` grows while it is worked off: see ``_claim_id``."""
        batch: list[_Prepared] = []
        for file in changed:
            try:
                transcript = self._library.read(file)
                changed += self._claim_id(transcript, found)
                batch.append(self._prepare(transcript, found[file]))
            # SettingsError: the budget has no room behind the title and heading of this file.
            except (ReadError, SettingsError) as error:
                self._failed.append(FileFailure(file, str(error)))
            if sum(len(prepared.chunks) for prepared in batch) >= BATCH_CHUNKS:
                yield batch
                batch = []
        if batch:
            yield batch

    def _claim_id(self, transcript: Transcript, found: Mapping[str, str]) -> list[str]:
        """Unchanged files that are stored under this transcript's id, and so must be read again:
        of files that claim one id, a library lets the first have it, and that may be a new one."""
        others = self._store.catalog.files_of_talks(transcript.id)
        again = [file for file in others if file in self._keeping and file in found]
        self._keeping.difference_update(again)
        return again

    def _prepare(self, transcript: Transcript, fingerprint: str) -> _Prepared:
        """Chunks a transcript. The fingerprint is older than what was read, never younger, so a
        file that changes in between is read again next time."""
        file = transcript.file
        chunks = tuple(chunk_transcript(transcript, self._budget))
        _check_storable(file, chunks)
        ids = [chunk.id for chunk in chunks]
        if other := self._other_holder(file, ids):
            raise ReadError(
                f"it has the id and the words of {other}: take one of the two out, or give each"
                " an id (permalink) of its own"
            )
        self._prepared_ids.update(dict.fromkeys(ids, file))
        return _Prepared(talk_of(transcript), fingerprint, chunks)

    def _other_holder(self, file: str, ids: Sequence[str]) -> str | None:
        """A file that holds some of the chunks and keeps them: a copy under the same id.

        A file that changes or goes in this run gives up its chunks, as when it is renamed.
        """
        stored = self._store.catalog.files_of(ids)
        holders = {key: holder for key, holder in stored.items() if holder in self._keeping}
        holders |= {key: self._prepared_ids[key] for key in ids if key in self._prepared_ids}
        return next((holder for holder in holders.values() if holder != file), None)

    def _store_batch(self, batch: Sequence[_Prepared], meter: ProgressMeter) -> None:
        chunks = [chunk for prepared in batch for chunk in prepared.chunks]
        known = known_vectors(self._store, chunks, [prepared.talk.file for prepared in batch])
        tokens = sum(chunk.token_count for chunk in missing_chunks(chunks, known))
        meter.read(len(batch), len(chunks), tokens)
        vectors = vectorise(chunks, known, self._embedder, meter)
        self._mark()
        self._upsert(chunks, vectors)
        gone = self._swap(batch, chunks, vectors)
        self._store.vectors.delete(gone)
        self._store.lexical.tidy()
        meter.stored()

    def _upsert(self, chunks: Sequence[Chunk], vectors: Vectorised) -> None:
        self._store.vectors.upsert(
            [chunk.id for chunk in chunks],
            vectors.chunks,
            [chunk.text for chunk in chunks],
            [chunk_metadata(chunk) for chunk in chunks],
        )

    def _swap(
        self, batch: Sequence[_Prepared], chunks: Sequence[Chunk], vectors: Vectorised
    ) -> list[str]:
        """Makes the batch what the index holds; the ids of chunks that it holds no longer."""
        store = self._store
        gone: set[str] = set()
        new: set[str] = set()
        with store.transaction():
            for prepared in batch:
                swap = store.catalog.put_file(prepared.talk, prepared.fingerprint, prepared.chunks)
                gone.update(swap.gone_ids)
                new.update(swap.new_rows)
            rows = store.catalog.rows_of(chunk.id for chunk in chunks)
            for chunk, sentences in zip(chunks, vectors.sentences, strict=True):
                store.sentence_vectors.put(rows[chunk.id], sentences)
            store.scopes.put({rows[chunk.id]: chunk for chunk in chunks}, vectors.chunks)
            texts = {rows[chunk.id]: chunk.embedded_text for chunk in chunks if chunk.id in new}
            store.lexical.add(texts)
        # A chunk that went from one file of the batch to another is gone and new.
        return sorted(gone.difference(rows))

    def _remove(self, files: Sequence[str]) -> None:
        if files:
            self._mark()
            self._store.vectors.delete(self._store.catalog.remove_files(files))

    def _repair(self, meter: ProgressMeter) -> None:
        """Makes Chroma hold the catalogue's chunks and no others, where a run was cut short."""
        catalog, vectors = self._store.catalog, self._store.vectors
        if not self._marked and catalog.count() == vectors.count():
            return
        self._mark()
        wanted, held = catalog.ids(), vectors.ids()
        vectors.delete(held - wanted)
        rows = sorted(catalog.rows_of(wanted - held).values())
        for start in range(0, len(rows), BATCH_CHUNKS):
            chunks = list(catalog.chunks(rows[start : start + BATCH_CHUNKS]).values())
            known = known_vectors(self._store, chunks, ())
            meter.read(0, len(chunks), sum(chunk.token_count for chunk in chunks))
            self._upsert(chunks, vectorise(chunks, known, self._embedder, meter))
            meter.stored()

    def _renew_terms(self) -> None:
        """Gives the stored passages the terms of today, where an older program stored others."""
        store, current = self._store, str(TERMS).encode()
        if store.catalog.read_value(_TERMS) == current:
            return
        with store.transaction():
            store.lexical.clear()
            rows = sorted(store.catalog.rows_of(store.catalog.ids()).values())
            for start in range(0, len(rows), BATCH_CHUNKS):
                chunks = store.catalog.chunks(rows[start : start + BATCH_CHUNKS])
                store.lexical.add({row: chunk.embedded_text for row, chunk in chunks.items()})
            store.catalog.write_value(_TERMS, current)

    def _take_spellings(self) -> None:
        found = self._library.spellings()
        self._store.catalog.write_spellings(found.names)
        if found.failure:
            self._failed.append(FileFailure(SPELLINGS_FILE, found.failure))

    def _mark(self) -> None:
        if not self._marked:
            self._store.catalog.write_value(_DIRTY, b"1")
            self._marked = True

    def _unmark(self) -> None:
        if self._marked:
            self._store.catalog.write_value(_DIRTY, None)
            self._marked = False


def _check_storable(file: str, chunks: Sequence[Chunk]) -> None:
    """Half a character, from a broken escape or a file name in another encoding, has no UTF-8."""
    try:
        file.encode()
        for chunk in chunks:
            chunk.embedded_text.encode()
    except UnicodeEncodeError as error:
        raise ReadError(
            "its name or its text holds half characters (lone surrogates): save it as UTF-8 anew"
        ) from error


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run has to do. Files that can't be looked into are in none, and so stay stored."""

    added: tuple[str, ...]
    updated: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: frozenset[str]


def plan_sync(found: Mapping[str, str], closed: Set[str], stored: Mapping[str, str]) -> Plan:
    """From the fingerprints of the library's files and of the stored ones. Pure.

    ``closed`` are files and folders that can't be looked into; what is stored of them stays.
    """
    gone = (file for file in stored if file not in found)
    return Plan(
        added=tuple(file for file in found if file not in stored),
        updated=tuple(file for file in found if stored.get(file, found[file]) != found[file]),
        removed=tuple(file for file in gone if not _is_under(file, closed)),
        unchanged=frozenset(file for file in found if stored.get(file) == found[file]),
    )


def _is_under(file: str, closed: Set[str]) -> bool:
    """Whether the file or a folder above it is among ``closed``; the library itself is ``.``."""
    path = PurePosixPath(file)
    return any(str(each) in closed for each in (path, *path.parents))


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Vectors that need no model: of chunks by their text's hash, of sentences by their words."""

    chunks: Mapping[str, Vectors]
    sentences: Mapping[str, Vectors]


@dataclass(frozen=True, slots=True, eq=False)
class Vectorised:
    """Vectors of chunks, (chunks, dimension), and for each the vectors of its sentences."""

    chunks: Vectors
    sentences: tuple[Vectors, ...]


def known_vectors(store: IndexStore, chunks: Sequence[Chunk], files: Iterable[str]) -> Known:
    """What the index holds for these chunks of these files.

    A chunk's vector is found by the hash of its text, whatever file it stood in; a sentence's in
    chunks of equal text and in what the same files held before.
    """
    same_text = store.catalog.rows_with_text({text_hash(chunk) for chunk in chunks})
    vectors = store.vectors.get(chunk_id for chunk_id, _ in same_text.values())
    by_hash = {
        key: vectors[chunk_id] for key, (chunk_id, _) in same_text.items() if chunk_id in vectors
    }
    rows = {row for _, row in same_text.values()} | set(store.catalog.rows_of_files(files).values())
    stored = store.sentence_vectors.get(rows)
    by_words: dict[str, Vectors] = {}
    for row, chunk in store.catalog.chunks(rows).items():
        if row in stored and len(stored[row]) == len(chunk.sentences):
            words = (sentence.embedded_text for sentence in chunk.sentences)
            by_words.update(zip(words, stored[row], strict=True))
    return Known(by_hash, by_words)


def missing_chunks(chunks: Sequence[Chunk], known: Known) -> list[Chunk]:
    """The chunks whose text has no vector yet, each text once."""
    missing = {text_hash(chunk): chunk for chunk in chunks}
    return [chunk for key, chunk in missing.items() if key not in known.chunks]


def vectorise(
    chunks: Sequence[Chunk], known: Known, embedder: Embedder, meter: ProgressMeter
) -> Vectorised:
    """Vectors for all chunks and their sentences. Equal texts are embedded once."""
    missing = missing_chunks(chunks, known)
    words = dict.fromkeys(one.embedded_text for chunk in chunks for one in chunk.sentences)
    new_words = [text for text in words if text not in known.sentences]
    new = _embedded([chunk.embedded_text for chunk in missing], embedder, meter)
    by_hash = {**known.chunks, **dict(zip(map(text_hash, missing), new, strict=True))}
    new_sentences = _embedded(new_words, embedder, meter)
    by_words = {**known.sentences, **dict(zip(new_words, new_sentences, strict=True))}
    return Vectorised(
        _stacked([by_hash[text_hash(chunk)] for chunk in chunks], embedder.dimension),
        tuple(
            _stacked([by_words[one.embedded_text] for one in chunk.sentences], embedder.dimension)
            for chunk in chunks
        ),
    )


def _embedded(texts: Sequence[str], embedder: Embedder, meter: ProgressMeter) -> Vectors:
    """The model's vectors. Chunks are half of the work that the meter is told of, sentences too."""
    if not texts:
        meter.embedded(0.5)
        return np.zeros((0, embedder.dimension), dtype=np.float32)
    return embedder.passages(texts, lambda batch: meter.embedded(0.5 * batch / len(texts)))


def _stacked(vectors: Sequence[Vectors], dimension: int) -> Vectors:
    return np.stack(vectors) if vectors else np.zeros((0, dimension), dtype=np.float32)


class ProgressMeter:
    """Counts files, chunks and tokens for one run.

    Files are read batch by batch, so what is still unread is taken to be like what was read so far:
    the totals of chunks and tokens are estimates until the last batch.
    """

    def __init__(self, files_total: int, on_progress: OnProgress | None) -> None:
        self._on_progress = on_progress
        self._started = time.monotonic()
        self._files_total = files_total
        self._read = self._stored = (0, 0, 0)  # files, chunks, tokens
        self._share = 0.0

    @property
    def elapsed_s(self) -> float:
        """Since the run began."""
        return time.monotonic() - self._started

    def read(self, files: int, chunks: int, tokens: int) -> None:
        """A batch was read; ``tokens`` are those of its chunks that have to be embedded."""
        self._read = _sum(self._read, (files, chunks, tokens))
        self._share = 0.0
        self._tell()

    def embedded(self, share: float) -> None:
        """A further share, of 1, of what was read last has been embedded."""
        self._share = min(1.0, self._share + share)
        self._tell()

    def stored(self) -> None:
        """All that was read so far is stored."""
        self._stored = self._read
        self._share = 0.0
        self._tell()

    def _tell(self) -> None:
        if self._on_progress is None:
            return
        files, chunks, tokens = self._read
        unread = max(0, self._files_total - files) / max(1, files)
        self._on_progress(
            IndexProgress(
                files=self._stored[0],
                files_total=max(files, self._files_total),
                chunks=self._stored[1],
                chunks_total=round(chunks * (1 + unread)),
                tokens=self._stored[2] + round(self._share * (tokens - self._stored[2])),
                tokens_total=round(tokens * (1 + unread)),
                elapsed_s=self.elapsed_s,
            )
        )


def _sum(one: tuple[int, int, int], other: tuple[int, int, int]) -> tuple[int, int, int]:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]
