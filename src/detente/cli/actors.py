"""`detente actors`: what the actor base knows, who held an office, a user's own actors, and building a base."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from detente.cli.guard import plain_errors
from detente.cli.options import day_in
from detente.errors import BadSetting

if TYPE_CHECKING:
    from detente.actors.lookup import About, Held, Known, Who

actors_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None,
    help='Look into the actor base, add your own actors, build another.\n\nExample: detente actors show "Qin Gang" --on 2023-05-08',
)  # fmt: skip

Base = Annotated[Path | None, typer.Option("--base", "--actors", help="Another actor base than the one in the package.")]
On = Annotated[str | None, typer.Option(help="The day, YYYY-MM-DD.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@actors_app.command()
@plain_errors
def show(
    name: Annotated[str, typer.Argument(help="A person, state, organisation, group or seat of government.")],
    on: On = None,
    base: Base = None,
    json: Json = False,  # noqa: FBT002 - a flag
) -> None:
    """Show everything known about an actor: names, offices with their days, and where it comes from.

    Example: detente actors show "Qin Gang" --on 2023-05-08
    """
    from detente.actors.base import ActorBase
    from detente.actors.lookup import about

    found = about(ActorBase.open(base), name, on=day_in(on, "--on"))
    if not found.found:
        near = f"near: {', '.join(found.near)}" if found.near else "nor one spelt like it"
        raise BadSetting("name", name, f"the base has no such actor; {near}")
    write(found, about_lines(found), json=json)


@actors_app.command()
@plain_errors
def who(
    office: Annotated[str, typer.Argument(help='A title with its state: "foreign minister of China", "U.S. ambassador to China".')],
    on: On = None,
    base: Base = None,
    json: Json = False,  # noqa: FBT002 - a flag
) -> None:
    """Show who held an office on a day; today when no day is given.

    Example: detente actors who "foreign minister of China" --on 2023-05-08
    """
    from detente.actors.base import ActorBase
    from detente.actors.lookup import who as holders

    day = day_in(on, "--on") or dt.datetime.now(tz=dt.UTC).date()
    found = holders(ActorBase.open(base), office, on=day)
    write(found, who_lines(found), json=json)


@actors_app.command()
@plain_errors
def add(
    file: Annotated[Path, typer.Argument(help="CSV table of actors; `detente actors template` shows its columns.")],
    base: Annotated[Path, typer.Option("--base", help="The base to add to; begun as a copy of the package's.")] = Path("actors.sqlite"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew from the package's base, without what was added before.")] = False,  # noqa: FBT002
    json: Json = False,  # noqa: FBT002 - a flag
) -> None:
    """Add your own states, bodies and people, all rows or none; yours are stronger than the base's.

    Example: detente actors add examples/actors.csv --base mine.sqlite
    """
    from detente.actors.adding import add as added

    done = added(file, base, fresh=fresh)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(done.added.items()) if count) or "nothing"
    lines = [f"{done.out}: added {told}" + (f"; {done.known} facts stood there already" if done.known else "")]
    lines += [f"joined to the base's {name}" for name in done.joined]
    lines.append(f"use it: detente read FILE --actors {done.out}")
    write(done, lines, json=json)


@actors_app.command()
@plain_errors
def template() -> None:
    """Print an empty table of actors with its columns and an example of each kind of row.

    Example: detente actors template > mine.csv
    """
    from detente.actors.own import TEMPLATE

    sys.stdout.write(TEMPLATE)


@actors_app.command()
@plain_errors
def coverage(
    base: Base = None,
    states: Annotated[bool, typer.Option("--states", help="One line for each state.")] = False,  # noqa: FBT002
    json: Json = False,  # noqa: FBT002 - a flag
) -> None:
    """Show for how much of the time since 1990 the base knows who held the main offices, and where it does not.

    Example: detente actors coverage
    """
    from detente.actors.base import ActorBase
    from detente.actors.coverage import coverage as counted
    from detente.actors.coverage import coverage_table, states_table

    found = counted(ActorBase.open(base))
    write(found, [(states_table if states else coverage_table)(found).rstrip("\n")], json=json)


@actors_app.command()
@plain_errors
def build(
    out: Annotated[Path, typer.Option(help="The base to write.")],
    kb: Annotated[Path | None, typer.Option(help="Folder of sources; needs pip install 'detente[build]'.")] = None,
    towns: Annotated[Path | None, typer.Option(help="With --kb: CSV of towns with admin1 and cc, for first-level regions.")] = None,
    wikidata: Annotated[Path | None, typer.Option(help="Wikidata JSON dump, .json, .json.gz or .json.bz2: people and offices.")] = None,
    base: Annotated[Path | None, typer.Option(help="With --wikidata: the base to begin from, the package's when left out.")] = None,
    until: Annotated[str | None, typer.Option(help="With --wikidata: the day of the dump, YYYY-MM-DD; the file's own when left out.")] = None,
) -> None:
    """Build a base from the folder of sources, or bring the people of a Wikidata dump into one.

    Example: detente actors build --wikidata tests/actors/data/wikidata.json --out new.sqlite
    """
    if (kb is None) == (wikidata is None):
        raise BadSetting("build", "", "name one source: --kb FOLDER or --wikidata DUMP")
    if kb is not None:
        from detente.actors.build import build as built

        counts = dict(built(kb, out, towns=towns))
    else:
        from detente.actors.wikidata import bring

        assert wikidata is not None
        counts = bring(wikidata, out, start=base, until=day_in(until, "--until"))
    told = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
    sys.stderr.write(f"{out}: {told or 'nothing new'}; {out.stat().st_size:,} bytes\n")


# --- printing ----------------------------------------------------------------------------------------


def write(answer: Any, lines: list[str], *, json: bool) -> None:
    """The answer as lines or as JSON, on standard output."""
    if json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(answer), indent=2).decode() + "\n")
    else:
        sys.stdout.write("\n".join(lines) + "\n")


def about_lines(found: About) -> list[str]:
    """Everything about whom a name means."""
    lines: list[str] = []
    for known in found.found:
        lines += [*known_lines(known, found.on), ""]
    if found.near:
        lines.append(f"near: {', '.join(found.near)}")
    return lines if lines[-1] else lines[:-1]


def known_lines(known: Known, on: str | None) -> Iterator[str]:
    """One actor: a headline, other names, offices."""
    told = [known.kind, known.state if known.kind != "state" else None, known.code, known.sector, known.identifier]
    yield f"{known.name}: {', '.join(part for part in told if part)}"
    yield f"  {known.source}, {known.licence}; found by {known.why}"
    if known.since is not None:
        gone = on is not None and not known.since <= on <= (known.until or on)
        yield f"  existed {known.since} to {known.until}" if known.until else f"  exists since {known.since}"
        if gone:
            yield f"  did not exist on {on}"
    for kind, names in known.also.items():
        if names:
            shown = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
            yield f"  {kind}: {shown}"
    for office in known.offices:
        yield "  " + office_line(office, on)
    if known.kind == "person" and not known.offices:
        yield "  no office known"


def office_line(office: Held, on: str | None) -> str:
    """An office: days, title, whose, source, and whether it was held on the day."""
    mark = ">" if office.status in ("held", "no later information") else " "
    days = f"{office.first or '?':<10} to {last_words(office)}"
    host = f" to {office.of_country}" if office.of_country else ""
    line = f"{mark} {days:<28} {office.title} ({office.role}, {office.code}{host} {office.sector}; {office.source}, {office.licence})"
    if office.status == "held":
        line += f"  held on {on}"
    elif office.status == "no later information":
        line += f"  no later information for {on}"
    elif office.status == "overruled":
        line += "  overruled by your own row"
    return line


def last_words(office: Held) -> str:
    """The last day, or through which day no end is known."""
    if office.last is not None:
        return office.last
    return f"? (known to {office.knows_until})" if office.knows_until else "? (no end told)"


def who_lines(found: Who) -> list[str]:
    """Who held the office, or what is nearest to knowing it."""
    host = f" to {found.of_country}" if found.of_country else ""
    lines = [f"{found.title} of {found.state} ({found.code}{host}) on {found.on}"]
    lines += [person_line(held) for held in found.holders]
    if len({held.person for held in found.holders}) > 1:
        lines.append("  several are told for that day: a handover, a shared office, or sources that disagree")
    for held in found.last_known:
        lines.append(f"{person_line(held)}  no later information after {held.knows_until}")
    if not found.holders and not found.last_known:
        lines.append("  nobody is known for that day")
        lines += [f"  {when}: {person_line(held).strip()}" for when, held in (("before", found.before), ("after", found.after)) if held]
    return lines


def person_line(held: Held) -> str:
    """A holder with days, title and source."""
    identifier = f" {held.identifier}" if held.identifier else ""
    return f"  {held.person}{identifier}  {held.first or '?'} to {last_words(held)}  {held.title} ({held.source}, {held.licence})"
