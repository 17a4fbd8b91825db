"""`detente relation` and `network`: what the events of files or of a store say of relations between states."""

from __future__ import annotations

import datetime as dt
import shlex
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from detente.cli.guard import plain_errors
from detente.cli.options import AsCoded, Kept, KnownToday, RunNumber, begun_day_in, day_in
from detente.cli.saying import tell, tell_changes
from detente.errors import BadSetting

if TYPE_CHECKING:
    import polars

    from detente.relating import Related
    from detente.relations.network import Network
    from detente.relations.relation import Band, Relation, Told
    from detente.relations.tables import Events

EventFile = Annotated[
    str | None, typer.Option("--events", help="Parquet, CSV or JSONL of events, or what `detente read` wrote; - is standard input.")
]
Since = Annotated[str | None, typer.Option(help="First day to show, YYYY-MM-DD.")]
Until = Annotated[str | None, typer.Option(help="Last day to know of, YYYY-MM-DD.")]
Status = Annotated[str, typer.Option(help="Which events count: actual, future, hypothetical, negated, with commas between.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
First = Annotated[str, typer.Argument(help="Code of a state, such as USA.")]
Second = Annotated[str, typer.Argument(help="Code of another.")]


@plain_errors
def relation(  # noqa: PLR0913 - one for each option
    a: First,
    b: Second,
    events: EventFile = None,
    store: Kept = None,
    run: RunNumber = None,
    since: Since = None,
    until: Until = None,
    today: KnownToday = None,
    directed: Annotated[bool, typer.Option("--directed", help="Only what the first does to the second.")] = False,  # noqa: FBT002
    status: Status = "actual",
    as_coded: AsCoded = False,  # noqa: FBT002
    plot: Annotated[Path | None, typer.Option(help="Draw it: FILE.svg, .html or .png.")] = None,
    json: Json = False,  # noqa: FBT002
) -> None:
    """Show a relation: its level, whether it turns or spirals, and the events behind that, with their sentences.

    Of a store, a story counts once for each independent text that tells it, as it stands after what people said of it. The fit of all its
    relations is kept beside it (relations/).

    Example: detente relation GRC TUR --events examples/relations.csv

    Example: detente relation GRC TUR --events examples/relations.csv --since 2026-01-01 --json
    """
    pair, first, last = codes(a, b), day_in(since, "--since"), begun_day_in(until, "--until", today=day_in(today, "--today"))
    told = opened(events, store, run, status, as_coded=as_coded, today=day_in(today, "--today"))
    from detente.relating import Related
    from detente.relations.relation import relation as related

    if isinstance(told, Related):
        found = told.relation(*pair, directed=directed, since=first, until=last)
    else:
        found = related(told.frame, *pair, directed=directed, since=first, until=last)
    if plot:
        from detente.relations.drawing import draw

        draw(found, plot)
    sys.stdout.write((msgspec.json.encode(found).decode() if json else "\n".join(relation_lines(found))) + "\n")
    end(told, since=first, until=last, pair=pair)


@plain_errors
def network(  # noqa: PLR0913 - one for each option
    events: EventFile = None,
    store: Kept = None,
    run: RunNumber = None,
    since: Annotated[str | None, typer.Option(help="First day that counts, YYYY-MM-DD.")] = None,
    until: Until = None,
    today: KnownToday = None,
    status: Status = "actual",
    as_coded: AsCoded = False,  # noqa: FBT002
    graphml: Annotated[Path | None, typer.Option(help="Write the network here, for Gephi and its like.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw it: FILE.svg or .png.")] = None,
    json: Json = False,  # noqa: FBT002
) -> None:
    """Show who stands where: camps, outsiders, brokers, and the worst relations of a period, each by the mean of its level over the days.

    Example: detente network --events examples/relations.csv

    Example: detente network --store build/record --since 2026-01-01 --graphml network.graphml --plot network.svg
    """
    from detente.relations.network import network as standing
    from detente.relations.network import write_graphml
    from detente.relations.panel import known_until, panel_of

    last = begun_day_in(until, "--until", today=day_in(today, "--today"))
    told = opened(events, store, run, status, as_coded=as_coded, today=day_in(today, "--today"))
    frame = frame_of(told)
    first = day_in(since, "--since")
    panel = panel_of(frame, since=first, until=known_until(frame, last))
    found = standing(panel)
    if graphml:
        write_graphml(found, graphml)
    if plot:
        _draw_network(found, plot, since=panel.first, until=panel.last)
    if json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    else:
        for camp in sorted({s.camp for s in found.states if s.camp is not None}):
            sys.stdout.write(f"camp {camp}: {', '.join(sorted(s.code for s in found.states if s.camp == camp))}\n")
        sys.stdout.write(f"outsiders: {', '.join(sorted(s.code for s in found.states if s.camp is None)) or 'none'}\n")
        sys.stdout.write(f"brokers: {', '.join(f'{s.code} {s.between:.2f}' for s in found.states[:5] if s.between > 0) or 'none'}\n")
        beside = "`detente relation` has that of the last day" + (", and lets the days before count" if since else "")
        sys.stdout.write(f"worst relations, by the mean level of {panel.first} to {panel.last} ({beside})\n")
        for one, other, points, n in sorted(found.lines, key=lambda line: line[2])[:5]:
            sys.stdout.write(f"  {one} – {other} {points:+.1f} points, {n:,.0f} reports\n")
    end(told, since=first, until=last)


def _draw_network(found: Network, file: Path, *, since: dt.date, until: dt.date) -> None:
    """Write the picture that the workbench shows of a network.

    Raises:
        BadSetting: Another suffix than .svg and .png, no line to draw, or PNG without matplotlib.
    """
    from detente.web.drawing import web_of_states
    from detente.web.periods import standing
    from detente.web.scene import png, svg

    forms = {".svg": svg, ".png": png}
    if file.suffix not in forms:
        raise BadSetting("--plot", str(file), "it must end in .svg or .png")
    scene = web_of_states(standing(found, str(since), str(until)))
    if scene is None:
        raise BadSetting("--plot", str(file), "there is nothing to draw: no two states have five reports of each other in this period")
    file.write_bytes(forms[file.suffix](scene))


def opened(path: str | None, store: Path | None, run: int | None, status: str, *, as_coded: bool = False, today: dt.date | None = None) -> Events | Related:
    """The events of a file, none of them of a day still to come as of `today` (the clock's when None), or the relations of a store.

    Raises:
        BadSetting: Neither or both are named, no such status, no such file, or what relations need is not installed.
        StoreProblem: There is no such store.
    """
    from importlib.util import find_spec

    from detente.ontology import PLOVER

    if (path is None) == (store is None):
        told = "neither" if path is None else f"{path} and {store}"
        raise BadSetting("--events, --store", told, "one of them must be named: --events FILE, or --store DIR")
    if find_spec("scipy") is None or find_spec("networkx") is None:
        raise BadSetting("relations", "not installed", "this command needs more: pip install 'detente[relations]'")
    statuses = [part.strip() for part in status.split(",")]
    for each in statuses:
        if each not in PLOVER.statuses:
            raise BadSetting("--status", each, f"it must be one of {', '.join(PLOVER.statuses)}")
    if path is not None:
        from detente.relations.tables import read_events

        try:
            found = read_events(path, statuses=statuses, today=today)
        except BadSetting:
            _demand_own_layout(path)
            raise
        _demand_rows(found.frame.height, found.refused, path)
        return found
    from detente.relating import related
    from detente.review import Reviewed
    from detente.store import open_store

    return related(Reviewed(open_store(store or Path(), run=run), as_coded=as_coded), statuses=statuses, tell=tell)


def _demand_own_layout(path: str) -> None:
    """Refuse a file that is known to have the layout of others.

    Raises:
        BadSetting: It has one, with the commands that bring its events here.
    """
    from detente.formats.layouts import layout_of
    from detente.formats.rows import Line, lines

    first = None if path == "-" else next(lines(path, Counter()), None)
    layout = layout_of([first]) if isinstance(first, Line) else None
    if layout not in (None, "detente"):
        given, kept = shlex.quote(path), "events.jsonl"
        raise BadSetting("--events", path, f"it looks like {layout}; bring it here first: detente import {given} --format {layout} --output {kept}, then --events {kept}")


def frame_of(told: Events | Related) -> polars.DataFrame:
    """The rows of all dyads.

    Raises:
        BadSetting: A store has none.
    """
    if isinstance(told, tuple):
        return told.frame
    _demand_rows(told.rows, told.about.refused, str(told.store.folder))
    return told.events().frame


def _demand_rows(usable: int, refused: dict[str, int], where: str) -> None:
    """Refuse events of which none can be used, and say why."""
    if not usable:
        raise BadSetting("events", where, f"it has none with a date between two states ({_counted(refused) or 'it is empty'}); news need a day of publication (--published)")


def _counted(refused: dict[str, int]) -> str:
    return ", ".join(f"{reason} {n}" for reason, n in refused.items())


def end(told: Events | Related, *, since: dt.date | None = None, until: dt.date | None = None, pair: tuple[str, str] | None = None) -> None:
    """What was not used, what people changed, and that `until` lies after what is known, on standard error; exit code 1 when rows of a file were refused that should have been usable.

    The days and the pair are those of the answer.
    """
    _tell_end(told, until)
    if not isinstance(told, tuple):
        tell_changes(told.changes(pair, since=since, until=until))
    kept, of_store = (told, False) if isinstance(told, tuple) else (told.about, True)
    for note in kept.notes:
        tell(note)
    if kept.refused:
        used = told.frame.height if isinstance(told, tuple) else told.rows
        tell(f"{used} rows used, {sum(kept.refused.values())} not ({_counted(kept.refused)})")
    # events of another status, without a day, within a state or told twice are no fault of the file
    if not of_store and set(kept.refused) - {"another status", "no day", "within one state", "same id", "no source", "no target"}:
        raise typer.Exit(1)


def _tell_end(told: Events | Related, until: dt.date | None) -> None:
    """Say so when the events end before the last day that was asked for."""
    if until is None:
        return
    last = told.frame["day"].max() if isinstance(told, tuple) else told.last
    if isinstance(last, dt.date) and last < until:
        tell(f"the events end on {last}, {(until - last).days:,} days before --until: what comes after is unknown, and the answer is of that day")


def codes(a: str, b: str) -> tuple[str, str]:
    """Two codes, upper case.

    Raises:
        BadSetting: They are one.
    """
    first, second = a.strip().upper(), b.strip().upper()
    if first == second:
        raise BadSetting("codes", f"{first} {second}", "a relation is between two; name another code")
    return first, second


def relation_lines(found: Relation) -> list[str]:
    """The relation in words."""
    arrow, mean = "→" if found.directed else "–", sum(found.series.level) / len(found.series.level)
    lines = [
        f"{found.a} {arrow} {found.b}   {found.first} to {found.last}; {found.reports:,.0f} reports",
        f"  verdict   {found.verdict.words}: {found.verdict.why}",
        f"  level     {band(found.level)} points an average event on {found.last}, 80 % band; mean of the days {mean:+.2f}",
    ]
    lines += [f"  change    {band(found.change)} in 90 days"] if found.change else []
    lines += [f"  {name:<18}{r.value:8.3f} [{r.low:.3f}, {r.high:.3f}] reports a day of average news" for name, r in found.rates.items()]
    lines += [] if found.rates else ["  rates     unknown: fewer than 30 days are known"]
    if found.answers:
        for who, whom, answer in ((found.a, found.b, found.answers.a_to_b), (found.b, found.a, found.answers.b_to_a)):
            proof = "borne out" if answer.answers else "not borne out"
            lines.append(f"  answers   {who} answers {whom}'s conflict {answer.answer:.2f} [{answer.low:.2f}, {answer.high:.2f}] times, half within {answer.half_life:.0f} days; {proof} on held-out days")
    else:
        lines.append("  answers   unknown: too few acts of conflict on one side")
    for turn in found.turns:
        lines.append(f"  turned    {turn.day} ({turn.earliest} to {turn.latest}), chance {turn.chance:.2f}: {rate_words(turn.before, turn.after)}")
        lines += event_lines(turn.events)
    lines += ["  moved most by", *event_lines(found.movers)] if found.movers else []
    return lines


def rate_words(before: dict[str, float], after: dict[str, float]) -> str:
    """What changed, such as conflict 0.40 → 2.10."""
    return ", ".join(f"{name} {before[name]:.2f} → {after[name]:.2f} a day" for name in ("conflict", "cooperation"))


def event_lines(events: Iterable[Told]) -> list[str]:
    """An event a line, its sentence and what papers dispute of it below."""
    lines = []
    for e in events:
        lines.append(f"    {e.day} {e.source} → {e.target} {e.type or 'event'} {e.points:+.1f}" + (f" ×{e.n:g}" if e.n != 1 else "") + (f"   {e.id}" if e.id else ""))
        lines += [f"      {e.text.strip()}"] if e.text else []
        lines += [f"      disputed: {', '.join(e.disputed)}"] if e.disputed else []
    return lines


def band(b: Band) -> str:
    """A value with its band, such as +1.2 [-0.3, +2.7]."""
    return f"{b.value:+.2f} [{b.low:+.2f}, {b.high:+.2f}]"
