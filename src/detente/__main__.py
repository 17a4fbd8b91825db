"""`python -m detente`: the program, where its script is not on the path."""

from __future__ import annotations

from detente.cli import app

app(prog_name="detente")
