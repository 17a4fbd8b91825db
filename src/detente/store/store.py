"""A store: opened to ask, or to write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from detente.errors import BadSetting, StoreProblem
from detente.records import Document, Event, Quote, Story
from detente.store import folder as disk
from detente.store import rows, standing, views
from detente.store.asking import FLAT_EVENT, Wanted, conditions
from detente.store.compacting import compact
from detente.store.damage import changed, damaged
from detente.store.judgements import Judgement, append, ledger
from detente.store.migrations import OLDEST_READ, upgrade
from detente.store.runs import Run, begun, runs_of
from detente.store.tables import DOCUMENTS, PART_TABLES, REPORTS, STORIES
from detente.store.writer import Writer

if TYPE_CHECKING:
    import polars
    from duckdb import DuckDBPyConnection

MOST_PLACES = 20_000
"""Events that are looked up by their places; of more, all are read through."""


def open_store(folder: str | Path, *, run: int | None = None, create: bool = False) -> Store:
    """The store in a folder.

    Args:
        folder: Where it lies.
        run: Number of the run that is shown; the newest when None.
        create: Make an empty one when there is none.

    Raises:
        StoreProblem: There is no store, or it is damaged or newer than this program.
        BadSetting: The store has no such run.
    """
    place = Path(folder)
    if create and not disk.is_store(place):
        disk.create(place)
    return Store(place, run=run)


class Store:
    """Asks a store; sees what was whole when it looked (`refresh` looks again). Threads may not share one."""

    def __init__(self, folder: Path, *, run: int | None = None) -> None:
        """Open for asking; `open_store` is the door."""
        self.folder = folder.resolve()
        self._wanted = run
        if disk.version_of(folder) < OLDEST_READ:
            told = "it is of an older version; bring it up to date with `detente store upgrade`"
            raise StoreProblem("store", str(folder), told)
        self.refresh()

    def refresh(self) -> None:
        """See what has been written since.

        Raises:
            BadSetting: The store has no run of the number asked for.
            StoreProblem: The description of a run is damaged.
        """
        self.runs: list[Run] = runs_of(self.folder)
        numbers = [run.run for run in self.runs]
        if self._wanted is not None and self._wanted not in numbers:
            raise BadSetting("run", self._wanted, f"the store has {', '.join(map(str, numbers)) or 'none yet'}")
        # what was imported is shown when asked for, or when there is nothing else
        coded = [run.run for run in self.runs if run.source is None]
        self.run: int | None = self._wanted or next(iter([*coded[::-1], *numbers[::-1]]), None)
        self._has_stories = self.run is not None and bool(views.files_of(self.folder, self.run, REPORTS))
        self._parts = [] if self.run is None else disk.parts_of(disk.run_folder(self.folder, self.run))
        self._connection: DuckDBPyConnection | None = None
        self._finder: DuckDBPyConnection | None = None

    @property
    def _asked(self) -> DuckDBPyConnection:
        """DuckDB, begun with the first question: whoever only writes needs none."""
        if self._connection is None:
            with self._faults():
                self._connection = views.connection(self.folder, self.runs, self.run)
        return self._connection

    @property
    def _finding(self) -> DuckDBPyConnection:
        """DuckDB for `events`."""
        if self._finder is None:
            self._finder = views.finder(self.folder, self.run)
        return self._finder

    # --- asking ----------------------------------------------------------------------------------

    def query(self, sql: str, values: Sequence[object] = ()) -> polars.DataFrame:
        """What a question in SQL finds: one SELECT over the tables of docs/tables.md.

        Plain names show one run; `all_runs.events` and the like show every run. Events stand there as the program told them; what people
        said of them is in `judgements`.

        Raises:
            BadSetting: The SQL is wrong, is no single question, or wants to read or write other files.
            StoreProblem: A part of the store is damaged.
        """
        import duckdb

        try:
            statements = duckdb.extract_statements(sql)
        except duckdb.Error as error:
            raise _bad_sql(sql, str(error)) from error
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise _bad_sql(sql, "it must be one question, such as SELECT count(*) FROM events; a store is changed by `detente ingest` alone")
        try:
            return views.frame(self._asked, sql, values)
        except duckdb.IOException:
            self.refresh()  # parts may have been compacted since
        except (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException, duckdb.PermissionException) as error:
            raise _bad_sql(sql, str(error)) from error
        except duckdb.Error as error:  # while it ran, a flipped byte is told by the same classes as a wrong question
            raise self._damage() or _bad_sql(sql, str(error)) from error
        with self._faults():
            return views.frame(self._asked, sql, values)

    def events(self, wanted: Wanted | None = None, **fields: Any) -> polars.DataFrame:
        """Events as the program told them, by pair, days, type and status: a row each, in the order of their days, columns as in `Coded.to_frame`.

        `detente.review.Reviewed` has those that stand after what people said of them.

        Args:
            wanted: Which; or its fields by name, such as `actor="USA", recipient="CHN", since="2023-01"`.
            **fields: Fields of `Wanted`.

        Raises:
            BadSetting: A day is none.
        """
        told = Wanted(**fields) if wanted is None else wanted
        return self._found(told, FLAT_EVENT).drop("at")

    def records(self, wanted: Wanted | None = None, **fields: Any) -> Iterator[Event]:
        """The same events as records.

        Raises:
            BadSetting: A day is none.
        """
        told = Wanted(**fields) if wanted is None else wanted
        for row in self._found(told, "*").iter_rows(named=True):
            yield rows.event_of({k: v for k, v in row.items() if k not in ("run", "at")})

    def unsaid(self, wanted: Wanted | None = None, **fields: Any) -> int:
        """Events that a least confidence leaves out only because they tell none, as most imports do; 0 when no least is wanted.

        Raises:
            BadSetting: A day is none.
        """
        told = Wanted(**fields) if wanted is None else wanted
        if not told.least > 0:
            return 0
        rule, values = conditions(msgspec.structs.replace(told, least=0.0))
        found = f'SELECT "at" FROM parties WHERE confidence IS NULL AND {rule}'
        if told.document is not None:
            found += ' AND "at" IN (SELECT "at" FROM events WHERE document = ?)'
            values.append(told.document)
        return int(self.query(f'SELECT count(DISTINCT "at") FROM ({found})', values).item())

    def _found(self, wanted: Wanted, columns: str) -> polars.DataFrame:
        import duckdb

        try:
            return self._look(wanted, columns)
        except duckdb.Error:
            self.refresh()  # parts may have been compacted since, and their events have new places
        with self._faults():
            return self._look(wanted, columns)

    def _look(self, wanted: Wanted, columns: str) -> polars.DataFrame:
        """First the places of the events, from `parties`; then the rows there, from the files that have them."""
        named = wanted.actor is not None or wanted.recipient is not None
        found = standing.find(self._finding, wanted, self._parts, MOST_PLACES) if named else None
        if found is None:  # then much is read through, and the planner is worth its time
            asked, (sql, held) = self._asked, standing.rows_anywhere(wanted)
        else:
            asked, (sql, held) = self._finding, standing.rows(wanted, self._parts, found)
        if wanted.document is not None:
            sql = f"SELECT * FROM ({sql}) WHERE document = ?"
            held.append(wanted.document)
        if self._has_stories:
            sql = f'SELECT e.* REPLACE (coalesce(r.story, e.story) AS story) FROM {REPORTS.name} r RIGHT JOIN ({sql}) e ON r.event = e."id"'
        limit = f" LIMIT {wanted.limit}" if wanted.limit is not None else ""
        sql = f"SELECT {columns} FROM ({sql}) found ORDER BY found.date NULLS LAST, found.document, found.start, found.id{limit}"
        return views.frame(asked, sql, held)

    def event(self, id: str) -> Event:
        """One event.

        Raises:
            BadSetting: The run has no such event.
        """
        found = self.query('SELECT * FROM events WHERE "id" = ?', [id])
        if found.is_empty():
            raise BadSetting("event", id, f"run {self.run} of the store has no such event; ids look like {self._some_id()}")
        return rows.event_of({k: v for k, v in found.row(0, named=True).items() if k not in ("run", "at")})

    def quote(self, id: str) -> Quote | None:
        """One quote; None when the run has no such quote."""
        found = self.query('SELECT * FROM quotes WHERE "id" = ?', [id])
        return None if found.is_empty() else rows.quote_of({k: v for k, v in found.row(0, named=True).items() if k != "run"})

    def _some_id(self) -> str:
        found = self.query('SELECT "id" FROM events LIMIT 1')
        return repr(found.item()) if found.height else "'strait-e01', but the run has no events"

    def events_where(self, column: str, values: Sequence[str]) -> list[Event]:
        """All events whose `id`, or whose `document`, is one of these; in the order of their days."""
        found = self.query(f'SELECT * FROM events WHERE "{column}" IN (SELECT unnest(?::VARCHAR[])) ORDER BY "date" NULLS LAST, "id"', [list(values)])
        return [rows.event_of({k: v for k, v in row.items() if k not in ("run", "at")}) for row in found.iter_rows(named=True)]

    def stories(self, *, least: int = 1, ids: Sequence[str] | None = None) -> Iterator[Story]:
        """Stories of the run that at least so many documents tell, those told by most first.

        Args:
            least: Documents.
            ids: Only these, however many tell them.
        """
        told, values = ('WHERE "id" IN (SELECT unnest(?::VARCHAR[]))', [list(ids)]) if ids is not None else ("WHERE len(documents) >= ?", [least])
        found = self.query(f'SELECT * FROM stories {told} ORDER BY len(documents) DESC, first_seen NULLS LAST, "id"', values)
        joined = self.query(f'SELECT * FROM reports WHERE story IN (SELECT "id" FROM stories {told}) ORDER BY story, number', values)
        of = {str(name): rows_of.to_dicts() for (name,), rows_of in joined.group_by("story", maintain_order=True)}
        for row in found.iter_rows(named=True):
            yield rows.story_of(row, of[row["id"]])

    def story(self, id: str) -> Story:
        """One story.

        Raises:
            BadSetting: The run has no such story.
        """
        story = next(self.stories(ids=[id]), None)
        if story is None:
            told = "it has no stories yet; `detente stories --store DIR` makes them" if not self._has_stories else "ids look like 's-' and the id of an event"
            raise BadSetting("story", id, f"run {self.run} of the store has no such story; {told}")
        return story

    def story_of(self, event: str) -> str | None:
        """Id of the story that an event belongs to; None when there is no such event, or no stories yet."""
        found = self.query("SELECT story FROM reports WHERE event = ?", [event])
        return found.item() if found.height else None

    def newest(self) -> int:
        """Number of the run that is shown.

        Raises:
            BadSetting: The store has none.
        """
        if self.run is None:
            raise BadSetting("store", str(self.folder), "it has no run yet; `detente ingest` or `detente import` begins one")
        return self.run

    def document(self, id: str) -> Document | None:
        """One document with its text; None for an imported event, whose text the store does not have."""
        found = self.query('SELECT * FROM documents WHERE "id" = ?', [id])
        return None if found.is_empty() else rows.document_of(found.row(0, named=True))

    def documents(self) -> Iterator[Document]:
        """All documents of the run with their texts, part for part.

        Raises:
            StoreProblem: A part is damaged.
        """
        for part in [] if self.run is None else disk.parts_of(disk.run_folder(self.folder, self.run)):
            with self._faults():
                found = views.frame(self._asked, views.select(DOCUMENTS, part.files(DOCUMENTS)))
            for row in found.iter_rows(named=True):
                yield rows.document_of(row)

    def counts(self) -> polars.DataFrame:
        """Rows of each table and texts that copy others, for each run, with who coded it."""
        counted = ", ".join(f"(SELECT count(*) FROM all_runs.{t.name} WHERE run = runs.run) AS {t.name}" for t in (*PART_TABLES, STORIES))
        counted += ", (SELECT count(copy_of) FROM all_runs.documents WHERE run = runs.run) AS copies"
        return self.query(f"SELECT run, {counted}, coder, coded_on FROM runs ORDER BY run")

    # --- writing ---------------------------------------------------------------------------------

    @contextmanager
    def writing(self, run: Run) -> Iterator[Writer]:
        """A writer for the run that codes as `run` does; what it holds when all went well is written at the end.

        An import without any event leaves no run behind.

        Raises:
            StoreProblem: Another program is writing, or the store cannot be written.
        """
        with self._alone():
            writer = Writer(self.folder, begun(self.folder, run))
            try:
                yield writer
                writer.flush()
            finally:
                writer.withdraw_empty()
        self.refresh()

    def write_stories(self, run: int, stories: Iterable[Story]) -> None:
        """Replace the stories of a run as a whole; readers see the old ones or the new ones. The same stories change nothing.

        Args:
            run: Whose events they join.
            stories: All of them.

        Raises:
            StoreProblem: Another program is writing, or the store cannot be written.
            BadSetting: The store has no such run.
        """
        if run not in [r.run for r in self.runs]:
            raise BadSetting("run", run, "the store has no such run")
        with self._alone():
            place = disk.run_folder(self.folder, run) / "stories"
            before = disk.newest(place)
            number = 1 if before is None else int(before.name) + 1
            told: list[rows.Row] = []
            joined: list[rows.Row] = []
            for story in stories:
                told.append(rows.story_row(story, run=run))
                joined += rows.report_rows(story, run=run)
            frames = [(STORIES, disk.frame_of(STORIES, told).sort("id")), (REPORTS, disk.frame_of(REPORTS, joined).sort("story", "number"))]
            if before is None or any(disk.parquet(frame) != (before / f"{table.name}.parquet").read_bytes() for table, frame in frames):
                disk.put_tables(place / f"{number:06d}", frames)
                disk.sweep(self.folder)
        self.refresh()

    def compact(self) -> None:
        """Sort the parts of every run into one, for quick answers; the answers stay the same.

        Raises:
            StoreProblem: Another program is writing, the store cannot be written, or a part is damaged.
        """
        with self._alone():
            for problem in changed(self.folder, self.runs):  # what is sorted anew is sealed anew
                raise problem
            for run in self.runs:
                compact(disk.run_folder(self.folder, run.run))
            disk.sweep(self.folder)
        self.refresh()

    def judge(self, judgement: Judgement) -> Judgement:
        """Append to the ledger; see `judgements.append`."""
        kept = append(self.folder, judgement)
        self.refresh()
        return kept

    def judgements(self) -> list[Judgement]:
        """The ledger."""
        return ledger(self.folder)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The lock, an up-to-date layout, and nothing left of writers that were cut short."""
        with disk.locked(self.folder):
            upgrade(self.folder)
            disk.sweep(self.folder)
            with self._faults():
                yield

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """DuckDB's troubles with files, said in one line with the file.

        Raises:
            StoreProblem: A part is damaged, or the disk is full.
        """
        import duckdb

        try:
            yield
        except duckdb.Error as error:
            raise self._problem(str(error)) from error

    def _damage(self) -> StoreProblem | None:
        return next(damaged(self.folder, self.runs), None)

    def _problem(self, told: str) -> StoreProblem:
        return self._damage() or StoreProblem("store", str(self.folder), f"DuckDB says: {told.splitlines()[0]}")


def _bad_sql(sql: str, told: str) -> BadSetting:
    return BadSetting("SQL", sql, " ".join(told.split()))


__all__ = ["Store", "open_store"]
