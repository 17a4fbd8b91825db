"""Data flows one way through the house; the imports are held to it."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src" / "detente"

# who stands above may import who stands below; who shares a number, only itself
FLOORS = {
    "errors": 0,
    "records": 1,
    "ontology": 2,
    "frames": 2,
    "sources": 3,
    "reading": 4,
    "actors": 5,
    "times": 5,
    "places": 5,
    "coding": 6,
    "stories": 7,
    "relations": 8,
    "formats": 9,
    "store": 9,
    "pipeline": 10,
    "review": 10,
    "ingest": 11,
    "matching": 11,
    "relating": 11,
    "importing": 12,
    "issuing": 12,
    "alerts": 12,
    "spreading": 12,
    "watching": 12,
    "web": 13,
    "cli": 14,
    "": 15,  # detente/__init__.py
    "__main__": 16,
}
# inside functions only: methods of records that hand over to what shows them
BACK_DOORS = {("records", "frames")}
STAGE_ENTRIES = {
    ("detente.reading.reader", "Reader"),
    ("detente.actors.resolve", "resolve"),
    ("detente.coding.dates", "event_dates"),
    ("detente.coding.assemble", "assemble"),
}


def modules() -> list[Path]:
    """Every module of the package."""
    return sorted(SOURCE.rglob("*.py"))


def part_of(module: str) -> str:
    """`reading` of `detente.reading.tokens`."""
    return module.partition(".")[2].partition(".")[0]


def imports(file: Path) -> Iterator[tuple[str, str | None]]:
    """Module and name of each import, wherever it stands in the file."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: say whole names, so that a reader sees where they come from"
            yield from ((node.module or "", alias.name) for alias in node.names)


def own(file: Path) -> str:
    """The part of the house that a file belongs to."""
    parts = file.relative_to(SOURCE).with_suffix("").parts
    return "" if parts == ("__init__",) else parts[0]


@pytest.mark.parametrize("file", modules(), ids=lambda f: f.relative_to(SOURCE).as_posix())
def test_no_arrow_points_back(file: Path) -> None:
    """Sources, reading, actors and times and places, coding, pipeline, cli: each knows only what stands before it."""
    here = own(file)
    for module, _ in imports(file):
        if module.partition(".")[0] != "detente":
            continue
        there = part_of(module)
        if there != here and (here, there) not in BACK_DOORS:
            assert FLOORS[there] < FLOORS[here], f"{file.name} imports {module}, which stands after it"


def test_every_part_has_its_place() -> None:
    """A new part of the house is put in the order before it is used."""
    assert {own(file) for file in modules()} <= set(FLOORS)


def test_only_the_pipeline_puts_stages_in_order() -> None:
    """The stages' entries meet in one module, so that the order can be read and changed in one place."""
    meeting = {
        file.relative_to(SOURCE).as_posix()
        for file in modules()
        if len({(m, n) for m, n in imports(file) if (m, n) in STAGE_ENTRIES}) > 1
    }

    assert meeting == {"pipeline.py"}


def test_the_stage_entries_exist() -> None:
    """The names by which the test above knows a stage are those that the pipeline imports."""
    assert set(imports(SOURCE / "pipeline.py")) >= STAGE_ENTRIES


def test_reading_knows_nobody() -> None:
    """The network tells who is meant by which words, never who that is: it must work for actors that no base knows."""
    used = {part_of(m) for f in modules() if own(f) == "reading" for m, _ in imports(f) if m.startswith("detente")}

    assert "actors" not in used


def test_no_training_library_at_run_time() -> None:
    """Whoever installs the program needs no PyTorch; scipy comes with the extra `relations` alone."""
    heavy = {"torch", "transformers", "onnx", "onnxscript", "sklearn"}
    used = {m.partition(".")[0] for f in modules() for m, _ in imports(f)}
    project = tomllib.loads((SOURCE.parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert not heavy & used
    assert not [d for d in project["dependencies"] if d.partition(">")[0].strip() in {*heavy, "scipy", "networkx"}]
    assert {own(f) for f in modules() if "scipy" in {m.partition(".")[0] for m, _ in imports(f)}} == {"relations"}


def test_help_loads_no_network() -> None:
    """`detente --help` answers at once: neither network nor tables are loaded before there is a text to read."""
    told = "import detente.cli, sys; print([m for m in ('onnxruntime', 'tokenizers', 'polars', 'numpy', 'duckdb', 'trafilatura', 'fastwarc', 'feedparser', 'httpx') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"
