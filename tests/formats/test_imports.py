"""Event data of others: each row becomes what it says, or is refused with its rule."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import zipfile
from collections import Counter
from pathlib import Path

import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import BadSetting
from detente.formats import IMPORTS, begun, read_events
from detente.formats.mapped import mapping_of
from detente.records import Entity, Event, Refused
from tests.formats.rows import ACLED, PLOVER, event, gdelt, gdelt_of, icews, icews_file, phoenix, polecat_file, read

# --- GDELT -----------------------------------------------------------------------------------------


def test_a_gdelt_row_says_who_did_what_to_whom_and_when(tmp_path: Path) -> None:
    """CAMEO 042 of the USA's government to China on 8 May is a visit; the code stands in `coder`, DATEADDED in `coded_date`."""
    (event,), _, _ = read(tmp_path, gdelt() + "\n", "gdelt2")

    assert (event.id, event.date, event.event, event.mode) == ("gdelt-1100000001", "2023-05-08", ("CONSULT",), ("visit",))
    assert event.actor == (Entity(code="USA", sector="GOV", entity_text="UNITED STATES"),)
    assert event.recipient == (Entity(code="CHN", entity_text="BEIJING"),)
    assert (event.quad_code, event.event_scale, event.status) == (1, 4.0, "actual")
    assert event.coder == "gdelt 2.0; cameo 042; plover map 2021-09-17"
    assert event.coded_date == "2023-05-09"
    assert event.text_info.document == "https://meridian.example/a"


def test_what_a_source_does_not_say_stays_unknown(tmp_path: Path) -> None:
    """GDELT has neither text nor confidence nor names: they are empty, and no offset is invented."""
    (event,), _, _ = read(tmp_path, gdelt(), "gdelt2")

    assert (event.text, event.confidence, event.time_text, event.by, event.event_text) == ("", None, None, None, ())
    assert (event.text_info.start, event.text_info.end, event.text_info.spans) == (0, 0, {})
    assert event.event_loc is None


@pytest.mark.parametrize(("width", "version"), [(57, "1.0"), (58, "1.0"), (61, "2.0")])
def test_each_width_of_gdelt_is_its_version(tmp_path: Path, width: int, version: str) -> None:
    """The files up to March 2013 have no URL, 2.0 has a second division of each place."""
    (event,), refused, _ = read(tmp_path, gdelt_of(width), "gdelt")

    assert event.coder.startswith(f"gdelt {version}; ")
    assert refused == []
    assert event.text_info.document == ("gdelt-1100000001" if width == 57 else "https://meridian.example/a")


def test_a_row_of_the_other_version_is_refused(tmp_path: Path) -> None:
    """Who asks for 2.0 does not get rows of 1.0 read askew."""
    _, (refused,), _ = read(tmp_path, gdelt() + "\n" + gdelt_of(58), "gdelt2")

    assert refused.reason == "columns"
    assert refused.detail == f"{tmp_path}/rows.txt:2: the row has 58 columns, but GDELT 2.0 has 57 or 58 (1.0) or 61 (2.0) parted by tabs"


@pytest.mark.parametrize("code", ["010", "0211", "020"])
def test_statements_and_appeals_have_no_plover_type(tmp_path: Path, code: str) -> None:
    """The official table drops CAMEO 01 and 02: such rows are refused and counted, not bent into something else."""
    _, (refused,), _ = read(tmp_path, gdelt(EventCode=code), "gdelt2")

    assert refused.reason == "no-plover-type"


@pytest.mark.parametrize(
    ("cells", "code", "sector"),
    [
        ({"Actor1CountryCode": "ROM", "Actor1Type1Code": "INS"}, "ROU", "REB"),
        ({"Actor1CountryCode": "", "Actor1KnownGroupCode": "UNO", "Actor1Type1Code": "IGO"}, "UNO", None),
        ({"Actor1CountryCode": "EUR", "Actor1KnownGroupCode": "EEC", "Actor1Type1Code": "IGO"}, "EUR", None),
        ({"Actor1CountryCode": "EUR", "Actor1KnownGroupCode": "", "Actor1Type1Code": ""}, None, None),
        ({"Actor1CountryCode": "WSB", "Actor1Type1Code": "MED"}, "PSE", "JRN"),
        ({"Actor1CountryCode": "", "Actor1Type1Code": "COP"}, None, "COP"),
    ],
)
def test_cameo_actor_codes_are_states_bodies_and_sectors(tmp_path: Path, cells: dict[str, str], code: str | None, sector: str | None) -> None:
    """Old country codes are today's, the region Europe is not the EU, media are no medics."""
    (event,), _, _ = read(tmp_path, gdelt(**cells), "gdelt2")

    assert (event.actor[0].code, event.actor[0].sector) == (code, sector)


