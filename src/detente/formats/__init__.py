"""Everyone's formats: event data of others in, records out to the tools of others. docs/formats.md has each with its losses."""

from __future__ import annotations

from detente.formats.doors import EXPORTS, IMPORTS, Written, begun, read_events, write_events

__all__ = ["EXPORTS", "IMPORTS", "Written", "begun", "read_events", "write_events"]
