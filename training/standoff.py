"""Annotations of texts that are not ours, kept without the texts.

A stand-off row has the passage's id, nominal date, source, the text's SHA-256, and spans in place of words. Sources:

    gmb:12-14                        sentences 12 to 14 of ner-gmb-voa/gmb_ner.conll, set as running text by `running`
    wikinews_politics.jsonl:3348     the opening of that line's text, white space collapsed; its length is in "chars"

    python -m training.standoff FILE.jsonl … > training/annotations/NAME.jsonl      (wire format → stand-off)

Rows in `annotations/triggers/` mark the tellings of events alone, with type, mode and status: no actors, no quotes.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from detente.records import Span

ANNOTATIONS = Path(__file__).parent / "annotations"
TRIGGERS = ANNOTATIONS / "triggers"

NO_LINKS: dict = {"also": [], "actor": [], "recipient": [], "reciprocal": False, "time": None, "place": None, "by": None, "date": None, "context": []}
"""What the event of a triggers-only passage leaves open."""


def own_annotations(shared: Path, folder: Path = ANNOTATIONS, *, wanted: Callable[[str], bool] = lambda _: True) -> list[dict]:
    """The project's own annotations as wire passages, the texts fetched from `shared/data`.

    Args:
        shared: Where the texts lie.
        folder: `ANNOTATIONS`, or `TRIGGERS`, whose passages have no actors and quotes, and "only": "triggers".
        wanted: Whether a passage of this id is one of them.

    Raises:
        ValueError: A text is not the one that was annotated.
    """
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in filter(None, lines(path)):
            row = json.loads(line)
            if not wanted(row["id"]):
                continue
            text = text_of(row, shared)
            if hashlib.sha256(text.encode()).hexdigest() != row["sha256"]:
                raise ValueError(f"{path.name}: {row['id']}: the text at {row['source']} is not the one that was annotated")
            found.append(unpacked(row, text))
    return found


def text_of(row: dict, shared: Path) -> str:
    """The text that a stand-off row annotates."""
    if "text" in row:
        return row["text"]
    file, _, place = row["source"].partition(":")
    if file == "gmb":
        first, last = map(int, place.split("-"))
        return " ".join(gmb(shared)[first : last + 1])
    line = lines(shared / "data/news-wikinews" / file)[int(place)]
    return collapsed(json.loads(line)["text"])[: row["chars"]]


def collapsed(text: str | list[str]) -> str:
    """An article, whole or in paragraphs, with every run of white space one space."""
    return re.sub(r"\s+", " ", text if isinstance(text, str) else " ".join(text)).strip()


@cache
def lines(path: Path) -> list[str]:
    """The file's lines."""
    return path.read_text(encoding="utf-8").split("\n")


@cache
def gmb(shared: Path) -> list[str]:
    """Every sentence of the GMB file as running text."""
    blocks = (shared / "data/ner-gmb-voa/gmb_ner.conll").read_text(encoding="utf-8").split("\n\n")
    return [running([line.split("\t")[0] for line in b.split("\n") if line]) for b in blocks if b.strip("\n")]


def running(tokens: list[str]) -> str:
    """Tokens as text: closing marks join the word before, opening ones the word after, straight quotes pair up."""
    text, quoted, join = "", False, True
    for token in tokens:
        space = "" if join else " "
        join = False
        if token in ("``", '"', "''"):
            text, join, quoted = text + ('"' if quoted else space + '"'), not quoted, not quoted
        elif re.fullmatch(r"[.,;:!?%)\]}]|'s|'S|n't|'re|'ve|'ll|'d|'m|'|\.\.\.", token):
            text += token
        else:
            text, join = text + space + token, token in ("(", "[", "{", "$")
    return text