def test_a_place_of_gdelt_has_its_country_by_iso_code(tmp_path: Path) -> None:
    """GDELT writes FIPS codes: CH is China, not Switzerland. The middle of a country is no place."""
    place = {"ActionGeo_FullName": "Beijing, China", "ActionGeo_CountryCode": "CH", "ActionGeo_Lat": "39.9", "ActionGeo_Long": "116.4"}
    (town,), _, _ = read(tmp_path, gdelt(ActionGeo_Type="4", **place), "gdelt2")
    (whole,), _, _ = read(tmp_path, gdelt(ActionGeo_Type="1", **place), "gdelt2")

    assert town.event_loc is not None
    assert whole.event_loc is not None
    assert (town.event_loc.country_code, town.event_loc.lat, town.event_loc.lon) == ("CHN", 39.9, 116.4)
    assert (whole.event_loc.country_code, whole.event_loc.lat) == ("CHN", None)


def test_an_event_long_before_its_report_is_background(tmp_path: Path) -> None:
    """More than 30 days lie between SQLDATE and DATEADDED."""
    (old,), _, _ = read(tmp_path, gdelt(SQLDATE="20130508"), "gdelt2")

    assert old.historical


def test_gdelt_with_a_header_is_read_by_names(tmp_path: Path) -> None:
    """An extract from BigQuery has commas, a header and fewer columns in another order."""
    text = 'SQLDATE,GLOBALEVENTID,EventCode,Actor1Name,Actor1CountryCode\n20230508,7,111,"KENYA, REPUBLIC OF",KEN\n'
    (event,), refused, _ = read(tmp_path, text, "gdelt")

    assert (event.id, event.actor[0].code, event.actor[0].entity_text) == ("gdelt-7", "KEN", "KENYA, REPUBLIC OF")
    assert refused == []


# --- ICEWS -----------------------------------------------------------------------------------------


def test_an_icews_row_says_who_did_what_to_whom(tmp_path: Path) -> None:
    """A police force is police before it is government; the sentence is counted from 0; the story is the document."""
    (event,), _, remarks = read(tmp_path, icews_file(icews()), "icews")

    assert event.id == "icews-31000002-20250603"
    assert (event.event, event.mode, event.date) == (("ACCUSE",), ("disapprove",), "2025-06-03")
    (actor,) = event.actor
    assert (actor.code, actor.sector, actor.other_sectors, actor.name) == ("KEN", "COP", ("GOV",), "Police (Kenya)")
    assert (event.text_info.document, event.text_info.sequence) == ("icews-story-40000002", 2)
    assert event.event_loc is not None
    assert (event.event_loc.resolved_place, event.event_loc.country_code, event.event_loc.lat) == ("Nairobi, Nairobi Area", "KEN", -1.2833)
    assert remarks == Counter()


def test_tabs_inside_names_are_repaired(tmp_path: Path) -> None:
    """Code, intensity, story and sentence tell where the names end, wherever the tab is too many."""
    whole = icews()
    for column in ("Source Name", "Target Name", "Publisher"):
        broken = icews(**{column: "Ministry\tof\tTrade"})
        (event,), refused, remarks = read(tmp_path, icews_file("\t".join(broken)), "icews")
        said = read(tmp_path, icews_file(icews(**{column: "Ministry of Trade"})), "icews")[0][0]

        assert event == said
        assert (refused, remarks["tab-in-field"]) == ([], 1)
    assert whole == icews()


