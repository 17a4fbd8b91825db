"""`detente audit`: whether rows of GDELT or ICEWS hold in their source texts, row by row."""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections import Counter, OrderedDict
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from detente.cli.formats import counted, opened
from detente.cli.guard import plain_errors
from detente.cli.options import Today, day_in
from detente.errors import BadInput, BadSetting
from detente.records import Coded, Document, Event, Refused

if TYPE_CHECKING:
    from detente.formats.audit import Finding, Summary
    from detente.pipeline import Tools

audit_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None,
    help="Check rows of event data against their source texts.\n\nExample: detente audit gdelt examples/formats/rows.CSV --texts examples/formats/texts --files examples/formats/texts.csv",
)  # fmt: skip

KEPT_TEXTS = 64
"""Coded texts that are kept: the rows of one text stand near each other, and a text is read once."""

SUFFIXES = (".txt", ".html", ".htm")
COLUMNS = "row verdict detail type actors date status row_type row_actor row_recipient row_date our_id our_type our_actor our_recipient our_date our_enddate sentence document"


class Shape(StrEnum):
    """How the audit prints."""

    table = "table"
    csv = "csv"
    jsonl = "jsonl"


Rows = Annotated[str, typer.Argument(help="Rows in their own layout, .gz and .zip too; - is standard input.", metavar="ROWS|-")]
Texts = Annotated[Path, typer.Option(help="Folder of .txt and .html files, each named by the number of its event (GDELT, ICEWS) or story (ICEWS).")]
Files = Annotated[
    Path | None, typer.Option(help="CSV with the columns url and file (or id and file), for texts that are named otherwise; `published` may stand beside.")
]
Days = Annotated[int, typer.Option(min=0, max=366, help="Days by which dates may differ.")]
Format = Annotated[Shape, typer.Option(help="How to print.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write here instead of standard output.")]


@audit_app.command()
@plain_errors
def gdelt(  # noqa: PLR0913 - one for each option
    rows: Rows,
    texts: Texts,
    files: Files = None,
    days: Days = 0,
    format: Format = Shape.table,
    output: Output = None,
    today: Today = None,
) -> None:
    """Audit rows of GDELT 1.0 or 2.0: do type, actors, date and status hold in the article that the row names?

    The text is taken to be published on the day of DATEADDED.

    Example: detente audit gdelt examples/formats/rows.CSV --texts examples/formats/texts --files examples/formats/texts.csv

    Example: detente audit gdelt examples/formats/rows.CSV --texts examples/formats/texts --files examples/formats/texts.csv --format csv
    """
    _audit(rows, "gdelt", Folder(texts, files, today=day_in(today, "--today")), days=days, shape=format, output=output)


@audit_app.command()
@plain_errors
def icews(  # noqa: PLR0913 - one for each option
    rows: Rows,
    texts: Texts,
    files: Files = None,
    days: Days = 0,
    format: Format = Shape.table,
    output: Output = None,
    today: Today = None,
) -> None:
    """Audit rows of ICEWS: do type, actors, date and status hold in the story?

    ICEWS dates an event by its story, so the text is taken to be published on the row's day.

    Example: detente audit icews examples/formats/rows.tab --texts examples/formats/texts
    """
    _audit(rows, "icews", Folder(texts, files, today=day_in(today, "--today")), days=days, shape=format, output=output)


