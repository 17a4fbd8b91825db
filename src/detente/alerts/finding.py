"""What there is to tell: relations that turn, classes of acts that pass a rate, stories that are disputed."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator

import msgspec
import numpy as np
import polars

from detente.alerts.rules import Rate, Rules, Turn
from detente.errors import BadSetting
from detente.records import Story
from detente.relating import Related
from detente.relations import alarms, level
from detente.relations.panel import Floats, Panel, panel_of
from detente.relations.pooled import alone
from detente.relations.relation import Told, strongest
from detente.relations.tables import QUADS
from detente.review import Reviewed
from detente.store.known import demand_party

DYADS = 200
"""Dyads on which the threshold of turns is measured: the busiest half of them, and every n-th of the others."""

SHORTEST = 365
"""Days after the warm-up that a store must know for its own threshold; before that the one of `alarms.THRESHOLD` holds."""

AGAIN = f"; this turn was told before, and has become {alarms.Settings().graver:g} times as strong"

BEFORE = 3
"""Days before a turn whose events are told with it: the shortest span of the detector."""


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to tell. `about` and `day` say what it is; within `quiet` days the same is no news (None: ever after).

    `why` names the rule that fired, and for turns how often it fires without reason. `more` events than `events` fired it, which are the strongest.
    """

    id: str
    about: str
    day: dt.date
    quiet: int | None
    pair: tuple[str, ...]
    headline: str
    why: str
    events: tuple[Told, ...]
    more: int = 0


class Threshold(msgspec.Struct, frozen=True):
    """From which score a turn is told, and on what that was measured."""

    value: float
    measured_on: str


def found(relations: Related, rules: Rules) -> Iterator[Alert]:
    """Everything that happened within the last `rules.look_back` days and that a rule asks for, first days first, whether told before or not.

    A pair without events has nothing to tell, and is no error: its first event may come tomorrow.

    Raises:
        BadSetting: A rule names a code that nobody has.
    """
    pairs = [*(rule.pair for rule in rules.turn), *(rule.pair for rule in rules.rate), *(rule.pair for rule in rules.dispute if rule.pair)]
    for code in sorted({code for pair in pairs for code in pair}):
        demand_party(relations.store, code, "pair")
    alerts = [*_turns(relations, rules), *_rates(relations, rules), *_disputes(relations, rules)]
    sentences = relations.sentences([event.id for alert in alerts for event in alert.events if event.id and not event.text])
    for alert in sorted(alerts, key=lambda a: (a.day, a.about)):
        yield msgspec.structs.replace(alert, events=tuple(msgspec.structs.replace(e, text=e.text or sentences.get(e.id or "")) for e in alert.events))


def _turns(relations: Related, rules: Rules) -> Iterator[Alert]:
    if not rules.turn:
        return
    threshold = threshold_of(relations, rules.false_alarms)
    for turn in rules.turn:
        panel = _panel(relations, turn.pair)
        if panel is None:
            continue
        heard = alarms.alarms(daily(panel), threshold=threshold.value)[0]
        for day in _recent(panel, rules):
            if heard[day]:
                yield _turned(relations, turn, panel, (day, int(heard[day])), threshold)


def _turned(relations: Related, turn: Turn, panel: Panel, heard: tuple[int, int], threshold: Threshold) -> Alert:
    (number, sign), (a, b) = heard, turn.pair
    day, towards, graver = panel.day_of(number), "conflict" if sign < 0 else "cooperation", abs(sign) > 1
    near = relations.pair(a, b).filter(polars.col("day").is_between(day - dt.timedelta(BEFORE), day), (polars.col("points") < 0) == (sign < 0))
    return _alert(
        f"turn {a} {b} {towards}{' further' * graver}", day, alarms.Settings().quiet, (a, b), f"{a} – {b} turns {'further ' * graver}towards {towards} ({day})",
        f"the day's scores left the usual by more than {threshold.value:.2f}, {threshold.measured_on}{AGAIN * graver}", near,
    )  # fmt: skip


def threshold_of(relations: Related, a_year: float) -> Threshold:
    """The threshold at which relations of this store sounded at most `a_year` times a year; kept with the fit."""
    return relations.fitted(f"threshold-{a_year:g}", Threshold, lambda frame: _measured(panel_of(frame), a_year))


def _measured(panel: Panel, a_year: float) -> Threshold:
    days = int(panel.known.sum()) - alarms.Settings().warm_up
    if days < SHORTEST:
        value, word = alarms.THRESHOLD, "which GDELT's dyads of 2018-24 do, away from known shocks, at most once a dyad and year"
        return Threshold(value, f"{word} (the store knows too few days to measure it on its own)")
    rows = level.sample_of(panel.totals(), DYADS)
    scores = alarms.scores(np.concatenate([daily(panel.only(int(row))) for row in rows]))
    value = alarms.threshold_for(scores, days / 365.25, a_year=a_year)
    return Threshold(value, f"which {len(rows)} relations of this store do at most {a_year:g} times a year each on average, turns and false alarms together")


