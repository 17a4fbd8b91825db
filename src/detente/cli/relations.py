"""`detente relation`, `forecast`, `backtest`, `network`: what the events say of relations between states."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from detente.cli.guard import plain_errors
from detente.cli.options import day_in
from detente.errors import BadSetting

if TYPE_CHECKING:
    from detente.relations.relation import Band, Relation, Told
    from detente.relations.tables import Events

EventFile = Annotated[
    str, typer.Option("--events", help="Parquet, CSV or JSONL of events, or what `detente read` wrote; - is standard input.")
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
    events: EventFile,
    since: Since = None,
    until: Until = None,
    directed: Annotated[bool, typer.Option("--directed", help="Only what the first does to the second.")] = False,  # noqa: FBT002
    status: Status = "actual",
    plot: Annotated[Path | None, typer.Option(help="Draw it: FILE.svg, .html or .png.")] = None,
    json: Json = False,  # noqa: FBT002
) -> None:
    """Show a relation: its level, whether it turns or spirals, and the events behind that.

    Example: detente relation GRC TUR --events examples/relations.csv
    """
    told = read(events, status)
    from detente.relations.relation import relation as related

    found = related(told.frame, *codes(a, b), directed=directed, since=day_in(since, "--since"), until=day_in(until, "--until"))
    if plot:
        from detente.relations.drawing import draw

        draw(found, plot)
    sys.stdout.write((msgspec.json.encode(found).decode() if json else "\n".join(relation_lines(found))) + "\n")
    end(told)


@plain_errors
def forecast(  # noqa: PLR0913 - one for each option
    a: First,
    b: Second,
    events: EventFile,
    weeks: Annotated[int, typer.Option(min=1, max=52, help="Weeks ahead.")] = 4,
    until: Until = None,
    status: Status = "actual",
    json: Json = False,  # noqa: FBT002
) -> None:
    """Forecast reports of conflict and cooperation in the coming weeks, beside the dumb rivals.

    Example: detente forecast GRC TUR --events examples/relations.csv --weeks 4
    """
    import numpy as np

    from detente.relations.outlook import outlook
    from detente.relations.panel import panel_of

    told = read(events, status)
    panel = panel_of(told.frame, until=day_in(until, "--until"))
    pair = codes(a, b)
    found = outlook(panel, np.array([panel.row(*sorted(pair))]), weeks=weeks)
    if json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    else:
        sys.stdout.write(f"{pair[0]} – {pair[1]}   {weeks} weeks from {panel.last}; reports, and the bands that hold 80 and 95 %\n")
        for each in found:
            sys.stdout.write(f"  {each.what:<12} {each.who:<10} {each.mean:8.1f}   [{each.low_80:.0f}, {each.high_80:.0f}]   [{each.low_95:.0f}, {each.high_95:.0f}]\n")
    end(told)


@plain_errors
def backtest(
    events: EventFile,
    dyads: Annotated[int, typer.Option(min=1, help="So many dyads, those with most reports.")] = 200,
    status: Status = "actual",
    json: Json = False,  # noqa: FBT002
) -> None:
    """Score forecasts of past days against the dumb rivals: skill above 0 is better than the rival, below 0 worse.

    Example: detente backtest --events examples/two_years.csv
    """
    import numpy as np

    from detente.relations.backtest import backtest as tested
    from detente.relations.panel import CONFLICT, COOPERATION, panel_of

    told = read(events, status)
    panel = panel_of(told.frame)
    rows = np.sort(np.argsort(-panel.totals(), kind="stable")[:dyads])
    found = [row for classes, what in ((CONFLICT, "conflict"), (COOPERATION, "cooperation")) for row in tested(panel, rows, classes, what)]
    if json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    else:
        for r in found:
            word = "better" if r.crps_low > 0 else "worse" if r.crps_high < 0 else "no better"
            sys.stdout.write(f"{r.what:<12} {r.weeks:>2} weeks   {word} than {r.rival}: CRPS skill {r.crps_skill:+.3f} [{r.crps_low:+.3f}, {r.crps_high:+.3f}], Brier {r.brier_skill:+.3f}; bands hold {r.in_80:.2f} of 0.80, {r.in_95:.2f} of 0.95\n")
    end(told)


@plain_errors
def network(
    events: EventFile,
    since: Since = None,
    until: Until = None,
    status: Status = "actual",
    graphml: Annotated[Path | None, typer.Option(help="Write the network here, for Gephi and its like.")] = None,
    json: Json = False,  # noqa: FBT002
) -> None:
    """Show who stands where: camps, outsiders, brokers, and the worst relations of a period.

    Example: detente network --events examples/relations.csv
    """
    from detente.relations.network import network as standing
    from detente.relations.network import write_graphml
    from detente.relations.panel import panel_of

    told = read(events, status)
    found = standing(panel_of(told.frame, since=day_in(since, "--since"), until=day_in(until, "--until")))
    if graphml:
        write_graphml(found, graphml)
    if json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    else:
        for camp in sorted({s.camp for s in found.states if s.camp is not None}):
            sys.stdout.write(f"camp {camp}: {', '.join(sorted(s.code for s in found.states if s.camp == camp))}\n")
        sys.stdout.write(f"outsiders: {', '.join(sorted(s.code for s in found.states if s.camp is None)) or 'none'}\n")
        sys.stdout.write(f"brokers: {', '.join(f'{s.code} {s.between:.2f}' for s in found.states[:5] if s.between > 0) or 'none'}\n")
        for one, other, points, n in sorted(found.lines, key=lambda line: line[2])[:5]:
            sys.stdout.write(f"  {one} – {other} {points:+.1f} points, {n:,.0f} reports\n")
    end(told)


def read(path: str, status: str) -> Events:
    """The events of a file.

    Raises:
        BadSetting: No such status, or no such file.
    """
    from importlib.util import find_spec

    from detente.ontology import PLOVER

    if find_spec("scipy") is None or find_spec("networkx") is None:
        raise BadSetting("relations", "not installed", "this command needs more: pip install 'detente[relations]'")
    from detente.relations.tables import read_events

    statuses = [part.strip() for part in status.split(",")]
    for each in statuses:
        if each not in PLOVER.statuses:
            raise BadSetting("--status", each, f"it must be one of {', '.join(PLOVER.statuses)}")
    return read_events(path, statuses=statuses)


def end(told: Events) -> None:
    """What was not used, on standard error; exit code 1 when rows were refused that should have been usable."""
    for note in told.notes:
        sys.stderr.write(f"detente: {note}\n")
    if told.refused:
        counted = ", ".join(f"{reason} {n}" for reason, n in told.refused.items())
        sys.stderr.write(f"detente: {told.frame.height} rows used, {sum(told.refused.values())} not ({counted})\n")
    # events of another status, within a state or told twice are no fault of the file
    if set(told.refused) - {"another status", "within one state", "same id", "no source", "no target"}:
        raise typer.Exit(1)


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
    arrow = "→" if found.directed else "–"
    lines = [
        f"{found.a} {arrow} {found.b}   {found.first} to {found.last}; {found.reports:,.0f} reports",
        f"  verdict   {found.verdict.word} (chance {found.verdict.chance:.2f}): {found.verdict.why}",
        f"  level     {band(found.level)} points an average event, 80 % band",
    ]
    lines += [f"  change    {band(found.change)} in 90 days"] if found.change else []
    lines += [f"  {name:<18}{r.value:8.3f} [{r.low:.3f}, {r.high:.3f}] reports a day of average news" for name, r in found.rates.items()]
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


def event_lines(events: tuple[Told, ...]) -> list[str]:
    """An event a line, its sentence below."""
    lines = []
    for e in events:
        lines.append(f"    {e.day} {e.source} → {e.target} {e.type or 'event'} {e.points:+.1f}" + (f" ×{e.n:g}" if e.n != 1 else "") + (f"   {e.id}" if e.id else ""))
        lines += [f"      {e.text.strip()}"] if e.text else []
    return lines


def band(b: Band) -> str:
    """A value with its band, such as +1.2 [-0.3, +2.7]."""
    return f"{b.value:+.2f} [{b.low:+.2f}, {b.high:+.2f}]"
