"""What another run makes of the same documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.errors import BadSetting
from detente.store.store import Store

if TYPE_CHECKING:
    import polars

# two runs tell the same event where the same words of the same document trigger it; an imported event has no words, but an id
_KEY = """
SELECT document, "id", coalesce(list_filter(spans, lambda s: s.role = 'trigger')[1]."at"[1]."start"::VARCHAR, "id") AS place,
       event[1] AS type, coalesce(mode[1], '') AS mode, status, coalesce("date"::VARCHAR, '') || ' ' || coalesce(enddate::VARCHAR, '') AS days,
       array_to_string(list_sort(list_transform(actor, lambda e: coalesce(e.code, '?'))), '|') AS actor,
       array_to_string(list_sort(list_transform(recipient, lambda e: coalesce(e.code, '?'))), '|') AS recipient,
       array_to_string(event_text, ' ') AS words
FROM all_runs.events WHERE run = ? AND document IN (SELECT "id" FROM all_runs.documents WHERE run = ?)
"""
_FIELDS = ("type", "mode", "status", "days", "actor", "recipient")


def difference(store: Store, before: int, after: int) -> polars.DataFrame:
    """Events that came, went or changed between two runs, in documents that both have coded.

    Columns: change (new, gone, changed), document, words, field, before, after; a row for each field that changed.

    Raises:
        BadSetting: The store has no such run.
    """
    numbers = [run.run for run in store.runs]
    for run in (before, after):
        if run not in numbers:
            raise BadSetting("run", run, f"the store has {', '.join(map(str, numbers)) or 'none yet'}")
    changed = "\nUNION ALL\n".join(
        f"SELECT 'changed' AS change, document, b.words, '{field}' AS field, b.{field} AS before, a.{field} AS after "
        f"FROM b JOIN a USING (document, place) WHERE b.{field} <> a.{field}"
        for field in _FIELDS
    )
    told = "array_to_string([{0}.actor, {0}.type, {0}.recipient], ' ')"
    sql = f"""
WITH b AS ({_KEY}), a AS ({_KEY}), found AS (
{changed}
UNION ALL
SELECT 'gone', b.document, b.words, 'event', {told.format("b")}, NULL FROM b ANTI JOIN a USING (document, place)
UNION ALL
SELECT 'new', a.document, a.words, 'event', NULL, {told.format("a")} FROM a ANTI JOIN b USING (document, place)
)
SELECT * FROM found ORDER BY ALL
"""
    return store.query(sql, [before, after, after, before])
