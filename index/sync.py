"""A library into its index: what is new, changed or gone since the last time.

The order makes it safe to be killed at any point. Vectors go to Chroma first; then one transaction
swaps a file's chunks in the catalogue, which alone says what the index holds; then Chroma's stale
vectors go. A mark that stands from the first write to the last tells the next run to compare both
sides. So searches see a file as it was or as it is, never both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.chunks import Budget, chunk_transcript
from corpus.types import Chunk, ReadError, SettingsError, Transcript
from index.nodes import chunk_metadata
from index.plan import Source, plan_sync
from index.progress import Meter, OnProgress
from index.records import talk_of
from index.store import IndexStore
from index.types import Embedder, FileFailure, SyncReport, Talk
from index.vectorising import Vectorised, known_vectors, missing_chunks, vectorise

BATCH_CHUNKS = 64
"""Files are gathered until they have so many chunks: what a kill costs, and one transaction."""
_DIRTY = "dirty"


def sync(
    library: Source,
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
        return _Run(library, store, embedder, budget).run(on_progress)


@dataclass(frozen=True, slots=True)
class _Prepared:
    talk: Talk
    fingerprint: str
    chunks: tuple[Chunk, ...]


class _Run:
    """One run; holds what its steps share."""

    def __init__(
        self, library: Source, store: IndexStore, embedder: Embedder, budget: Budget
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
        meter = Meter(len(changed), on_progress)
        self._repair(meter)
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
        self._failed += [FileFailure(failure.file, failure.reason) for failure in closed]
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

    def _store_batch(self, batch: Sequence[_Prepared], meter: Meter) -> None:
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

    def _repair(self, meter: Meter) -> None:
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