def test_line_breaks_inside_names_are_repaired(tmp_path: Path) -> None:
    """A line that does not begin like a record goes on the one before; the next record is not touched."""
    broken = "\t".join(icews(Target_Name="Ministry\nof Trade"))
    events, refused, remarks = read(tmp_path, icews_file(broken, icews(Event_ID="5")), "icews")

    assert [e.recipient[0].name for e in events] == ["Ministry of Trade", "Ethiopia"]
    assert (refused, remarks["newline-in-field"]) == ([], 1)


@pytest.mark.parametrize(
    ("written", "meant"),
    [('"Al ""Shabaab"""', 'Al "Shabaab"'), ('"Kenya', "Kenya"), ('Kenya"', "Kenya"), ('\\"Lion\\" Brigade', '"Lion" Brigade')],
)
def test_stray_quotes_are_repaired(tmp_path: Path, written: str, meant: str) -> None:
    """Quotes around a field go, doubled and escaped ones become one, and no quote swallows what follows."""
    events, refused, remarks = read(tmp_path, icews_file(icews(Source_Name=written), icews(Event_ID="5")), "icews")

    assert [e.actor[0].name for e in events] == [meant, "Police (Kenya)"]
    assert (refused, remarks["stray-quotes"]) == ([], 1)


@pytest.mark.parametrize(
    ("code", "text", "meant", "repair"),
    [
        ("42", "Make a visit", "042", "leading-zero"),
        ("42", "", "042", "leading-zero"),
        ("Make a visit", "", "042", "code-from-name"),
        ("", "Make a visit", "042", "code-from-name"),
        ("831", "Accede to demands for change in leadership", "0831", "leading-zero"),
        ("1245", "Refuse to allow international involvement (non mediation)", "1245", None),
        ("141", "Demonstrate or rally", "141", None),
    ],
)
def test_cameo_codes_are_repaired_by_their_names(tmp_path: Path, code: str, text: str, meant: str, repair: str | None) -> None:
    """A spreadsheet takes leading zeros away; some files have the name where the code should be."""
    (event,), _, remarks = read(tmp_path, icews_file(icews(CAMEO_Code=code, Event_Text=text)), "icews")

    assert f"cameo {meant};" in event.coder
    assert remarks == ({} if repair is None else {repair: 1})


def test_fourteen_is_an_option_considered_when_its_name_says_so(tmp_path: Path) -> None:
    """14 without its zero is 014, a statement, not 14, a protest."""
    _, (refused,), _ = read(tmp_path, icews_file(icews(CAMEO_Code="14", Event_Text="Consider policy option")), "icews")
    (protest,), _, _ = read(tmp_path, icews_file(icews(CAMEO_Code="14", Event_Text="")), "icews")

    assert refused.reason == "no-plover-type"
    assert protest.event == ("PROTEST",)


def test_columns_of_nothing_and_old_encodings_are_read(tmp_path: Path) -> None:
    """Tabs at the end are passed over; a windows-1252 line is no reason to lose the row."""
    row = ("\t".join(icews(Source_Name="Côte d’Ivoire")) + "\t\t\n").encode("cp1252")
    (event,), _, remarks = read(tmp_path, icews_file().encode() + row, "icews")

    assert event.actor[0].name == "Côte d’Ivoire"
    assert remarks == {"empty-columns": 1, "encoding": 1}


def test_what_cannot_be_repaired_is_refused_with_line_and_rule(tmp_path: Path) -> None:
    """A row that ends too early, a date that is none, an id that is missing."""
    rows: list[list[str] | str] = ["\t".join(icews()[:12]), icews(Event_Date="2025-02-30"), icews(Event_ID=" "), icews(CAMEO_Code="99", Event_Text="?")]
    events, refused, _ = read(tmp_path, icews_file(*rows), "icews")

    assert events == []
    assert [r.reason for r in refused] == ["columns", "bad-date", "no-id", "unknown-code"]
    assert refused[1].detail == f"{tmp_path}/rows.txt:3: date = '2025-02-30', but it must be a day, YYYY-MM-DD or YYYYMMDD"


def test_icews_without_header_is_read_by_position(tmp_path: Path) -> None:
    """Some copies have lost the first line."""
    (event,), _, remarks = read(tmp_path, "\t".join(icews()) + "\n", "icews")

    assert event.actor[0].code == "KEN"
    assert remarks == {"no-header": 1}


