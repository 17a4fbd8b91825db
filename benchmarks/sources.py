"""How fast the sources read, alone, in every dress: documents a second of one core's time, and what is refused.

    python -m benchmarks.sources ../shared           Wikinews and the State Department's releases, all of them, as the JSON lines they are
    python -m benchmarks.sources ../shared --every 4 a quarter of them (for the dresses; the JSON lines are always read whole)

The other dresses are made of the same texts: CSV, Parquet, an mbox, and a packed crawl of small web pages, one paragraph a line of the text.
Seconds are processor time of this process, so that what else the machine does counts little; real pages are larger, and read slower.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import re
import resource
import time
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage
from html import escape
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import polars

from detente.records import Document, Refused
from detente.sources.files import documents

SETS = ("news-wikinews", "news-state-dept")
COLUMNS = ("id", "published", "title", "text")


def measured(name: str, paths: list[str]) -> str:
    """A row of the table."""
    begin = time.process_time()
    counts: Counter[str] = Counter()
    size = 0
    for found in documents(paths, published=None):
        counts[found.reason if isinstance(found, Refused) else "read"] += 1
        size += len(found.text) if isinstance(found, Document) else 0
    seconds = time.process_time() - begin
    refused = ", ".join(f"{reason} {n:,}" for reason, n in sorted(counts.items()) if reason != "read") or "none"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return f"| {name} | {counts['read']:,} | {refused} | {counts.total() / seconds:,.0f} | {size / seconds / 1e6:.2f} | {peak} |"


def dressed(texts: list[Document], folder: Path) -> Iterator[tuple[str, Path]]:
    """The same texts in other files."""
    rows = [(d.id, str(d.published or ""), d.title or "", d.text) for d in texts]
    with (folder / "a.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    yield "CSV", folder / "a.csv"
    polars.DataFrame(rows, schema=COLUMNS, orient="row").write_parquet(folder / "a.parquet")
    yield "Parquet", folder / "a.parquet"
    with (folder / "a.mbox").open("wb") as box:
        for document in texts:
            box.write(b"From wire Thu Jan  1 00:00:00 1970\n" + mail(document) + b"\n\n")
    yield "mbox", folder / "a.mbox"
    with (folder / "a.warc.gz").open("wb") as crawl:
        for number, document in enumerate(texts):
            crawl.write(gzip.compress(record(number, document)))
    yield "WARC, packed", folder / "a.warc.gz"


def mail(document: Document) -> bytes:
    """The text as one mail."""
    message = EmailMessage()
    message["Message-ID"] = f"<{document.sha256[:16]}@bench.example>"
    message["Subject"] = " ".join((document.title or "").split())
    message.set_content(document.text)
    return re.sub(rb"^(>*From )", rb">\1", bytes(message), flags=re.MULTILINE)


def record(number: int, document: Document) -> bytes:
    """The text as the record of a web page."""
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in document.text.split("\n"))
    menu = "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(40))
    page = f"<html><head><title>{escape(document.title or '')}</title></head><body><ul>{menu}</ul><article>{paragraphs}</article></body></html>"
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page.encode()
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://bench.example/{number}\r\nContent-Type: application/http; msgtype=response\r\n"
    return f"{head}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("shared", type=Path)
    arguments.add_argument("--every", type=int, default=1)
    settings = arguments.parse_args()
    print("| source | read | refused | documents/s | million characters/s | peak so far, MiB |\n| --- | --: | --- | --: | --: | --: |")
    texts: list[Document] = []
    for name in SETS:
        folder = str(settings.shared / "data" / name)
        print(measured(f"{name}, JSON lines", [folder]), flush=True)
        found = documents([folder], published=None)
        texts += islice((d for d in found if isinstance(d, Document)), 0, None, settings.every)
    with TemporaryDirectory() as place:
        for name, path in dressed(texts, Path(place)):
            print(measured(f"both, {name}", [str(path)]), flush=True)


if __name__ == "__main__":
    main()
