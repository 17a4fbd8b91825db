"""`detente forecast`, `ledger` and `backtest`: what is to come, what was foretold and came, what would have been foretold."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from detente.cli.guard import plain_errors
from detente.cli.options import AsCoded, Folder, Kept, KnownToday, RunNumber, begun_day_in, day_in
from detente.cli.relations import EventFile, First, Json, Second, Status, Until, codes, end, frame_of, opened
from detente.cli.saying import bar, tell
from detente.errors import BadSetting

if TYPE_CHECKING:
    from detente.issuing import Record
    from detente.relating import Related
    from detente.relations.backtest import Row
    from detente.relations.outlook import Chance, Outlook
    from detente.relations.tables import Events


@plain_errors
def forecast(  # noqa: PLR0913 - one for each option
    a: First,
    b: Second,
    events: EventFile = None,
    store: Kept = None,
    run: RunNumber = None,
    weeks: Annotated[int, typer.Option(min=1, max=52, help="Weeks ahead.")] = 4,
    until: Until = None,
    today: KnownToday = None,
    status: Status = "actual",
    as_coded: AsCoded = False,  # noqa: FBT002
    issue: Annotated[bool, typer.Option("--issue", help="Write it into the store's ledger, to be graded when the days have come (`detente ledger`).")] = False,  # noqa: FBT002
    json: Json = False,  # noqa: FBT002
) -> None:
    """Forecast reports of conflict and cooperation, the level, and the chance of a turn in the coming weeks, beside the dumb rivals.

    The level is told as the mean points of the reports that come, if any do. A turn is told beside the base rate, the share of such weeks
    in which relations turned; it needs some 40 weeks of events to learn from, and stands in no ledger. With --issue the forecast is written into the ledger: once
    for a pair, a last day, weeks and version, and never changed.

    Example: detente forecast GRC TUR --events examples/relations.csv --weeks 4
    """
    pair, last = codes(a, b), begun_day_in(until, "--until", today=day_in(today, "--today"))
    if issue and (store is None or last is not None):
        raise BadSetting("--issue", "--until" if store else "--events", "a forecast is issued into a store's ledger, for what comes after its last day: name --store, and no --until")
    if issue and as_coded:
        raise BadSetting("--issue", "--as-coded", "what is issued is graded on what stands after people; leave one of the two out")
    told = opened(events, store, run, status, as_coded=as_coded, today=day_in(today, "--today"))
    day, found, turns = _foretold(told, pair, weeks, last)
    if json:
        sys.stdout.write(msgspec.json.encode([*found, *turns]).decode() + "\n")
    else:
        sys.stdout.write(f"{pair[0]} – {pair[1]}   {weeks} weeks from {day}; reports and mean points, and the bands that hold 80 and 95 %\n")
        sys.stdout.write("".join(map(_outlook_line, found)))
        sys.stdout.write("".join(f"  {each.what:<12} {each.who:<10} {each.chance:8.1%}\n" for each in turns))
    if issue:
        _issue(told, pair, weeks)
    end(told, until=last, pair=pair)


def _foretold(told: Events | Related, pair: tuple[str, str], weeks: int, until: dt.date | None) -> tuple[dt.date, tuple[Outlook, ...], tuple[Chance, ...]]:
    from detente.issuing import outlook_of, turn_in, turn_of
    from detente.relating import Related
    from detente.relations.level import fit
    from detente.relations.outlook import outlook
    from detente.relations.panel import known_until, panel_of
    from detente.relations.pooled import learned

    if isinstance(told, Related):
        return *outlook_of(told, *pair, weeks=weeks, until=until), turn_of(told, *pair, weeks=weeks, until=until)
    panel = panel_of(told.frame, until=known_until(told.frame, until))
    row, settings = panel.row(*sorted(pair)), fit(panel)
    return panel.last, outlook(panel.only(row), settings, learned(panel, settings, weeks), weeks=weeks), turn_in(panel, *pair, weeks=weeks)


def _outlook_line(each: Outlook) -> str:
    places = 1 if each.what == "level" else 0
    bands = (f"[{low:.{places}f}, {high:.{places}f}]" for low, high in ((each.low_80, each.high_80), (each.low_95, each.high_95)))
    return f"  {each.what:<12} {each.who:<10} {each.mean:8.1f}   {'   '.join(bands)}\n"


def _issue(told: Events | Related, pair: tuple[str, str], weeks: int) -> None:
    from detente.issuing import issue
    from detente.relating import Related

    assert isinstance(told, Related)  # for the type checker: --issue asks for --store
    new = issue(told, *pair, weeks=weeks, now=dt.datetime.now(dt.UTC))
    due = told.shared().last + dt.timedelta(7 * weeks)
    tell(f"issued; it can be graded once the store knows {due}" if new else "this forecast was issued before; the ledger keeps the first")


@plain_errors
def ledger(
    store: Folder,
    run: RunNumber = None,
    status: Status = "actual",
    plot: Annotated[Path | None, typer.Option(help="Draw how well calibrated the forecasts are: FILE.svg, .html or .png.")] = None,
    json: Json = False,  # noqa: FBT002
) -> None:
    """Grade the forecasts that were issued: what came is written beside those whose days are over, then all are graded.

    What came is that of the run shown: the one a forecast was told of, or a later one that codes or imports the same. Why others wait is said.

    CRPS and Brier score (0 is perfect), how much of the truth the 80 and 95 % bands held, how often what was told came; ours beside the rivals.

    Example: detente ledger --store build/record
    """
    from detente.issuing import record, settle, waiting

    told = opened(None, store, run, status)
    assert not isinstance(told, tuple)  # for the type checker: a store was named
    settled = settle(told, now=dt.datetime.now(dt.UTC))
    found = record(told.store)
    if plot:
        from detente.relations.drawing import draw_calibration

        draw_calibration(found.grades, plot)
    sys.stdout.write(msgspec.json.encode(found).decode() + "\n" if json else "".join(f"{line}\n" for line in _record_lines(found)))
    tell(f"{settled} settled now")
    for reason, n in waiting(told).items():
        tell(f"{n} waiting, {reason}")


def _record_lines(found: Record) -> list[str]:
    lines = [f"{found.issued} forecasts issued: {found.settled} settled ({found.unknown} of them without anybody knowing what came, {found.by_others} by a later run than they were told of), {found.waiting} waiting"]
    if found.grades:
        lines.append(f"{'what':<12} {'weeks':>5} {'who':<10} {'n':>5} {'CRPS':>8} {'Brier':>6} {'in 80 %':>8} {'in 95 %':>8}   chance told → came")
    for g in found.grades:
        chances = ", ".join(f"{c.told:.2f} → {c.came:.2f} ({c.n})" for c in g.chances)
        lines.append(f"{g.what:<12} {g.weeks:>5} {g.who:<10} {g.n:>5} {g.crps:>8.3f} {g.brier:>6.3f} {g.in_80:>8.2f} {g.in_95:>8.2f}   {chances}")
        lines += [f"{'':<12} {'':>5} {g.verdict}"] if g.verdict else []
    return lines


@plain_errors
def backtest(  # noqa: PLR0913 - one for each option
    events: EventFile = None,
    store: Kept = None,
    run: RunNumber = None,
    dyads: Annotated[int, typer.Option(min=1, help="So many dyads, those with most reports.")] = 200,
    status: Status = "actual",
    as_coded: AsCoded = False,  # noqa: FBT002
    json: Json = False,  # noqa: FBT002
) -> None:
    """Score forecasts of past days against the dumb rivals: skill above 0 is better than the rival, below 0 worse.

    Reports of conflict and cooperation, the level, turns of the relation against their base rate, and who does what to whom, whose rival
    says that what recurred recurs. Of 1, 4 and 12 weeks those are scored of which the days hold eight stretches; turns want 86 weeks.

    Example: detente backtest --events examples/two_years.csv
    """
    import numpy as np

    from detente.relations.backtest import WEEKS, backtest_level, days_for, lengths_of
    from detente.relations.backtest import backtest as tested
    from detente.relations.next_turn import backtest_turns
    from detente.relations.panel import panel_of
    from detente.relations.pooled import KINDS
    from detente.relations.recurrency import recurrency

    told = opened(events, store, run, status, as_coded=as_coded)
    panel = panel_of(frame_of(told))
    rows = np.sort(np.argsort(-panel.totals(), kind="stable")[:dyads])
    with bar() as watching:
        found = [row for what, classes in KINDS.items() for row in tested(panel, rows, classes, what, watching=watching)]
        found += backtest_level(panel, rows, watching=watching)
        found += backtest_turns(panel, rows, watching=watching)
        found += recurrency(panel_of(frame_of(told), directed=True), 2 * dyads, watching=watching)
    if json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    else:
        sys.stdout.write("".join(map(_score_line, found)))
    for weeks in WEEKS:
        if panel.known.sum() < days_for(weeks):
            tell(f"{weeks} weeks are not scored: {days_for(weeks)} days are needed, {panel.known.sum()} are known")
    for line in _unscored(found, lengths_of(panel.known)):
        tell(line)
    end(told)


def _score_line(r: Row) -> str:
    """Whether ours is better than a rival, and by how much."""
    if isnan(r.crps_skill):
        judged = f"cannot be better than {r.rival}, which missed nothing"
    else:
        word = "better" if r.crps_low > 0 else "worse" if r.crps_high < 0 else "beside" if isnan(r.crps_low) else "no better"
        interval = ", of too few relations for an interval" if isnan(r.crps_low) else f" [{r.crps_low:+.3f}, {r.crps_high:+.3f}]"
        rival = r.rival if word == "beside" else f"than {r.rival}"
        # yes or no has one score
        judged = f"{word} {rival}: {'Brier' if r.in_80 is None else 'CRPS'} skill {r.crps_skill:+.3f}{interval}"
        judged += f", Brier {r.brier_skill:+.3f}" if r.in_80 is not None else ""
    bands = f"; bands hold {r.in_80:.2f} of 0.80, {r.in_95:.2f} of 0.95" if r.in_80 is not None else ""
    return f"{r.what:<18} {r.weeks:>2} weeks   {judged}{bands}\n"


def _unscored(found: list[Row], lengths: tuple[int, ...]) -> Iterator[str]:
    """What of these lengths there is no score of, and why."""
    from detente.relations.forecast import RIVALS
    from detente.relations.next_turn import needed
    from detente.relations.pooled import KINDS

    scored = {(r.what, r.weeks, r.rival) for r in found}
    for rival in RIVALS:
        if left := [f"{what} {weeks} weeks" for what in (*KINDS, "level") for weeks in lengths if (what, weeks, rival) not in scored]:
            yield f"not scored against {rival}: {', '.join(left)}; before the first forecasts it has too few known stretches of its own"
    if late := [weeks for weeks in lengths if ("turn", weeks, "base rate") not in scored]:
        wanted = f"{needed(7 * late[0])} days or more must be known four weeks before the first forecast, told when half of the days are over"
        yield f"not scored: turn {', '.join(map(str, late))} weeks; {wanted}, and some relation must turn in the weeks foretold"