@pytest.mark.parametrize("name", ["Russian Federation", "Occupied Palestinian Territory", "Côte d'Ivoire", "Congo, the Democratic Republic of the", "European Union"])
def test_country_names_of_icews_are_known(tmp_path: Path, name: str) -> None:
    """Official and older English names."""
    (event,), _, remarks = read(tmp_path, icews_file(icews(Source_Country=name)), "icews")

    assert event.actor[0].code in ("RUS", "PSE", "CIV", "COD", "EUR")
    assert remarks == Counter()


# --- POLECAT, PLOVER, Phoenix, ACLED ---------------------------------------------------------------


def test_lists_of_polecat_stand_side_by_side(tmp_path: Path) -> None:
    """The second name goes with the second country and sector; "None" is none."""
    (event,), _, remarks = read(tmp_path, polecat_file(), "polecat")

    assert [(a.code, a.sector, a.name, a.entity_text) for a in event.actor] == [
        ("EGY", "GOV", "Samir Farag", "the Egyptian envoy"),
        ("SDN", "MIL", None, "Sudanese generals"),
    ]
    assert event.recipient == (Entity(code="QAT", entity_text="Doha"),)
    assert (event.mode, event.context, event.event_scale) == (("visit",), ("diplomatic", "economic"), 4.0)
    assert event.event_loc is not None
    assert (event.event_loc.geonameid, event.event_loc.country_code) == (290030, "QAT")
    assert remarks == Counter()


def test_older_and_broken_polecat_files_are_read(tmp_path: Path) -> None:
    """The first releases say Intensity; some rows end in tabs; a file without header is refused whole."""
    text = polecat_file().replace("Event Intensity", "Intensity").rstrip("\n") + "\t\t\n"
    (event,), _, remarks = read(tmp_path, text, "polecat")
    none, refused, _ = read(tmp_path, polecat_file().split("\n", 1)[1], "polecat")

    assert (event.event_scale, remarks["empty-columns"]) == (4.0, 1)
    assert (none, [r.reason for r in refused]) == ([], ["no-header"])


def test_modes_and_types_that_plover_lacks_are_told(tmp_path: Path) -> None:
    """An unknown mode is lost and counted; an unknown type refuses the row."""
    (event,), _, remarks = read(tmp_path, polecat_file(Event_Mode="séance"), "polecat")
    _, (refused,), _ = read(tmp_path, polecat_file(Event_Type="FEAST"), "polecat")

    assert (event.mode, remarks) == ((), {"mode-unknown": 1})
    assert refused.reason == "unknown-type"


@pytest.mark.parametrize("shape", ["lines", "array", "spread"])
def test_plover_json_is_read_in_each_shape(tmp_path: Path, shape: str) -> None:
    """One object a line, one array, or objects with line breaks inside; older drafts say `source` and `actor_text`."""
    two = [PLOVER, PLOVER | {"id": "p2"}]
    text = {
        "lines": "\n".join(map(json.dumps, two)),
        "array": json.dumps(two, indent=1),
        "spread": "\n".join(json.dumps(o, indent=2) for o in two),
    }[shape]
    events, refused, _ = read(tmp_path, text, "plover")

    assert [e.id for e in events] == ["p1", "p2"]
    assert refused == []
    actor = events[0].actor[0]
    assert (actor.code, actor.sector, actor.other_sectors, actor.entity_text) == ("USA", "GOV", ("MIL",), "Washington")
    assert events[0].event_loc is not None
    assert (events[0].event_loc.resolved_place, events[0].event_loc.lat, events[0].event_loc.country_code) == ("Ottawa", 45.4, "CAN")


def test_other_records_of_our_own_files_are_passed_over(tmp_path: Path, root: Path) -> None:
    """`detente read --format jsonl` writes quotes and checks between the events; they are counted."""
    own = (root / "examples/formats/events.jsonl").read_text(encoding="utf-8")
    more = '{"id": "q1", "speaker": null, "text": "x"}\n{"id": "k1", "check": "office", "finding": "variant"}\n'
    events, refused, remarks = read(tmp_path, own + more, "detente")

    assert (len(events), refused) == (6, [])
    assert remarks == {"quote-passed-over": 1, "check-passed-over": 1}


