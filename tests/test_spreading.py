"""A real Ray cluster of two machines (their processes all on this one): the same bytes as one process makes, whoever dies on the way."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from detente.errors import BadSetting
from detente.ingest import Recipe, Tally, ingest, run_of
from detente.records import Document
from detente.sources.files import documents
from detente.sources.given import Asked
from detente.spreading import Cluster, Sent, _open, address_in, cluster
from detente.store import open_store
from tests.conftest import CODED_ON
from tests.store.records import content

RECIPE = Recipe(coded_on=CODED_ON)


class Machines:
    """Two machines of one core each; the second can be lost."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster as Started

        told = {"num_cpus": 1, "object_store_memory": 100 * 2**20, "include_dashboard": False}
        self.started = Started(initialize_head=True, connect=False, head_node_args=told)
        self.second = self.started.add_node(**{k: v for k, v in told.items() if k != "include_dashboard"})

    def workers(self) -> list[int]:
        """Processes of the second machine that code."""
        (raylet,) = self.second.all_processes["raylet"]
        return [pid for pid in children(raylet.process.pid) if b"ray::" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def lose_second(self) -> None:
        """It is gone, with all its processes."""
        self.started.remove_node(self.second, allow_graceful=False)


def children(parent: int) -> list[int]:
    """Processes that another one began."""
    return [int(pid) for task in Path(f"/proc/{parent}/task").glob("*/children") for pid in task.read_text(encoding="ascii").split()]


@pytest.fixture(scope="module")
def archive(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The paragraphs of our own articles in three files, with something to refuse in each."""
    texts = [(root / "examples" / name).read_text(encoding="utf-8") for name in ("strait.txt", "border.txt")]
    paragraphs = [p for text in texts for p in text.split("\n\n") if len(p) > 80]
    folder = tmp_path_factory.mktemp("archive")
    for number in range(3):
        lines = [{"id": f"p{number}-{k}", "text": text, "published": "2026-03-14"} for k, text in enumerate(paragraphs[number::3])]
        lines.append({"id": "nothing", "text": ""})
        (folder / f"{number}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return folder


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="it looks for processes in /proc")
@pytest.mark.filterwarnings("ignore")  # Ray's own
@pytest.mark.usefixtures("model")
def test_a_cluster_makes_the_same_bytes_whoever_dies(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One worker is killed, then its whole machine is lost; what is read by address is read there, what has a path here."""
    monkeypatch.setenv("RAY_worker_niceness", "0")  # by itself Ray lets everybody else go first, which on a busy machine takes for ever
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'detente[ray]'")
    # a path, and addresses that every machine can reach
    sources = [str(archive / "0.jsonl"), f"file://{archive}/1.jsonl", f"file://{archive}/2.jsonl"]
    here, there = (open_store(tmp_path / name, create=True) for name in ("here", "there"))
    ingest(documents(sources, published=None), here, RECIPE, workers=1, batch=4)

    machines, killed = Machines(), list[int]()

    def disturb(tally: Tally) -> None:
        if not killed and (found := machines.workers()):
            os.kill(found[0], signal.SIGKILL)
            killed.append(found[0])
        elif killed and tally.coded == 8:
            machines.lose_second()

    try:
        with cluster(machines.started.address) as spread:
            assert spread.cores == 2
            ingest(spread.documents(sources, Asked()), there, RECIPE, batch=4, coding=spread.results, watching=disturb)
            assert spread.cores == 1
    finally:
        machines.started.shutdown()

    assert killed
    assert content(there.folder) == content(here.folder)
    assert there.query("SELECT count(*) FROM documents").item() > 8


def test_a_machine_with_another_reader_is_refused() -> None:
    """Rather than code some documents otherwise than the rest: the fields that differ are named."""
    other = msgspec.structs.replace(run_of(RECIPE, batch=1), reader_sha256="0" * 64)

    with pytest.raises(BadSetting, match=r"would code otherwise.*reader_sha256"):
        _open(Sent(RECIPE, other))


def test_where_the_cluster_is() -> None:
    """ray: that of this machine; ray:HOST:PORT another. A client's address is told the way out."""
    assert (address_in("ray"), address_in("ray:10.0.0.7:6379")) == (None, "10.0.0.7:6379")
    for wrong in ("ray://10.0.0.7:10001", "spark", "ray:"):
        with pytest.raises(BadSetting, match="it must be local, ray, or ray:HOST:PORT"):
            address_in(wrong)


def test_what_dies_of_every_document_is_told(tmp_path: Path) -> None:
    """A document whose workers die again and again stops the ingest with its name, and whole batches stay."""
    ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'detente[ray]'")

    class Dying:
        """Ray as it is after the last try, which with real machines takes minutes."""

        exceptions = ray.exceptions

        def put(self, what: Any) -> Any:
            return what

        def cluster_resources(self) -> dict[str, float]:
            return {"CPU": 1.0}

        def remote(self, *given: Any, **_: Any) -> Any:
            return self.remote if not given or callable(given[0]) else "promise"

        def get(self, _: Any) -> Any:
            raise self.exceptions.WorkerCrashedError

    class Remote(Dying):
        def remote(self, *_: Any, **__: Any) -> Any:
            return lambda _: Dying()

    with pytest.raises(BadSetting, match="the workers that had heavy died 4 times"):
        ingest(iter([Document(id="heavy", text="Iran met Iraq.")]), open_store(tmp_path / "s", create=True), RECIPE, coding=Cluster(Remote()).results)
