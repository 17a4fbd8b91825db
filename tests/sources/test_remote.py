"""Files by address are read as files here are: same documents, same names, same refusals."""

from __future__ import annotations

from pathlib import Path

import polars
import pytest

from detente.errors import BadSetting
from detente.records import Document, Refused
from detente.sources.files import documents

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed: pip install 'detente[ray]'")
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

TEXT = "Turkey and Greece agreed on Saturday to reopen talks on the Aegean Sea."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A text, a packed table below it, a file of a kind that nobody reads, and one without words."""
    import gzip

    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.jsonl.gz").write_bytes(gzip.compress(b'{"id": "b1", "text": "Iran met Iraq in Basra on Monday."}\n'))
    (tmp_path / "picture.png").write_bytes(b"PNG")
    (tmp_path / "z.txt").write_text("", encoding="utf-8")
    return tmp_path


def read(*paths: str) -> list[Document | Refused]:
    """What the paths hold."""
    return list(documents(paths, published=None))


def test_a_folder_by_address_holds_what_it_holds_by_path(folder: Path) -> None:
    """Names are those below the folder; refusals name the address."""
    here, there = read(str(folder)), read(f"file://{folder}")

    assert [d for d in here if isinstance(d, Document)] == [d for d in there if isinstance(d, Document)]
    assert [d.id for d in there if isinstance(d, Document)] == ["a", "b1"]
    assert [(r.reason, r.document) for r in there if isinstance(r, Refused)] == [("empty", f"file://{folder}/z.txt")]


def test_a_file_and_a_pattern(folder: Path) -> None:
    """One file is named by itself, the files of a pattern by what stands below it."""
    assert read(f"file://{folder}/a.txt") == read(str(folder / "a.txt"))
    assert [d.id for d in read(f"file://{folder}/*.txt") if isinstance(d, Document)] == ["a"]
    assert [d.id for d in read(f"file://{folder}/deep/*.gz") if isinstance(d, Document)] == ["b1"]


def test_other_kinds_of_address() -> None:
    """Whatever fsspec knows: here its files in memory."""
    fsspec.filesystem("memory").pipe({"/news/a.txt": TEXT.encode(), "/news/b.txt": b"Iran met Iraq in Basra on Monday."})

    assert [d.id for d in read("memory://news") if isinstance(d, Document)] == ["a", "b"]


def test_parquet_by_address(tmp_path: Path) -> None:
    """It is read from its end, so it is fetched first; rows are named by the address."""
    polars.DataFrame({"text": [TEXT, ""]}).write_parquet(tmp_path / "a.parquet")
    found = read(f"file://{tmp_path}/a.parquet")

    assert [f.text if isinstance(f, Document) else (f.document, f.reason) for f in found] == [TEXT, (f"file://{tmp_path}/a.parquet:2", "empty")]


def test_what_is_not_there_is_refused(folder: Path) -> None:
    """A file, a folder, a pattern: one refusal each, and the rest goes on."""
    gone = [f"file://{folder}/none.txt", f"file://{folder}/none/*.txt"]
    found = read(*gone, str(folder / "a.txt"))

    assert [(r.document, r.reason) for r in found if isinstance(r, Refused)] == [(path, "unreadable") for path in gone]
    assert found[-1] == read(str(folder / "a.txt"))[0]


def test_an_address_that_nobody_knows_is_told() -> None:
    """In one line, before anything is read."""
    with pytest.raises(BadSetting, match="SOURCE = 'carrier-pigeon://loft/a"):
        read("carrier-pigeon://loft/a.txt")