class Folder:
    """Which file holds the text of a row."""

    def __init__(self, folder: Path, files: Path | None, *, today: dt.date | None = None) -> None:
        """Look at the folder and the map.

        Args:
            folder: Where the texts are.
            files: A CSV that names them by url or id.
            today: The day from which the future counts; the clock's, UTC, when None.

        Raises:
            BadSetting: There is no such folder, or the map breaks a rule.
        """
        if not folder.is_dir():
            raise BadSetting("--texts", str(folder), "it must be a folder of .txt and .html files")
        self.folder, self.today = folder, today
        self._named = {f.stem: f for f in sorted(folder.iterdir(), reverse=True) if f.suffix.lower() in SUFFIXES}
        self._mapped = _mapped(files) if files else {}

    def text_of(self, row: Event, published: dt.date | None) -> Document | Refused:
        """The document of a row, or why there is none: `no-text`, or what a text can be refused for."""
        from detente.sources.text import from_future

        file, day = self._file_of(row)
        if file is None:
            told = f"{row.id}: {self.folder} has no text named {' or '.join(_names(row))}"
            return Refused(document=row.id, reason="no-text", detail=told + "; name it so, or give --files")
        try:
            document = document_in(file, published=day or published)
        except OSError as error:
            return Refused(document=row.id, reason="no-text", detail=f"{row.id}: {file}: {error.strerror or error}")
        except BadInput as error:
            return Refused(document=row.id, reason=error.reason, detail=f"{row.id}: {error}")
        return from_future(document, self.today) or document

    def _file_of(self, row: Event) -> tuple[Path | None, dt.date | None]:
        for key in (row.text_info.document, *_names(row)):
            if key in self._mapped:
                name, day = self._mapped[key]
                return self.folder / name, day
        return next((self._named[n] for n in _names(row) if n in self._named), None), None


def _names(row: Event) -> list[str]:
    """The numbers by which a row's text may be called: its event's, its story's."""
    event = row.id.removeprefix("gdelt-").removeprefix("icews-").split("-")[0]
    story = row.text_info.document.removeprefix("icews-story-")
    return [event, story] if story != row.text_info.document else [event]


def _mapped(file: Path) -> dict[str, tuple[str, dt.date | None]]:
    """File and day of publication by url or id.

    Raises:
        BadSetting: The map cannot be read, or has not the columns.
    """
    from detente.sources.text import day_of

    try:
        with file.open(encoding="utf-8-sig", newline="") as rows:
            read = csv.DictReader(rows)
            key = next((k for k in ("url", "id") if k in (read.fieldnames or ())), None)
            if key is None or "file" not in (read.fieldnames or ()):
                raise BadSetting("--files", str(file), "its first line must name the columns url and file, or id and file")
            return {r[key]: (r["file"] or "", day_of(r["published"]) if r.get("published") else None) for r in read}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadSetting("--files", str(file), f"it cannot be read: {error}") from error


def document_in(file: Path, *, published: dt.date | None) -> Document:
    """The text of a file; of a page its article.

    Raises:
        BadInput: It holds no English text.
    """
    from detente.sources.text import decoded, document_of

    text = decoded(file.read_bytes(), str(file))
    if file.suffix.lower() != ".txt":
        text = article_in(text, str(file))
    return document_of(text, str(file), published=published, id=file.stem)


def article_in(page: str, source: str) -> str:
    """The article of a web page, without menus and advertisements.

    Raises:
        BadInput: `empty`: there is none.
    """
    import trafilatura

    text = trafilatura.extract(page, include_comments=False, include_tables=False)
    if not text:
        raise BadInput(source, "empty", "no article was found in the page; save its text as .txt")
    return str(text)


# --- the audit -----------------------------------------------------------------------------------


def _audit(rows: str, format: str, folder: Folder, *, days: int, shape: Shape, output: Path | None) -> None:
    from detente.formats.audit import summary
    from detente.pipeline import open_tools

    refused: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    with opened(output, "--output") as out:
        if out is None:
            raise BadSetting("--output", str(output), "it cannot be written")
        show = Shower(shape, out)
        for found in findings(rows, format, folder, open_tools(threads=2), days=days):
            if isinstance(found, Refused):
                refused[found.reason] += 1
                sys.stderr.write(f"detente: refused: {found.detail}\n")
            else:
                verdicts[found.verdict] += 1
                show(found)
        told = summary(verdicts)
        if shape is Shape.table:
            out.write(summary_lines(told).encode())
        out.flush()
    if shape is not Shape.table:
        sys.stderr.write(summary_lines(told))
    if refused:
        sys.stderr.write(f"detente: {told.audited + refused.total()} rows: {told.audited} audited, {counted(refused, 'refused')}\n")
        raise typer.Exit(1)


