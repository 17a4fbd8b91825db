"""The REST API: each route is one answer. Success is `{"answer": …, "next": …}`, an error `{"error": {"reason", "detail"}}`."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from itertools import islice
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from detente.actors.lookup import Held
from detente.errors import BadInput, BadSetting, DetenteError, StoreProblem, UnknownCode
from detente.frames import EVENT_COLUMNS, QUOTE_COLUMNS, event_row, quote_row
from detente.records import Check, Quote
from detente.web import answers, judging
from detente.web.asking import converted
from detente.web.door import judge_of
from detente.web.passages import passages
from detente.web.reading import Room
from detente.web.reviewing import agreed
from detente.web.shapes import (
    ActorAnswer,
    ActorAsked,
    Agreement,
    AgreementAnswer,
    Brief,
    ChecksAsked,
    Coming,
    Day,
    DocumentAnswer,
    DocumentsAsked,
    ErrorAnswer,
    EventAnswer,
    EventsAsked,
    Fault,
    JudgementAsked,
    JudgementsAsked,
    LevelAnswer,
    LevelAsked,
    LevelDay,
    Line,
    MissedAsked,
    Month,
    NetworkAnswer,
    NetworkAsked,
    Node,
    OverviewAnswer,
    OverviewAsked,
    Pair,
    PeriodAsked,
    Place,
    PlacesAnswer,
    Printed,
    QuoteAnswer,
    QuotesAsked,
    ReadAsked,
    RefusedAnswer,
    RefusedAsked,
    RelationAnswer,
    RelationAsked,
    RelationsAsked,
    Report,
    Said,
    Seen,
    StoriesAsked,
    StoryAnswer,
    StoryAsked,
    StoryBrief,
    Tally,
    Told,
    TurningPoint,
)
from detente.web.stores import Busy, Desk, Desks

T = TypeVar("T")
ROOT = "/api/v1"
CODE = re.compile("[A-Za-z]{3}")
MOST_ROWS = 200_000
"""Of a table of Parquet, which is made whole before it is sent."""
STATUS = {"not-found": 404, "bad-request": 400, "store": 503, "busy": 503, "refused": 422}


FIELD_OF = {"--from": "actor", "--to": "recipient"}
"""Option of the command line → the field in which the same is asked here, where it is not that of its name."""


def _event_cells(seen: Seen) -> dict[str, Any]:
    return event_row(seen["event"]) | {"judged": seen["ruling"] and seen["ruling"]["state"]}


def _record_cells(record: Any) -> dict[str, Any]:
    return {k: v if isinstance(v, str | int | float | None) else msgspec.json.encode(v).decode() for k, v in msgspec.to_builtins(record).items()}


def _report_cells(report: Report) -> dict[str, Any]:
    return _event_cells(report["seen"]) | {name: report[name] for name in REPORT}  # type: ignore[literal-required]


REPORT = ("publication", "copy_of", "score", "why")
"""What a story tells of a report beside its event."""


class Table(NamedTuple):
    """Rows that can be taken home: names of their columns, how a row becomes cells, and, of an answer that is no list itself, where they stand in it; None while they are worked out."""

    columns: tuple[str, ...]
    cells: Callable[[Any], dict[str, Any]]
    rows: Callable[[Any], Iterable[Any] | None] = iter


def _of(name: str, kind: Any) -> Table:
    """The rows of this name in an answer, of this kind."""
    return Table(_fields(kind), _record_cells, itemgetter(name))


def _fields(kind: Any) -> tuple[str, ...]:
    found: Iterable[str] = kind.__struct_fields__ if hasattr(kind, "__struct_fields__") else kind.__annotations__
    return tuple(found)


def _offices(answer: ActorAnswer) -> Iterator[Any]:
    return (held for known in answer["found"] for held in known.offices)


def _printed(question: Callable[..., Any]) -> Callable[..., Any]:
    """The question, of which only the way of printing can be asked."""

    @wraps(question)
    def answer(*given: Any) -> Any:
        return question(*given[:-1])

    return answer


class Asks(NamedTuple):
    """One route that only asks: who answers, what may be asked, what a row or the answer is, and its tables, the first of which is meant when none is named."""

    path: str
    told: str
    question: Callable[..., Any]
    asked: type[Any] | None
    answer: Any
    many: bool = False
    names: tuple[str, ...] = ()
    tables: Mapping[str, Table] = MappingProxyType({})


def _rows(kind: Any, cells: Callable[[Any], dict[str, Any]] = _record_cells, columns: Iterable[str] = ()) -> dict[str, Table]:
    """The only table of a list."""
    return {"": Table(tuple(columns) or _fields(kind), cells)}


def _actor(desk: Desk, room: Room, asked: ActorAsked) -> ActorAnswer:
    return answers.actor(desk, room.base(), asked)


EVENT_CELLS = (*EVENT_COLUMNS, "judged")
ASKS = (
    Asks("/overview", "What the store holds, and which pairs changed most", _printed(answers.overview), OverviewAsked, OverviewAnswer, tables={
        "pairs": _of("pairs", Pair), "turning": _of("turning", TurningPoint), "disputed": _of("disputed", StoryBrief), "came": _of("came", Day), "refused": _of("refused", Tally), "newest": _of("newest", Brief)}),
    Asks("/documents", "Documents, newest first", answers.documents, DocumentsAsked, Brief, many=True, tables=_rows(Brief)),
    Asks("/documents/{id:path}", "A document with everything that it says", answers.document, None, DocumentAnswer, names=("id",)),
    Asks("/events", "Events as they stand after people; jsonl gives them in the wire format", answers.events, EventsAsked, Seen, many=True, tables=_rows(Seen, _event_cells, EVENT_CELLS)),
    Asks("/events/{id:path}", "An event, what the program said, and every judgement", answers.event, None, EventAnswer, names=("id",)),
    Asks("/quotes", "Quotes", answers.quotes, QuotesAsked, Quote, many=True, tables=_rows(Quote, quote_row, QUOTE_COLUMNS)),
    Asks("/quotes/{id:path}", "A quote, what the program said, and every judgement", answers.quote, None, QuoteAnswer, names=("id",)),
    Asks("/agreement", "How far reviewers agree", _printed(agreed), Printed, AgreementAnswer, tables={"questions": _of("questions", Agreement)}),
    Asks("/checks", "Checks", answers.checks, ChecksAsked, Check, many=True, tables=_rows(Check)),
    Asks("/refused", "Documents that were not coded, and why", answers.refused, RefusedAsked, RefusedAnswer, many=True, tables=_rows(RefusedAnswer)),
    Asks("/relations", "Pairs of states, those that changed most first", answers.relations, RelationsAsked, Pair, many=True, tables=_rows(Pair)),
    Asks("/relations/{a}/{b}", "A pair, month by month, both directions", answers.relation, RelationAsked, RelationAnswer, names=("a", "b"), tables={
        "months": _of("months", Month), "types": _of("types", Tally), "statuses": _of("statuses", Tally)}),
    Asks("/relations/{a}/{b}/level", "A pair's level day by day, turning points, and what is to come", answers.level, LevelAsked, LevelAnswer, names=("a", "b"), tables={
        "days": _of("days", LevelDay), "turns": _of("turns", TurningPoint), "coming": _of("coming", Coming)}),
    Asks("/stories", "Stories, those seen last first", answers.stories, StoriesAsked, StoryBrief, many=True, tables=_rows(StoryBrief)),
    Asks("/stories/{id:path}", "A story: every report, what they agree on and where they differ", _printed(answers.story), StoryAsked, StoryAnswer, names=("id",), tables={
        "reports": Table((*EVENT_CELLS, *REPORT), _report_cells, itemgetter("reports")), "agreed": _of("agreed", Told), "differing": _of("differing", Told)}),
    Asks("/network", "States and what lies between them in a period", answers.network, NetworkAsked, NetworkAnswer, tables={"lines": _of("lines", Line), "states": _of("states", Node)}),
    Asks("/places", "Where events of a period took place", answers.places, PeriodAsked, PlacesAnswer, tables={"places": _of("places", Place)}),
    Asks("/actors", "Who bears a name, and what the store has of them", _actor, ActorAsked, ActorAnswer, tables={
        "offices": Table(_fields(Held), _record_cells, _offices), "acts": _of("acts", Tally), "suffers": _of("suffers", Tally)}),
    Asks("/judgements", "The ledger of judgements, in the order in which they were said", answers.said, JudgementsAsked, Said, many=True, tables=_rows(Said)),
)  # fmt: skip
"""Every route that only asks; /read and /judgements take POST, too."""


class Api:
    """The routes over one store."""

    def __init__(self, desks: Desks, room: Room, *, version: str, reviewer: str = "") -> None:
        """Open nothing: `desks` are. `reviewer` is the name that judgements bear when nobody gives another."""
        self.desks, self.room, self.version, self.reviewer = desks, room, version, reviewer

    def routes(self) -> list[Route]:
        """All of them, the schema included."""
        from detente.web.openapi import described

        spec = msgspec.json.encode(described(self.version))
        asks = [Route(ROOT + ask.path, self._asking(ask), methods=["GET"]) for ask in ASKS if ask.path != "/judgements"]
        ledger = next(ask for ask in ASKS if ask.path == "/judgements")
        return [
            *asks,
            Route(ROOT + "/judgements", self._asking(ledger), methods=["GET"]),
            Route(ROOT + "/judgements", self._judge, methods=["POST"]),
            Route(ROOT + "/missed", self._mark, methods=["POST"]),
            Route(ROOT + "/passages", self._passages, methods=["GET"]),
            Route(ROOT + "/read", self._read, methods=["POST"]),
            Route("/api/openapi.json", lambda _: Response(spec, media_type="application/json")),
            Route("/api/{rest:path}", _nothing, methods=["GET", "POST"]),
        ]

    def _asking(self, ask: Asks) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            return guarded(lambda: self._answer(ask, request))

        return answer

    def _answer(self, ask: Asks, request: Request) -> Response:
        """The answer of one route, or 304 when the reader has it already."""
        etag = self.etag(request)
        if etag in [told.strip().removeprefix("W/") for told in request.headers.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers={"etag": etag})
        asked = None if ask.asked is None else query_in(request, ask.asked)
        form = getattr(asked, "format", "json")
        headers = {"etag": etag, "cache-control": "private, no-cache"}
        if ask.many and form != "json":
            return _download(ask, "", form, self._every(ask, asked), headers)
        with self.desks.lent() as desk:
            names = [_code(request, name) if name in ("a", "b") else request.path_params[name] for name in ask.names]
            given: list[Any] = [desk, self.room] if ask.question is _actor else [desk]
            found = ask.question(*given, *names, *([] if asked is None else [asked]))
        if _is_pending(found):
            headers = {"cache-control": "no-store"}  # the same store answers otherwise in a moment
        if ask.tables and form != "json":
            table = getattr(asked, "table", next(iter(ask.tables)))
            rows = ask.tables[table].rows(found)
            if found.get("pending", False) or rows is None:  # a table without rows would say that there is nothing
                raise Busy
            return _download(ask, table, form, iter(rows), headers)
        page = found if ask.many else answers.Page(found, None)
        return json({"answer": page.rows, "next": page.next}, headers=headers)

    def _every(self, ask: Asks, asked: Any) -> Iterator[Any]:
        """All rows, a desk for each five hundred: a reader who takes long keeps nobody waiting. The first are asked for at once, for their errors."""

        def page(after: str | None) -> answers.Page:
            with self.desks.lent() as desk:
                found: answers.Page = ask.question(desk, msgspec.structs.replace(asked, limit=500, after=after))
                return found

        def rest(found: answers.Page) -> Iterator[Any]:
            yield from found.rows
            while found.next is not None:
                found = page(found.next)
                yield from found.rows

        return rest(page(asked.after))

    def etag(self, request: Request) -> str:
        """Changes with the store, the program, and what is asked."""
        asked = f"{self.desks.version()} {self.version} {request.url.path}?{request.url.query}"
        return f'"{hashlib.sha256(asked.encode()).hexdigest()[:24]}"'

    async def _judge(self, request: Request) -> Response:
        asked = await body_of(request, JudgementAsked)
        return asked if isinstance(asked, Response) else await run_in_threadpool(guarded, lambda: self._kept(request, asked))

    def _kept(self, request: Request, asked: JudgementAsked) -> Response:
        asked = msgspec.structs.replace(asked, by=judge_of(request, asked.by, otherwise=self.reviewer))
        with self.desks.lent() as desk:
            kept = judging.judge(desk, asked, at=dt.datetime.now(tz=dt.UTC))
        return json({"answer": msgspec.to_builtins(kept), "next": None}, status=201)

    async def _mark(self, request: Request) -> Response:
        asked = await body_of(request, MissedAsked)
        return asked if isinstance(asked, Response) else await run_in_threadpool(guarded, lambda: self._marked(request, asked))

    def _marked(self, request: Request, asked: MissedAsked) -> Response:
        asked = msgspec.structs.replace(asked, by=judge_of(request, asked.by, otherwise=self.reviewer))
        with self.desks.lent() as desk:
            kept = judging.mark(desk, asked, at=dt.datetime.now(tz=dt.UTC))
        return json({"answer": msgspec.to_builtins(kept), "next": None}, status=201)

    def _passages(self, _: Request) -> Response:
        """What people judged, as passages to learn from."""

        def answer() -> Response:
            with self.desks.lent() as desk:
                lines = [msgspec.json.encode(told) + b"\n" for told in passages(desk.store, desk.rulings)]
            return Response(b"".join(lines), media_type="application/x-ndjson", headers={"content-disposition": 'attachment; filename="detente-passages.jsonl"'})

        return guarded(answer)

    async def _read(self, request: Request) -> Response:
        asked = await body_of(request, ReadAsked)
        return asked if isinstance(asked, Response) else await run_in_threadpool(guarded, lambda: json({"answer": self.room.read(asked), "next": None}))


def _is_pending(found: Any) -> bool:
    """Whether a part of the answer is still being worked out."""
    return isinstance(found, dict) and (found.get("pending", False) or found.get("turning", ()) is None)


def _code(request: Request, name: str) -> str:
    """One side of a pair.

    Raises:
        BadSetting: It is no code.
    """
    written: str = request.path_params[name]
    if not CODE.fullmatch(written):
        raise BadSetting("code", written, "it must be three letters, such as KAZ")
    return written


def query_in(request: Request, kind: type[T]) -> T:
    """What a program's address asks: each name once, and an empty value is a value.

    Raises:
        BadSetting: A name or a value is none that can be asked, or a name stands there twice.
    """
    names = [name for name, _ in request.query_params.multi_items()]
    if len(names) != len(set(names)):
        raise BadSetting("query", ", ".join(names)[:200], "each name may stand there once")
    return converted(request.query_params, kind)


def query_of(query: Mapping[str, str], kind: type[T]) -> T:
    """What the address asks; an empty field of a form asks nothing.

    Raises:
        BadSetting: A name or a value is none that can be asked.
    """
    return converted({k: v for k, v in query.items() if v.strip()}, kind)


async def body_of(request: Request, kind: type[T]) -> T | Response:
    """What is sent as JSON, or the error."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        # also keeps forms of other sites out, which cannot send this type without being asked first
        return fault("bad-request", "send application/json", status=415)
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except msgspec.DecodeError as error:
        return fault("bad-request", str(error))