def test_phoenix_is_read_with_and_without_header(tmp_path: Path) -> None:
    """The daily files have no header and whole dates; the historical ones names of their own and codes without zero."""
    daily, refused, _ = read(tmp_path, phoenix(), "phoenix")
    older, _, _ = read(tmp_path, "eid,story_date,source,target,code\nNYT1,1990-01-02,CHNGOV,USA,42\n", "phoenix")

    (event,) = daily
    assert refused == []
    assert (event.actor[0].code, event.actor[0].sector, event.actor[0].other_sectors) == ("USA", "GOV", ("MIL",))
    assert (event.recipient[0].code, event.event, event.mode) == ("UNO", ("CONSULT",), ("visit",))
    assert [(e.id, e.date, e.actor[0].code, e.mode) for e in older] == [("phoenix-NYT1", "1990-01-02", "CHN", ("visit",))]


def test_acled_rows_are_acts_with_their_notes(tmp_path: Path) -> None:
    """A clash has two parties that do the same; a field may hold commas and line breaks; names end in the government's years."""
    row = 'SDN1,16 May 2024,1,Battles,Armed clash,Military Forces of Sudan (2019-),1,RSF,2,Sudan,Nyala,12.05,24.88,"They fought,\nall day."\n'
    (event,), refused, remarks = read(tmp_path, ACLED + row, "acled")

    assert (event.event, event.reciprocal, event.date) == (("ASSAULT",), True, "2024-05-16")
    assert [(a.code, a.sector) for a in event.actor] == [("SDN", "MIL"), (None, "REB")]
    assert event.text == "They fought,\nall day."
    assert (refused, remarks["newline-in-field"]) == ([], 1)


@pytest.mark.parametrize(
    ("kind", "actor", "recipient"),
    [("Peaceful protest", "Protesters (Chad)", None), ("Excessive force against protesters", "Police Forces of Chad (2021-)", "Protesters (Chad)")],
)
def test_police_at_a_protest_act_only_when_they_strike(tmp_path: Path, kind: str, actor: str, recipient: str | None) -> None:
    """ACLED names the protesters first; force against them is an act of the police."""
    row = f"TCD1,2024-05-16,2,Protests,{kind},Protesters (Chad),Protesters,Police Forces of Chad (2021-),State forces,Chad,Moundou,8.5,16,\n"
    (event,), _, _ = read(tmp_path, ACLED + row, "acled")

    assert event.actor[0].entity_text == actor
    assert (event.recipient[0].entity_text if event.recipient else None) == recipient
    assert (event.date, event.enddate, event.date_precision) == ("2024-05-13", "2024-05-19", "week")


# --- a CSV of one's own ----------------------------------------------------------------------------


def test_a_csv_is_read_by_its_map(root: Path) -> None:
    """The map says which column is what, how days are written and what each value means."""
    folder = root / "examples/formats"
    events = [e for e in read_events(str(folder / "own.csv"), "mapped", mapping=folder / "own.toml") if isinstance(e, Event)]

    assert [(e.date, e.event[0], e.mode, e.actor[0].code) for e in events] == [
        ("2024-02-03", "CONSULT", (), "EGY"),
        ("2024-02-17", "ASSAULT", ("aerial",), "SDN"),
        ("2024-03-01", "AID", (), "QAT"),
    ]
    assert events[0].text == "Delegations of Egypt and Sudan met in Cairo, with observers."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("columns = 3", "it must be a TOML map"),
        ('[columns]\ndate = "d"', "there must be a date, and a type or a cameo"),
        ('[columns]\ndate = "d"\ntype = "t"\ncolour = "c"', "a column can be"),
        ('[columns]\ndate = "d"\ntype = "t"\n[types]\nWar = "ASSALT"', "near: ASSAULT"),
        ('[columns]\ndate = "d"\ntype = "t"\n[types]\nWar = "AID/aerial"', "AID has no such mode"),
        ('separator = ""\n[columns]\ndate = "d"\ntype = "t"', "it must be one character"),
    ],
)
def test_a_map_that_breaks_a_rule_is_told_before_reading(tmp_path: Path, text: str, told: str) -> None:
    """The message names the rule."""
    file = tmp_path / "map.toml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(BadSetting, match=told):
        mapping_of(file)