def findings(rows: str, format: str, folder: Folder, tools: Tools, *, days: int) -> Iterator[Finding | Refused]:
    """The finding of each row that has a text, a refusal of each other; in the order of the rows."""
    from detente.formats import begun, read_events
    from detente.formats.audit import finding

    texts: OrderedDict[tuple[str, str | None], Coded | Refused] = OrderedDict()
    for row in begun(read_events(rows, format), today=folder.today):
        if isinstance(row, Refused):
            yield row
            continue
        written = row.coded_date or (row.date if format == "icews" else None)
        document = folder.text_of(row, dt.date.fromisoformat(written) if written else None)
        coded = document if isinstance(document, Refused) else _coded(document, tools, texts)
        if isinstance(coded, Refused):
            yield Refused(document=row.id, reason=coded.reason, detail=coded.detail)
        else:
            yield finding(row, coded.events, days=days)


def _coded(document: Document, tools: Tools, texts: OrderedDict[tuple[str, str | None], Coded | Refused]) -> Coded | Refused:
    from detente.pipeline import code_all

    key = (document.sha256, document.published.isoformat() if document.published else None)
    if key not in texts:
        (texts[key],) = code_all([document], tools, workers=1)
        if len(texts) > KEPT_TEXTS:
            texts.popitem(last=False)
    texts.move_to_end(key)
    return texts[key]


class Shower:
    """Writes findings one by one."""

    def __init__(self, shape: Shape, out: IO[bytes]) -> None:
        """Write what stands before the first finding.

        Args:
            shape: table, csv or jsonl.
            out: Where to.
        """
        self.shape, self.out = shape, out
        if shape is Shape.csv:
            self._csv(COLUMNS.split())

    def __call__(self, found: Finding) -> None:
        """Write one finding."""
        if self.shape is Shape.jsonl:
            self.out.write(msgspec.json.encode(found) + b"\n")
        elif self.shape is Shape.csv:
            self._csv(list(row_of(found).values()))
        else:
            self.out.write(table_lines(found).encode())

    def _csv(self, cells: list[Any]) -> None:
        import io

        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(cells)
        self.out.write(line.getvalue().encode("utf-8", "replace"))


def row_of(found: Finding) -> dict[str, Any]:
    """One finding, flat: what holds, the row, and our event with its sentence."""
    row, ours = found.row, found.ours
    cells = (
        row.id, found.verdict, found.detail, found.type, found.actors, found.date, found.status,
        row.event[0], _side(row, "actor"), _side(row, "recipient"), row.date,
        *((ours.id, ours.event[0], _side(ours, "actor"), _side(ours, "recipient"), ours.date, ours.enddate, ours.text) if ours else (None,) * 7),
        row.text_info.document,
    )  # fmt: skip
    return dict(zip(COLUMNS.split(), cells, strict=True))


def _side(event: Event, role: str) -> str:
    return "|".join(" ".join(p for p in (e.code, e.sector, e.name or e.entity_text) if p) for e in getattr(event, role))


def table_lines(found: Finding) -> str:
    """A finding in up to three lines: the row with its verdict, our event, its sentence."""
    from detente.cli.printing import headline

    lines = [f"{found.verdict.upper():<20} {found.row.id}  {headline(found.row).plain}"]
    if found.ours is not None:
        lines += [f"{'':<20} {found.ours.id}  {headline(found.ours).plain}", f"{'':<20} “{found.ours.text}”"]
    if found.detail:
        lines += [f"{'':<20} {found.detail}"]
    return "\n".join(line.replace("\n", " ") for line in lines) + "\n\n"


def summary_lines(told: Summary) -> str:
    """Counts, and the share that holds with its interval."""
    from detente.formats.audit import RIGHT_HOLD, WRONG_HOLD

    lines = [f"{n:>6}  {verdict}" for verdict, n in told.verdicts.items()]
    if told.holds is not None and told.low is not None and told.high is not None:
        lines += [f"{told.audited:>6}  rows audited: {told.holds:.0%} hold (95 % interval {told.low:.0%} to {told.high:.0%})"]
        lines += [f"        on gold this program finds {RIGHT_HOLD:.0%} of right rows and {WRONG_HOLD:.0%} of wrong ones to hold: look at the others (docs/formats.md)"]
    else:
        lines += ["     0  rows audited"]
    return "\n".join(lines) + "\n"
