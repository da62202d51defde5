"""The catalogue: chunks come back as they went in, and readers see one moment."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.types import Chunk, IndexLockedError, Sentence, StoreError
from index.storage.catalog import Catalog, chunk_from_json, chunk_to_json, text_hash
from index.storage.database import Database, IndexLock
from index.types import Talk, Topic
from tests.project import ROOT

TEXT = '為什麼公榜不能反映？\nIt\'s "one" benchmark\\of many. 😀'


def chunk(chunk_id: str, file: str = "a.md", text: str = TEXT) -> Chunk:
    sentences = (
        Sentence(text[:10], 0, "田博士", 12.5, 15.0, True),
        Sentence(text[11:], 11, None, None, None),
    )
    return Chunk(
        id=chunk_id,
        transcript_id="t",
        file=file,
        title="標題",
        source_url="https://example.com/v?a=1",
        published=None,
        language="zh-Hant",
        kind="talk",
        section=2,
        heading="",
        speakers=("田博士", "O'Neil"),
        start_s=12.5,
        end_s=None,
        estimated=True,
        text=text,
        sentences=sentences,
        token_count=33,
    )


def talk(file: str = "a.md") -> Talk:
    topic = Topic(file, "t", "標題", 0, "Heading", "summary", ("Ada",), 0.0, None)
    return Talk("t", file, "標題", None, "2025-11-21", "zh-Hant", (topic,))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "catalog.sqlite3", "mend it.")
    yield database
    database.close()


@pytest.fixture
def catalog(database: Database) -> Catalog:
    return Catalog(database)


def test_a_chunk_survives_storing() -> None:
    assert chunk_from_json(chunk_to_json(chunk("one"))) == chunk("one")


def test_what_was_put_comes_back(catalog: Catalog) -> None:
    chunks = [chunk("one"), chunk("two", text=TEXT * 2)]
    swap = catalog.put_file(talk(), "print", chunks)
    assert swap.gone_ids == ()
    assert swap.new_rows == catalog.rows_of(["one", "two", "three"])
    stored = catalog.chunks(swap.new_rows.values())
    assert [stored[swap.new_rows[each.id]] for each in chunks] == chunks
    assert catalog.talks() == (talk(),)
    assert catalog.topics() == talk().topics
    assert catalog.fingerprints() == {"a.md": "print"}
    assert catalog.count() == 2


def test_rows_are_never_used_again(catalog: Catalog) -> None:
    first = catalog.put_file(talk(), "1", [chunk("one"), chunk("two")]).new_rows
    catalog.remove_files(["a.md"])
    second = catalog.put_file(talk(), "2", [chunk("one")]).new_rows
    assert min(second.values()) > max(first.values())


def test_a_chunk_that_stays_keeps_its_row_and_takes_new_times(catalog: Catalog) -> None:
    before = catalog.put_file(talk(), "1", [chunk("one"), chunk("two")]).new_rows
    moved = replace(chunk("one"), start_s=99.0)
    swap = catalog.put_file(talk(), "2", [moved, chunk("three")])
    assert swap.gone_ids == ("two",)
    assert set(swap.new_rows) == {"three"}
    assert catalog.rows_of(["one"]) == {"one": before["one"]}
    assert catalog.chunks([before["one"], before["two"]]) == {before["one"]: moved}


def test_a_chunk_knows_its_neighbours_in_its_talk(catalog: Catalog) -> None:
    catalog.put_file(talk(), "1", [chunk("one"), chunk("two"), chunk("three")])
    catalog.put_file(talk("b.md"), "1", [chunk("other", "b.md")])
    # A new one comes in between the old ones, whose rows stay.
    catalog.put_file(talk(), "2", [chunk("one"), chunk("new"), chunk("two"), chunk("three")])
    rows = catalog.rows_of(catalog.ids())
    one, new, two, three, other = (rows[name] for name in ("one", "new", "two", "three", "other"))
    assert catalog.neighbours(rows.values()) == {
        one: (None, new),
        new: (one, two),
        two: (new, three),
        three: (two, None),
        other: (None, None),
    }


def test_an_index_of_before_places_were_kept_gets_them(
    database: Database, catalog: Catalog
) -> None:
    catalog.put_file(talk(), "1", [chunk("b"), chunk("a")])
    expected = catalog.neighbours(catalog.rows_of(["a", "b"]).values())
    with database.writing() as connection:
        connection.execute("DROP TABLE places")
    reopened = Catalog(database)
    found = reopened.neighbours(reopened.rows_of(["a", "b"]).values())
    assert sorted(found) == sorted(expected)
    assert set(found.values()) != {(None, None)}


def test_chunks_of_equal_text_are_found_by_it(catalog: Catalog) -> None:
    catalog.put_file(talk("a.md"), "1", [chunk("one", "a.md")])
    key = text_hash(chunk("two", "b.md"))
    assert catalog.rows_with_text([key, "none"]) == {key: ("one", catalog.rows_of(["one"])["one"])}
    assert text_hash(replace(chunk("two"), title="other")) != key


def test_many_ids_at_once(catalog: Catalog) -> None:
    """More than SQLite takes as parameters of one statement."""
    chunks = [chunk(f"id{n}") for n in range(1500)]
    rows = catalog.put_file(talk(), "1", chunks).new_rows
    ids = [*rows, *(f"none{n}" for n in range(40_000))]
    assert catalog.rows_of(ids) == rows
    assert len(catalog.chunks(rows.values())) == 1500


def test_a_transaction_that_fails_leaves_no_trace(database: Database, catalog: Catalog) -> None:
    catalog.put_file(talk(), "1", [chunk("one")])
    generation = catalog.generation()
    with pytest.raises(ZeroDivisionError), database.writing():
        catalog.put_file(talk(), "2", [chunk("two")])
        catalog.write_value("key", b"value")
        raise ZeroDivisionError
    assert catalog.ids() == {"one"}
    assert catalog.fingerprints() == {"a.md": "1"}
    assert catalog.read_value("key") is None
    assert catalog.generation() == generation


def test_the_generation_grows_with_changes_only(catalog: Catalog) -> None:
    before = catalog.generation()
    catalog.remove_files(["none"])
    assert catalog.generation() == before
    catalog.put_file(talk(), "1", [chunk("one")])
    assert catalog.generation() == before + 1


def test_a_reader_sees_one_moment_while_another_thread_writes(
    database: Database, catalog: Catalog
) -> None:
    catalog.put_file(talk(), "1", [chunk("one")])
    query = "SELECT count(*) FROM chunks"
    with database.reading() as connection:
        assert connection.execute(query).fetchone() == (1,)
        writer = threading.Thread(target=catalog.put_file, args=(talk("b.md"), "1", [chunk("b")]))
        writer.start()
        writer.join()
        assert connection.execute(query).fetchone() == (1,)
    assert catalog.count() == 2


def test_what_is_written_is_seen_inside_the_transaction_only(
    database: Database, catalog: Catalog
) -> None:
    counts = []
    with database.writing():
        catalog.put_file(talk(), "1", [chunk("one")])
        reader = threading.Thread(target=lambda: counts.append(catalog.count()))
        reader.start()
        reader.join()
        counts.append(catalog.count())
    assert counts == [0, 1]


def test_frozen_values(catalog: Catalog) -> None:
    assert catalog.read_value("means") is None
    catalog.write_value("means", b"\0\xff")
    assert catalog.read_value("means") == b"\0\xff"
    catalog.write_value("means", None)
    assert catalog.read_value("means") is None


def test_a_closed_or_damaged_catalogue_says_so(tmp_path: Path) -> None:
    database = Database(tmp_path / "closed.sqlite3", "mend it.")
    catalog = Catalog(database)
    database.close()
    with pytest.raises(StoreError, match="closed"):
        catalog.count()
    damaged = tmp_path / "damaged.sqlite3"
    damaged.write_bytes(b"no database" * 100)
    with pytest.raises(StoreError, match=r"damaged\.sqlite3 can't be used .*mend it\."):
        Database(damaged, "mend it.")


HOLD = """
import sys, time
from pathlib import Path
from index.storage.database import IndexLock
lock = IndexLock(Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
time.sleep(60)
"""


def test_a_lock_names_its_holder_and_dies_with_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        lock = IndexLock(tmp_path)
        with pytest.raises(IndexLockedError, match=f"process {holder.pid} .* since") as raised:
            lock.acquire()
        assert "\n" not in str(raised.value)
        holder.kill()
    lock.acquire()
    lock.release()


def test_a_lock_can_be_waited_for(tmp_path: Path) -> None:
    first, second = IndexLock(tmp_path), IndexLock(tmp_path)
    first.acquire()
    threading.Timer(0.2, first.release).start()
    second.acquire(wait_s=10)
    with pytest.raises(IndexLockedError, match=str(os.getpid())):
        first.acquire()
    second.release()