def daily(panel: Panel) -> Floats:
    """(1, n_days) points of each day of the first dyad, summed; NaN where nothing is known."""
    sums = panel.sums(np.array([0])).sum(axis=-1)
    return np.where(panel.exposure > 0, sums, np.where(sums != 0, sums, np.nan))


def _rates(relations: Related, rules: Rules) -> Iterator[Alert]:
    for rate in rules.rate:
        panel = _panel(relations, rate.pair)
        if panel is None:
            continue
        total = np.cumsum(panel.counts(np.array([0]))[0, :, QUADS[rate.kind] - 1])
        within = total - np.concatenate([np.zeros(min(rate.days, len(total))), total[: -rate.days]])
        above = within > rate.more_than
        for day in _recent(panel, rules):
            if above[day] and not (day and above[day - 1]):
                yield _passed(relations, rate, panel.day_of(day), float(within[day]))


def _passed(relations: Related, rate: Rate, day: dt.date, reports: float) -> Alert:
    a, b = rate.pair
    of_class = relations.pair(a, b).filter(polars.col("day").is_between(day - dt.timedelta(rate.days - 1), day), polars.col("quad") == QUADS[rate.kind])
    return _alert(
        f"rate {a} {b} {rate.kind} {rate.more_than:g} {rate.days}", day, rate.days, (a, b), f"{a} – {b}: {reports:g} reports of {rate.kind} within {rate.days} days ({day})",
        f"more than {rate.more_than:g} within {rate.days} days, and not the day before", of_class,
    )  # fmt: skip


def _disputes(relations: Related, rules: Rules) -> Iterator[Alert]:
    if not rules.dispute:
        return
    since = relations.shared().last - dt.timedelta(rules.look_back - 1)
    found = relations.store.query('SELECT "id" FROM stories WHERE disputed IS NOT NULL AND last_seen >= ?', [since])["id"]
    retold = {name: story for name, (_, story) in relations.reviewed.retold.items()}
    newly = [story for story in retold.values() if story is not None and story.disputed and (story.last_seen or "") >= since.isoformat()]
    told = [*newly, *(relations.store.story(name) for name in found if name not in retold)]
    for story in sorted(told, key=lambda story: story.id):
        codes = {e.code for e in (*story.event.actor, *story.event.recipient) if e.code}
        if story.event.status in rules.status and any(rule.pair is None or set(rule.pair) <= codes for rule in rules.dispute):
            yield from _disputed(relations.reviewed, story, tuple(sorted(codes)))


def _disputed(reviewed: Reviewed, story: Story, codes: tuple[str, ...]) -> Iterator[Alert]:
    events = tuple(
        Told(dt.date.fromisoformat(e.date or story.last_seen or "0001-01-01"), _code(e.actor), _code(e.recipient), e.event[0], e.event_scale, 1.0, e.text, e.id)
        for e in reviewed.reports(story)
    )  # fmt: skip
    for dispute in story.disputed:
        versions = "; ".join(f"{version.value} ({', '.join(version.reports)})" for version in dispute.versions)
        yield _alert(
            f"dispute {story.id} {dispute.dispute} {dispute.about}", dt.date.fromisoformat(story.last_seen or "0001-01-01"), None, codes,
            f"{' – '.join(codes)}: papers differ on {dispute.about}", versions, events,
        )  # fmt: skip


def _code(entities: tuple[object, ...]) -> str:
    return "+".join(dict.fromkeys(getattr(e, "code", None) or "?" for e in entities)) or "?"


def _panel(relations: Related, pair: tuple[str, str]) -> Panel | None:
    """The pair over the days of all; None where there is no event between the two."""
    try:
        return alone(relations.pair(*pair), relations.shared())
    except BadSetting:
        return None


def _recent(panel: Panel, rules: Rules) -> range:
    return range(max(0, panel.n_days - rules.look_back), panel.n_days)


def _alert(about: str, day: dt.date, quiet: int | None, pair: tuple[str, ...], headline: str, why: str, events: polars.DataFrame | tuple[Told, ...]) -> Alert:  # noqa: PLR0913 - the fields
    """The alert with these events, of rows the strongest."""
    told = events if isinstance(events, tuple) else strongest(events)
    name = hashlib.sha256(f"{about} {day}".encode()).hexdigest()[:16]
    return Alert(id=name, about=about, day=day, quiet=quiet, pair=pair, headline=headline, why=why, events=told, more=len(events) - len(told))