def find(text: str, mention: str, taken: set[Span]) -> Span | None:
    """Where annotated words stand ("he#2": the second whole-word "he"); else the first place not in `taken`."""
    match = re.fullmatch(r"(.*)#(\d+)", mention, re.DOTALL)
    words, nth = (match.group(1), int(match.group(2))) if match else (mention, None)
    left = r"(?<!\w)" if words[:1].isalnum() else ""
    right = r"(?!\w)" if words[-1:].isalnum() else ""
    spans = [Span(*m.span()) for m in re.finditer(left + re.escape(words) + right, text)]
    if nth is not None:
        return spans[nth - 1] if 0 < nth <= len(spans) else None
    return next((s for s in spans if s not in taken), spans[0] if spans else None)


def packed(passage: dict) -> dict:
    """The stand-off row of a wire passage."""
    text = passage["text"]

    def spans(words: list[str]) -> list[Span]:
        taken: set[Span] = set()
        out = []
        for w in words:
            span = find(text, w, taken)
            if span is None:
                raise ValueError(f"{passage['id']}: {w!r} is not in the text")
            taken.add(span)
            out.append(span)
        return out

    def one(words: str | None) -> Span | None:
        return spans([words])[0] if words else None

    head = {k: passage[k] for k in ("id", "date", "source" if "source" in passage else "text")}  # what we wrote ourselves keeps its text
    head |= {"chars": len(text), "sha256": hashlib.sha256(text.encode()).hexdigest()}
    if "actors" not in passage:
        return {**head, "only": "triggers", "events": [{**e, "trigger": one(e["trigger"])} for e in passage["events"]]}
    ids = {a["id"] for a in passage["actors"]}
    quotes = spans([q["text"] for q in passage["quotes"]])
    return {
        **head,
        "actors": [{**{k: a.get(k) for k in ("id", "code", "sector", "name")}, "mentions": spans(a["mentions"])} for a in passage["actors"]],
        "events": [
            {**e, "trigger": one(e["trigger"]), "also": spans(e.get("also", [])), "time": one(e["time"]), "place": one(e["place"]),
             "by": e["by"] if e["by"] in ids else one(e["by"])}
            for e in passage["events"]
        ],
        "quotes": [{**q, "text": s, "cue": one(q["cue"])} for q, s in zip(passage["quotes"], quotes, strict=True)],
    }


def unpacked(row: dict, text: str) -> dict:
    """The wire passage of a stand-off row and its text."""

    def words(span: list[int] | None) -> str | None:
        if span is None:
            return None
        phrase = text[span[0] : span[1]]
        left = r"(?<!\w)" if phrase[:1].isalnum() else ""
        right = r"(?!\w)" if phrase[-1:].isalnum() else ""
        before = [m.start() for m in re.finditer(left + re.escape(phrase) + right, text)]
        return f"{phrase}#{before.index(span[0]) + 1}" if span[0] in before else phrase

    head = {"id": row["id"], "date": row["date"], "text": text}
    if row.get("only") == "triggers":
        events = [{**NO_LINKS, **e, "trigger": words(e["trigger"])} for e in row["events"]]
        return {**head, "only": "triggers", "actors": [], "events": events, "quotes": []}
    events = [
        {**e, "trigger": words(e["trigger"]), "also": [words(s) for s in e["also"]], "time": words(e["time"]), "place": words(e["place"]),
         "by": words(e["by"]) if isinstance(e["by"], list) else e["by"]}
        for e in row["events"]
    ]
    quotes = [{**q, "text": words(q["text"]), "cue": words(q["cue"])} for q in row["quotes"]]
    actors = [{**a, "mentions": [words(s) for s in a["mentions"]]} for a in row["actors"]]
    return {**head, "actors": actors, "events": events, "quotes": quotes}


def hashes(shared: Path) -> dict[str, str]:
    """SHA-256 of every file trained on, by its name."""
    files = [*sorted((shared / "wire").glob("*.jsonl")), *sorted(ANNOTATIONS.rglob("*.jsonl"))]
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files if not f.name.startswith("n")}


def main() -> None:
    """Print the stand-off rows of the wire files named."""
    for name in sys.argv[1:]:
        for line in lines(Path(name)):
            if not line:
                continue
            passage = json.loads(line)
            if not passage.get("skip"):
                print(json.dumps(packed(passage), ensure_ascii=False))


if __name__ == "__main__":
    main()