# --- days to come ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "status", "reasons"),
    [
        ("2026-03-14", "actual", []),
        ("2026-03-15", "actual", []),  # it has begun east of UTC
        ("2026-03-16", "actual", ["future-date"]),
        ("2030-01-01", "negated", ["future-date"]),
        ("2030-01-01", "future", []),
        ("2030-01-01", "hypothetical", []),
        (None, "actual", []),
        ("soon", "actual", []),
    ],
)
def test_nothing_has_happened_on_a_day_to_come(date: str | None, status: str, reasons: list[str]) -> None:
    """What is planned or supposed may lie ahead; what is told to have happened may not. A day that is none has another rule."""
    found = list(begun([event(date=date, enddate=date, status=status)], today=dt.date(2026, 3, 14)))

    assert [each.reason for each in found if isinstance(each, Refused)] == reasons
    assert len(found) == 1


# --- files -----------------------------------------------------------------------------------------


def test_packed_files_are_read_as_they_come(tmp_path: Path) -> None:
    """GDELT is given out as .zip, others as .gz; a zip's members are named in refusals."""
    packed = tmp_path / "rows.gz"
    packed.write_bytes(gzip.compress(gdelt().encode()))
    zipped = tmp_path / "rows.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("a.CSV", gdelt() + "\n")
        archive.writestr("b.CSV", "nothing\n")

    assert len(list(read_events(str(packed), "gdelt2"))) == 1
    first, second = read_events(str(zipped), "gdelt2")
    assert isinstance(first, Event)
    assert isinstance(second, Refused)
    assert second.document == f"{zipped}/b.CSV:1"


