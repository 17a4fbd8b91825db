"""The stories of a store, in its index: which there are, those of a pair and of some days, which story has an event, and each of them whole.

    STORE/index/KEY/stories-…/
    ├── stories.duckdb      the columns of `SCHEMA`
    └── stories.packs       a line for each story (`packs`)

A story's event is one of its reports with some fields put right: only those are kept, beside the report's number in the index. Stories lie in
the order of their reports, so that who reads one after the other finds both near.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from detente.errors import StoreProblem
from detente.records import Dispute, Event, Match, Story
from detente.store.asking import Wanted, conditions
from detente.store.tables import REPORTS, STORIES, STORY_TABLES
from detente.store.views import connected, select, text, told_in
from detente.web import looking, packs
from detente.web.columns import KEY
from detente.web.indexing import BUILDING, PAIRS, alone
from detente.web.packing import AT_ONCE, due

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from duckdb import DuckDBPyConnection

    from detente.web.index import Index

VERSION = 2
"""Of what is kept of stories; another one is made anew."""
COLUMNS, FILE, PREFIX = "stories.duckdb", "stories.packs", "stories-"

_TALE = '"number" BIGINT, "id" VARCHAR, seen VARCHAR, documents INTEGER, disputed BOOLEAN, date DATE, enddate DATE'
SCHEMA = f"""
CREATE TABLE tales ({_TALE});
CREATE TABLE between (a VARCHAR, b VARCHAR, {_TALE});
CREATE TABLE keys (key UINTEGER, kind VARCHAR, "number" BIGINT);
CREATE TABLE packs (start BIGINT, story BIGINT);
"""
"""`seen`: the last day of publication, "" without any; `date`, `enddate`: the event's. `between` has a story under each pair of states that it is
about, so that those of a pair lie together. `keys`: of a story (kind story), and of the story that an event belongs to (event)."""

_FILL = (
    f"""CREATE TEMP TABLE near AS SELECT s."id", list(k."number") AS spoken FROM (SELECT "id", {KEY.format(name="json_extract_string(event, '$.id')")} AS key FROM new_stories) s
        LEFT JOIN (FROM before.keys WHERE kind = 'event') k USING (key) GROUP BY s."id" """,
    """CREATE TEMP TABLE numbered AS SELECT row_number() OVER (ORDER BY list_min(spoken) NULLS LAST, "id") - 1 AS "number", "id", spoken FROM near""",
    """INSERT INTO tales SELECT "number", s."id", coalesce(last_seen::VARCHAR, '') AS seen, len(documents), disputed IS NOT NULL, (event->>'$.date')::DATE, (event->>'$.enddate')::DATE
        FROM new_stories s JOIN numbered USING ("id") ORDER BY seen DESC, s."id" """,
    # the pairs of `store.rows.pairs`, each one way round: of a reciprocal event without recipients the actors are each other's
    """INSERT INTO between WITH sides AS (SELECT "id", list_distinct(event->>'$.actor[*].code') AS ours, list_distinct(event->>'$.recipient[*].code') AS theirs, (event->>'$.reciprocal')::BOOLEAN AS mutual FROM new_stories),
        ours AS (SELECT "id", unnest(ours) AS one, CASE WHEN mutual AND len(theirs) = 0 THEN ours ELSE theirs END AS others FROM sides),
        both_sides AS (SELECT "id", one, unnest(others) AS other FROM ours)
        SELECT DISTINCT least(one, other) AS a, greatest(one, other) AS b, t.* FROM both_sides JOIN tales t USING ("id") WHERE one <> other ORDER BY a, b, seen DESC, "id" """,
    f"""INSERT INTO keys SELECT {KEY.format(name="name")} AS key, kind, "number" FROM (
        SELECT "id" AS name, 'story' AS kind, "number" FROM numbered UNION ALL
        SELECT r.event, 'event', n."number" FROM new_reports r JOIN numbered n ON r.story = n."id") ORDER BY kind, key""",
)
_EVERY = """
SELECT n.spoken, s."id", s.event, to_json(r.told), to_json(documents), to_json(sources), first_seen::VARCHAR, last_seen::VARCHAR, disputed
FROM new_stories s JOIN numbered n USING ("id")
JOIN (SELECT story, list([event, theirs, score::VARCHAR, why] ORDER BY "number") AS told FROM new_reports GROUP BY story) r ON r.story = s."id" ORDER BY n."number"
"""


class _Line(msgspec.Struct, array_like=True):
    """A story as it is kept; `spoken` is the number of the report that `changed` puts right; None: `changed` is the whole event."""

    id: str
    spoken: int | None
    changed: dict[str, Any]
    reports: list[tuple[str, str | None, str | None, str | None]]
    documents: tuple[str, ...]
    sources: tuple[str, ...]
    first: str | None
    last: str | None
    disputed: str | None

    def matches(self) -> Iterator[Match]:
        """Why each report but the first is one."""
        for ours, theirs, score, why in self.reports:
            if theirs is not None and score is not None and why is not None:
                yield Match(score=float(score), why=why, ours=ours, theirs=theirs)


class Which(NamedTuple):
    """Which stories: those that at least so many documents tell; only those told differently; of a pair; that may lie in some days.

    `without` are numbers of stories that are left out.
    """

    least: int = 1
    disputed: bool = False
    pair: tuple[str, str] | None = None
    since: str | None = None
    until: str | None = None
    without: tuple[int, ...] = ()


def key_of(folder: Path, run: int | None) -> str:
    """Changes with the stories of a run; "" when there are none."""
    files = [] if run is None else [file for table in STORY_TABLES for file in told_in(folder, run, table)]
    prints = [(file.parent.name, file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return hashlib.sha256(repr((VERSION, prints)).encode()).hexdigest()[:16] if prints else ""


def tales_of(folder: Path, run: int | None, index: Index, *, tell: Callable[[str], None] = lambda _: None) -> Tales:
    """The stories that were told last; what is looked up in is made when it is not there.

    Raises:
        StoreProblem: It cannot be written, or the stories are damaged.
    """
    key = key_of(folder, run)
    if run is None or not key:
        return Tales(None, index)
    place = index.place / (PREFIX + key)
    if not place.is_dir():
        with alone(index.place.parent):
            if not place.is_dir():  # another one made it meanwhile
                _make(place, {table.name: told_in(folder, run, table) for table in STORY_TABLES}, index, tell)
    return Tales(place, index)


def _make(place: Path, files: dict[str, list[Path]], index: Index, tell: Callable[[str], None]) -> None:
    import duckdb

    making = Path(tempfile.mkdtemp(prefix=f"{place.name}-", suffix=BUILDING, dir=place.parent))
    try:
        _fill(making, files, index, tell)
        making.rename(place)
    except duckdb.Error as error:
        raise StoreProblem("stories", str(place.parent), f"they cannot be indexed: {str(error).splitlines()[0]}; `detente store check` looks for damage") from error
    finally:
        shutil.rmtree(making, ignore_errors=True)
    # the newest of the others stays for those who still read it
    others = sorted((p for p in place.parent.glob(f"{PREFIX}*") if p != place and not p.name.endswith(BUILDING)), key=lambda p: p.stat().st_mtime)
    for other in others[:-1]:
        shutil.rmtree(other, ignore_errors=True)


def _fill(making: Path, files: dict[str, list[Path]], index: Index, tell: Callable[[str], None]) -> None:
    with connected() as asked:
        asked.execute(f"SET temp_directory = {text(making / 'sorting')}")
        asked.execute(f"ATTACH {text(index.place / PAIRS)} AS before (READ_ONLY); ATTACH {text(making / COLUMNS)} AS kept; USE kept;")
        asked.execute(SCHEMA)
        for table in (STORIES, REPORTS):
            asked.execute(f"CREATE TEMP VIEW new_{table.name} AS {select(table, files[table.name])}")
        for sql in _FILL:
            asked.execute(sql)
        columns = packs.write(making / FILE, _blocks(asked.execute(_EVERY), index, tell), {"story": 0})
        asked.execute("INSERT INTO packs SELECT unnest(?::BIGINT[]), unnest(?::BIGINT[])", columns)


def _blocks(asked: DuckDBPyConnection, index: Index, tell: Callable[[str], None]) -> Iterator[packs.Blocks]:
    lines, size, done = list[bytes](), 0, 0
    for rows in iter(lambda: asked.fetchmany(AT_ONCE), []):
        for spoken, story, event, told, documents, sources, first, last, disputed in rows:
            number, changed = _changed(msgspec.json.decode(event, type=Event), spoken, story, index)
            reports, papers, publishers = (msgspec.json.decode(column) for column in (told, documents, sources))
            lines.append(msgspec.json.encode(_Line(story, number, changed, reports, papers, publishers, first, last, disputed)))
            size += len(lines[-1])
            if size > packs.FULL:
                yield {"story": lines}
                lines, size = [], 0
        done += len(rows)
        if due(done, len(rows)):
            tell(f"indexing the store for its pages: {done:,} stories")
    if lines:
        yield {"story": lines}


def _changed(event: Event, near: Sequence[int | None], story: str, index: Index) -> tuple[int | None, dict[str, Any]]:
    """Number of the report that an event was made of, among those that may be it, and the fields that differ."""
    for number in near:
        for found in looking.events(index, [] if number is None else [number]):
            if found.event.id == event.id and event.story == story:
                own = {name: getattr(event, name) for name in Event.__struct_fields__ if name != "story" and getattr(event, name) != getattr(found.event, name)}
                return number, msgspec.to_builtins(own)
    return None, msgspec.to_builtins(event)


def _source(which: Which) -> tuple[str, list[Any]]:
    """SQL of the rows that are wanted, from the table's name on, with its values."""
    within, days = conditions(Wanted(since=which.since, until=which.until))
    told, values = ["documents >= ?", "(disputed OR NOT ?)", within], [which.least, which.disputed, *days]
    if which.pair is not None:
        told.append("a = ? AND b = ?")
        values += sorted(which.pair)
    if which.without:
        told.append('"number" NOT IN (SELECT unnest(?::BIGINT[]))')
        values.append(list(which.without))
    return f"{'tales' if which.pair is None else 'between'} WHERE {' AND '.join(told)}", values