def guarded(answer: Callable[[], Response]) -> Response:
    """The answer, or the error in its one shape."""
    try:
        return answer()
    except DetenteError as error:
        reason, detail, status = fault_of(error)
        return fault(reason, detail, status=status)


def fault_of(error: DetenteError) -> tuple[str, str, int]:
    """Reason, sentence and status of an error."""
    if isinstance(error, BadInput):
        return error.reason, str(error), STATUS["refused"]
    kinds: list[tuple[type[DetenteError] | tuple[type[DetenteError], ...], str]] = [
        (answers.NotThere, "not-found"), ((BadSetting, UnknownCode), "bad-request"), (Busy, "busy"), (StoreProblem, "store"),
    ]  # fmt: skip
    reason = next((reason for kind, reason in kinds if isinstance(error, kind)), "store")
    if isinstance(error, BadSetting):  # who asks a page has no options
        return reason, f"{FIELD_OF.get(error.name, error.name.removeprefix('--'))} = {error.value!r}, but {error.rule}", STATUS[reason]
    return reason, str(error), STATUS[reason]


def json(answer: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A response of JSON."""
    return Response(msgspec.json.encode(answer), status, headers, "application/json")


def fault(reason: str, detail: str, *, status: int = 400) -> Response:
    """An error; of one that will pass, when to ask again."""
    return json(ErrorAnswer(error=Fault(reason=reason, detail=detail)), status=status, headers={"retry-after": "1"} if status == 503 else None)


def _nothing(request: Request) -> Response:
    return fault("not-found", f"{request.url.path}: there is no such route; /api/openapi.json names them", status=404)


# --- tables to take home ------------------------------------------------------------------------------


def _download(ask: Asks, name: str, format: str, found: Iterator[Any], headers: dict[str, str]) -> Response:
    table = ask.tables[name]
    path = re.sub(r"/?\{[^}]*\}", "", ask.path).strip("/").replace("/", "-")
    told = {**headers, "content-disposition": f'attachment; filename="detente-{path}{"-" if name else ""}{name}.{format}"'}
    if format == "csv":
        return StreamingResponse(pieces(csv_lines(table, found)), media_type="text/csv; charset=utf-8", headers=told)
    if format == "parquet":
        return Response(parquet(table, found), media_type="application/vnd.apache.parquet", headers=told)
    lines = (msgspec.json.encode(row["event"] if ask.answer is Seen else row).decode() + "\n" for row in found)
    return StreamingResponse(pieces(lines), media_type="application/x-ndjson", headers=told)


def pieces(lines: Iterator[str]) -> Iterator[bytes]:
    """The lines, some hundred together: the server hands over each piece by a change of threads, which costs more than a line."""
    held: list[str] = []
    for line in lines:
        held.append(line)
        if len(held) == 256:
            yield "".join(held).encode()
            held.clear()
    yield "".join(held).encode()


def parquet(table: Table, found: Iterator[Any]) -> bytes:
    """A table as Parquet, columns as in CSV.

    Raises:
        BadSetting: It is too long to be made at once.
    """
    import polars

    rows = [table.cells(record) for record in islice(found, MOST_ROWS + 1)]
    if len(rows) > MOST_ROWS:
        raise BadSetting("format", "parquet", f"at most {MOST_ROWS:,} rows are made at once; ask for fewer days, take jsonl, or use `detente export`")
    frame = polars.DataFrame(rows, infer_schema_length=None, orient="row") if rows else polars.DataFrame(schema=dict.fromkeys(table.columns, polars.String))
    out = io.BytesIO()
    frame.select(table.columns).write_parquet(out, compression="zstd")
    return out.getvalue()


def csv_lines(table: Table, found: Iterator[Any]) -> Iterator[str]:
    """A table: names first, also when there are no rows."""
    yield _line(list(table.columns))
    for record in found:
        cells = table.cells(record)
        yield _line([cells[name] for name in table.columns])


def _line(cells: list[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([_harmless(cell) for cell in cells])
    return out.getvalue()


def _harmless(cell: Any) -> Any:
    """A text that a spreadsheet would run as a formula begins with an apostrophe; articles are hostile."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