@pytest.mark.parametrize("cut", ["gz", "zip", "missing", "utf-16", "binary"])
def test_broken_files_are_refused_and_what_stood_before_is_kept(tmp_path: Path, cut: str) -> None:
    """A truncated archive, no file, another encoding, zero bytes: each is one named refusal."""
    whole = gzip.compress(b"\n".join(gdelt(GLOBALEVENTID=str(n)).encode() for n in range(9_000)), compresslevel=1)
    content = {"gz": whole[: len(whole) // 2], "zip": b"PK\x03\x04nothing", "utf-16": gdelt().encode("utf-16"), "binary": b"a\x00b\n"}
    file = tmp_path / f"rows.{cut}"
    if cut != "missing":
        file.write_bytes(content[cut])
    found = list(read_events(str(file), "gdelt2"))

    refused = [f for f in found if isinstance(f, Refused)]
    assert {r.reason for r in refused[-1:]} <= {"unreadable", "encoding", "binary"}
    assert len([f for f in found if isinstance(f, Event)]) > 1000 if cut == "gz" else len(found) == 1


def test_a_format_that_is_none_is_told(tmp_path: Path) -> None:
    """The message lists what there is."""
    with pytest.raises(BadSetting, match="it must be one of detente, plover"):
        list(read_events(str(tmp_path), "excel"))


bits = st.sampled_from(
    [b"\t", b"\n", b'"', b",", b"{", b"}", b"[", b"]", b"20230508", b"2023-05-08", b"042", b"USA", b"\xff", b"\x00", b"\r\n", b'{"id":1}', b"None", b"1"]
)
anything = st.one_of(st.binary(max_size=300), st.lists(st.one_of(bits, st.binary(max_size=8)), max_size=80).map(b"".join))


@pytest.mark.parametrize("format", [f for f in IMPORTS if f != "mapped"])
@given(content=anything)
def test_no_bytes_crash_an_import(tmp_path_factory: pytest.TempPathFactory, format: str, content: bytes) -> None:
    """Whatever stands in the file, it is read or refused, with file and line."""
    folder = tmp_path_factory.mktemp("any", numbered=True) if not (kept := FOLDERS.get(format)) else kept
    FOLDERS[format] = folder
    _, refused, _ = read(folder, content, format)

    assert all(r.document.startswith(str(folder)) and r.reason and r.detail.startswith(str(folder)) for r in refused)


FOLDERS: dict[str, Path] = {}
"""A folder for each format: making one for each of hypothesis's examples would take longer than the examples."""


@given(content=anything.map(lambda b: b.replace(b"\x00", b"")), good=st.integers(0, 3))
def test_of_lines_each_is_an_event_or_a_refusal(tmp_path_factory: pytest.TempPathFactory, content: bytes, good: int) -> None:
    """GDELT has one record a line: in = out + refused, whatever stands between good rows."""
    folder = FOLDERS.setdefault("lines", tmp_path_factory.getbasetemp() / "lines")
    folder.mkdir(exist_ok=True)
    rows = b"\n".join([gdelt().encode()] * (good + 1)) + b"\n" + content
    events, refused, _ = read(folder, rows, "gdelt2")

    assert len(events) >= good + 1
    assert len(events) + len(refused) == len([r for r in rows.split(b"\n") if r.strip()])


def test_all_of_icews_that_is_there_is_imported(shared: Path, tmp_path: Path) -> None:
    """20,000 real tuples: every one becomes an event, or has no PLOVER type in the official table; none is refused for another reason."""
    source = shared / "data/icews_dyads/icews_events.parquet"
    if not source.is_file():
        pytest.skip("../shared has no ICEWS events")
    rows = polars.read_parquet(source).sample(20_000, seed=1)
    text = icews_file(
        *(
            icews(
                Event_ID=str(n), Event_Date=r["date"].date().isoformat(), Source_Name=r["source_entity"], Source_Sectors="", Event_Text=r["relation"],
                CAMEO_Code=r["cameo"], Target_Name=r["target_entity"],
            )
            for n, r in enumerate(rows.iter_rows(named=True))
        )
    )
    events, refused, remarks = read(tmp_path, text, "icews")

    assert len(events) + len(refused) == 20_000
    assert {r.reason for r in refused} == {"no-plover-type"}
    assert set(remarks) <= {"stray-quotes"}


@pytest.mark.parametrize(
    ("format", "line"),
    [
        ("detente", '{"id": "e", "event": ["AID"]}'),
        ("detente", '{"event": [], "status": "actual"}'),
        ("plover", '{"id": ' + "1" * 5000 + ', "event": "AID", "actor": {"code": "USA"}}'),
        ("plover", '[{"id": "\\ud800", "event": "AID", "actor": {"code": "USA"}}]'),
        ("plover", '[{"id": "a", "event": "AID", "actor": {"code": "USA"}, "event_scale": NaN}]'),
        ("plover", "[" * 100_000),
        ("gdelt", "GLOBALEVENTID,SQLDATE,EventCode\n1," + "2" * 200_000 + ",042"),
        ("phoenix", "EventID,Date,EventCode\n1," + "2" * 200_000 + ",042"),
        ("acled", ",".join(sorted(("event_id_cnty", "event_date", "sub_event_type", "actor1"))) + "\n" + '"' + "2" * 200_000 + '",,,'),
    ],
    ids=range(9),
)
def test_extremes_are_refused(tmp_path: Path, format: str, line: str) -> None:
    """Numbers of 5,000 digits, half characters, NaN, depth without end, fields of 200,000 characters, records of half their fields."""
    events, refused, _ = read(tmp_path, line, format)

    assert (events, len(refused)) == ([], 1)


@pytest.mark.parametrize(("field", "value"), [("quad_code", 9), ("status", "perhaps"), ("date", "yesterday"), ("text_info", {"document": "d", "sequence": 0, "start": 10**30, "end": 0})])
def test_our_own_records_are_checked_before_others_get_them(tmp_path: Path, root: Path, field: str, value: object) -> None:
    """A file that somebody changed does not crash an export."""
    first = json.loads((root / "examples/formats/events.jsonl").read_text(encoding="utf-8").splitlines()[0])
    events, (refused,), _ = read(tmp_path, json.dumps(first | {field: value}), "detente")

    assert events == []
    assert refused.reason in ("fields", "bad-date")
