"""Prints the tables of docs/ontology.md from the ontology in the package: `make docs`."""

from __future__ import annotations

from pathlib import Path

from detente.ontology import PLOVER

PAGE = Path(__file__).with_name("ontology.md")
BEGIN, END = "<!-- printed by docs/print_ontology.py -->\n", "<!-- end of what is printed -->\n"


def text() -> str:
    """The page with its tables printed anew; the words around them stay."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return f"{before}{BEGIN}\n{tables()}\n{END}{rest.partition(END)[2]}"


def tables() -> str:
    """Types with class, points and modes; then contexts, statuses, sectors and codes."""
    lines = ["| type | class | points | modes and their points |", "| --- | --- | --: | --- |"]
    for name, kind in PLOVER.types.items():
        modes = ", ".join(f"{mode} {points:g}" for mode, points in kind.modes.items()) or "none"
        needs = " (needs a recipient)" if kind.requires_recipient else ""
        lines.append(f"| {name} | {kind.quad} {PLOVER.quad[str(kind.quad)]}{needs} | {kind.score:g} | {modes} |")
    lists = {
        "Statuses": PLOVER.statuses,
        "Contexts": PLOVER.contexts,
        "Sectors": PLOVER.sectors,
        "Codes of bodies that belong to no state": PLOVER.nonstate_codes,
        "Codes of territories that stand alone": PLOVER.territory_codes,
    }
    lines += [f"\n{what}: {', '.join(names)}." for what, names in lists.items()]
    lines += ["\nNotes:\n", *(f"- {name}: {note}." for name, note in PLOVER.notes.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
    print(f"printed {PAGE.name}")