class Tales:
    """The stories, opened. Threads may share them."""

    def __init__(self, place: Path | None, index: Index) -> None:
        """`place` is None when there are none."""
        self._index, self._own, self._root = index, threading.local(), connected()
        self._packs: packs.Packs | None = None
        if place is None:
            self._root.execute(SCHEMA)
            return
        self._root.execute(f"ATTACH {text(place / COLUMNS)} AS kept (READ_ONLY)")
        for table in ("tales", "between", "keys"):
            self._root.execute(f"CREATE VIEW {table} AS SELECT * FROM kept.{table}")
        self._packs = packs.Packs(place / FILE, self._root.execute("SELECT * FROM kept.packs").fetchnumpy(), ("story",))
        self._root.execute("SET threads = 2")

    @property
    def told(self) -> bool:
        """Whether stories were told at all."""
        return self._packs is not None

    def newest(self, which: Which, *, behind: tuple[str, str], limit: int) -> list[tuple[Story, tuple[str, str]]]:
        """Stories, those seen last first, each with its place in that order: last day of publication and id.

        Args:
            which: Those that are wanted.
            behind: The place behind which to begin.
            limit: How many.

        Raises:
            BadSetting: A day is none.
        """
        source, values = _source(which)
        if not self.told:  # to ask of empty tables takes as long as to ask of full ones
            return []
        sql = f"""SELECT "number", seen, "id" FROM {source} AND (seen < ? OR (seen = ? AND "id" > ?)) ORDER BY seen DESC, "id" LIMIT ?"""
        rows = self._cursor().execute(sql, [*values, behind[0], *behind, limit]).fetchall()
        return [(self._story(line), (seen, name)) for number, seen, name in rows for line in self._lines([number])]

    def counted(self, which: Which) -> int:
        """How many stories there are.

        Raises:
            BadSetting: A day is none.
        """
        source, values = _source(which)
        ((n,),) = self._cursor().execute(f"SELECT count(*) FROM {source}", values).fetchall()
        return int(n)

    def wholly(self, events: Collection[str]) -> tuple[int, ...]:
        """Numbers of the stories that have no report but these events."""
        numbers = self._near(events)
        lines = zip(numbers, self._lines(numbers), strict=True)
        return tuple(number for number, line in lines if all(report[0] in events for report in line.reports))

    def telling(self, events: Sequence[str], *, least: int, most: int) -> list[Story]:
        """The stories of these events that at least so many documents tell, in the order of the events; at most so many."""
        wanted = (line for line in self._lines(self._near(events)) if len(line.documents) >= least)
        of = {report[0]: line for line in wanted for report in line.reports}
        lines = {of[event].id: of[event] for event in events if event in of}
        return [self._story(line) for line in list(lines.values())[:most]]

    def story(self, id: str) -> Story | None:
        """A story; None when there is none of that name."""
        return next((self._story(line) for line in self._lines(self._numbers("story", id)) if line.id == id), None)

    def story_of(self, event: str) -> str | None:
        """The id of the story that an event belongs to."""
        return next((line.id for line in self._lines(self._numbers("event", event)) if any(event == report[0] for report in line.reports)), None)

    def _near(self, events: Collection[str]) -> list[int]:
        """Numbers of the stories that these events belong to, and now and then of another one."""
        sql = f"""SELECT DISTINCT "number" FROM keys WHERE kind = 'event' AND key IN (SELECT {KEY.format(name="name")} FROM (SELECT unnest(?::VARCHAR[]) AS name)) ORDER BY "number" """
        return [number for (number,) in self._cursor().execute(sql, [list(events)]).fetchall()] if events and self.told else []

    def _numbers(self, kind: str, name: str) -> list[int]:
        sql = f"""SELECT "number" FROM keys WHERE key = {KEY.format(name="?::VARCHAR")} AND kind = ?"""
        return [number for (number,) in self._cursor().execute(sql, [name, kind]).fetchall()]

    def _lines(self, numbers: Sequence[int]) -> Iterator[_Line]:
        for number in numbers:
            assert self._packs is not None, "there are numbers"
            blocks, place = self._packs.at("story", number)
            yield msgspec.json.decode(blocks["story"][place], type=_Line)

    def _story(self, line: _Line) -> Story:
        event = line.changed
        if line.spoken is not None:
            event = msgspec.to_builtins(looking.events(self._index, [line.spoken])[0].event) | event | {"story": line.id}
        return Story(
            id=line.id, event=msgspec.convert(event, Event), reports=tuple(report[0] for report in line.reports),
            documents=line.documents, sources=line.sources, first_seen=line.first, last_seen=line.last,
            disputed=msgspec.json.decode(line.disputed, type=tuple[Dispute, ...]) if line.disputed else (), matches=tuple(line.matches()),
        )  # fmt: skip

    def _cursor(self) -> DuckDBPyConnection:
        cursor: DuckDBPyConnection | None = getattr(self._own, "cursor", None)
        if cursor is None:
            cursor = self._own.cursor = self._root.cursor()
        return cursor
