"""A user's own actors in a base: all rows or none, stronger than the base's, and whole worlds of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from detente.actors import ActorBase, resolve
from detente.actors.adding import add
from detente.errors import BadActorRow, BadSetting
from detente.records import Actor, Document, Mention, Reading, Span

HEADER = "kind,name,code,title,role,of_country,first,last,aliases,identifier,source,sector"
JUNE_2032 = dt.date(2032, 6, 1)
MAY_2023 = dt.date(2023, 5, 8)
Table = Callable[..., Path]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Writes a table of people and bodies."""

    def write(*rows: str) -> Path:
        file = tmp_path / "mine.csv"
        file.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
        return file

    return write


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ActorBase]:
    """The base with the made-up world of `examples/actors.csv`."""
    out = tmp_path_factory.mktemp("world") / "mine.sqlite"
    add(Path(__file__).resolve().parents[2] / "examples" / "actors.csv", out)
    opened = ActorBase.open(out)
    yield opened
    opened.close()


def resolved(base: ActorBase, words: str, on: dt.date = JUNE_2032) -> Actor:
    """The actor that these words name in a sentence."""
    text = f"On Friday {words} spoke."
    span = Span(10, 10 + len(words))
    mention = Mention(span=span, entities=(0,), sector=None, nations=(), body="state", body_score=1.0, score=1.0)
    reading = Reading(sentences=(), mentions=(mention,), triggers=(), times=(), places=(), quotes=(), names=())
    return resolve(Document(id="t", text=text, published=on), reading, base)[0]


# --- a world of its own -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "sector", "name"),
    [
        ("Veltia", "VLT", "GOV", None),
        ("the Republic of Veltia", "VLT", "GOV", None),
        ("Karsk", "VLT", "GOV", None),
        ("Veltian soldiers", "VLT", "MIL", None),
        ("the Orsmen", "ORM", "GOV", None),
        ("Veltian Foreign Minister Mira Toll", "VLT", "GOV", "Mira Toll"),
        ("Mira Toll-Hask", "VLT", "GOV", "Mira Toll"),
        ("Veltia's foreign minister", "VLT", "GOV", "Mira Toll"),
        ("the Veltian ambassador to Orsmark", "VLT", "GOV", "Ivo Brandt"),
        ("the prime minister of Orsmark", "ORM", "GOV", "Ketil Raum"),
        ("the Hegemon of Veltia", "VLT", "GOV", "Jarno Brix"),
        ("Hegemon Jarno Brix", "VLT", "GOV", "Jarno Brix"),
        ("the Karsk Brigades", "VLT", "REB", "Karsk Brigades"),
        ("the Northern Compact", "IGO", None, "Northern Compact"),
        ("the Amber Hall", "VLT", "GOV", "Amber Hall"),
    ],
)
def test_a_made_up_world_is_resolved(
    world: ActorBase, words: str, code: str, sector: str | None, name: str | None
) -> None:
    """States, peoples, capitals, bodies, people and their offices that exist nowhere else are known by the user's rows alone."""
    actor = resolved(world, words)

    assert (actor.code, actor.sector) == (code, sector)
    assert name is None or actor.name == name


def test_the_real_world_stays_known(world: ActorBase) -> None:
    """Adding a world takes nothing away."""
    assert resolved(world, "China's foreign minister", MAY_2023).name == "Qin Gang"


def test_one_person_may_hold_two_offices_on_a_day(world: ActorBase) -> None:
    """Mira Toll is minister of foreign affairs and of trade in June 2032."""
    found = world.find("Mira Toll", on=JUNE_2032)[0]

    assert {office.role for office in found.offices if office.held_on("2032-06-01")} == {
        "foreign_minister",
        "trade_minister",
    }


def test_a_base_with_own_rows_names_them_in_its_version(world: ActorBase) -> None:
    """Records tell from which base they came: the user's table leaves its mark."""
    assert world.version.startswith(f"{ActorBase.open().version}+")


# --- stronger than the base ---------------------------------------------------------------------------


def test_a_users_holder_is_named_before_the_bases_and_both_are_shown(tmp_path: Path, table: Table) -> None:
    """Who the user says was China's foreign minister comes first; Qin Gang stays to be seen."""
    add(table("person,Lin Testing,CHN,foreign minister,,,2023-01-01,2023-12-31,,,,"), tmp_path / "out.sqlite")
    base = ActorBase.open(tmp_path / "out.sqlite")
    held = [found.actor.name for found in base.holder("foreign minister", "CHN", on=MAY_2023)]

    assert held == ["Lin Testing", "Qin Gang"]
    assert resolved(base, "China's foreign minister", MAY_2023).name == "Lin Testing"
    base.close()


def test_a_users_days_overrule_the_bases_for_the_same_person(tmp_path: Path, table: Table) -> None:
    """When the user says that Qin Gang left in March 2023, he held the office no more in May, though the base says so."""
    done = add(table("person,Qin Gang,CHN,foreign minister,,,2022-12-30,2023-03-31,,,,"), tmp_path / "out.sqlite")
    base = ActorBase.open(tmp_path / "out.sqlite")
    offices = [office for office in base.find("Qin Gang", on=MAY_2023)[0].offices if office.role == "foreign_minister"]

    assert done.joined == ("Qin Gang (Q7216297)",)
    assert not base.holder("foreign minister", "CHN", on=MAY_2023)
    assert {(office.own, office.overruled) for office in offices} == {(True, False), (False, True)}
    base.close()


def test_sources_that_disagree_are_both_kept(tmp_path: Path, table: Table) -> None:
    """Two named sources may tell one tenure differently; nothing is chosen for the user."""
    rows = [
        f"person,Lin Testing,CHN,foreign minister,,,2023-0{month}-01,2023-12-31,,,{paper},"
        for month, paper in ((1, "Gazette"), (2, "Herald"))
    ]
    add(table(*rows), tmp_path / "out.sqlite")
    base = ActorBase.open(tmp_path / "out.sqlite")
    found = base.find("Lin Testing", on=MAY_2023)[0]

    assert {(office.first, office.source) for office in found.offices} == {
        ("2023-01-01", "own: Gazette"),
        ("2023-02-01", "own: Herald"),
    }
    base.close()


def test_a_word_of_the_users_wins_over_the_bases(tmp_path: Path, table: Table) -> None:
    """When the user's world has a Georgia of its own, Georgia is that one."""
    add(table("state,Georgia,GXA,,,,,,,,,"), tmp_path / "out.sqlite")
    base = ActorBase.open(tmp_path / "out.sqlite")

    assert [hit.code for hit in base.nations("They met in Georgia and Armenia.")] == ["GXA", "ARM"]
    base.close()


def test_more_names_for_a_state_that_is_there(tmp_path: Path, table: Table) -> None:
    """A row with a known code and the state's own name adds names to it."""
    add(table("state,Norway,NOR,,,,,,Northern Realm,,,"), tmp_path / "out.sqlite")
    base = ActorBase.open(tmp_path / "out.sqlite")

    assert (resolved(base, "the Northern Realm").code, base.state_name("NOR")) == ("NOR", "Norway")
    base.close()


# --- all or none --------------------------------------------------------------------------------------

VELTIA = "state,Veltia,VLT,,,,,,,,,"


@pytest.mark.parametrize(
    ("rows", "line", "rule"),
    [
        (["person,Mira Toll,VLX,minister,,,,,,,,"], 2, "neither the base nor a state row"),
        (["person,Mira Toll,NOR,ambassador,,VLX,,,,,,"], 2, "of_country = 'VLX'"),
        (["person,Mira Toll,NOR,ambassador,,,,,,,,"], 2, "needs of_country"),
        (["person,Mira Toll,NOR,foreign minister,,SWE,,,,,,"], 2, "has no host"),
        (["state,Veltia,NOR,,,,,,,,,"], 2, "that is Norway"),
        ([VELTIA, "state,Weltia,VLT,,,,,,,,,"], 3, "line 2 already"),
        ([VELTIA, "state,Veltia,VLU,,,,,,,,,"], 3, "tells 'Veltia' of line 2"),
        ([VELTIA, "group,Karsk Front,VLT,,,,,,,,,", "group,Karsk Front,VLT,,,,,,,,,"], 4, "line 3 already"),
        (
            [
                "person,Ada Ost,NOR,minister of trade,,,2030,2031,,,,",
                "person,Ada Ost,NOR,minister of trade,,,2031-06,2033,,,,",
            ],
            3,
            "overlap line 2",
        ),
        (
            [
                "person,Ada Ost,NOR,minister of trade,,,2030,2031,,,,",
                "person,Ada Ost,NOR,minister of trade,,,2030,2031,,,,",
            ],
            3,
            "same as line 2",
        ),
        (["person,Ada Ost,NOR,,,,,,A. Ost,,,", "person,Anna Ost,NOR,,,,,,A. Ost,,,"], 3, "give both an identifier"),
    ],
)
def test_nothing_is_added_when_one_row_is_bad(
    tmp_path: Path, table: Table, rows: list[str], line: int, rule: str
) -> None:
    """The bad row is named, and no base is written, not even for the good rows."""
    with pytest.raises(BadActorRow) as caught:
        add(table(*rows), tmp_path / "out.sqlite")

    assert (caught.value.line, rule in caught.value.rule) == (line, True), caught.value
    assert [file.name for file in tmp_path.iterdir()] == ["mine.csv"]


def test_a_bad_table_leaves_the_base_as_it_was(tmp_path: Path, table: Table) -> None:
    """What was added before stays, byte for byte, when a later table is refused."""
    out = tmp_path / "out.sqlite"
    add(table(VELTIA), out)
    before = out.read_bytes()
    with pytest.raises(BadActorRow):
        add(table("state,Orsmark,ORM,,,,,,,,,", "person,Nobody,XXX,,,,,,,,,"), out)

    assert out.read_bytes() == before


def test_the_same_table_twice_adds_nothing(tmp_path: Path, table: Table) -> None:
    """Rows that stand there already are counted, not written again."""
    file, out = table(VELTIA, "person,Mira Toll,VLT,president,,,2030,,,,,"), tmp_path / "out.sqlite"
    first, again = add(file, out), add(file, out)

    assert first.added == {"state": 1, "person": 1, "office": 1}
    assert (sum(again.added.values()), again.known) == (0, 2)


def test_a_later_table_that_contradicts_an_earlier_one_is_told(tmp_path: Path, table: Table) -> None:
    """The same person's office with other days is refused, unless one begins anew."""
    out = tmp_path / "out.sqlite"
    add(table(VELTIA, "person,Mira Toll,VLT,president,,,2030,,,,,"), out)
    changed = table(VELTIA, "person,Mira Toll,VLT,president,,,2031,,,,,")
    with pytest.raises(BadActorRow, match="--fresh"):
        add(changed, out)

    assert add(changed, out, fresh=True).added["office"] == 1


def test_adjacent_terms_and_namesakes_with_identifiers_are_legal(tmp_path: Path, table: Table) -> None:
    """One may follow oneself in office, and father and son may share a name."""
    done = add(
        table(
            "person,Ada Ost,NOR,minister of trade,,,2030,2031,,,,",
            "person,Ada Ost,NOR,minister of trade,,,2032,2033,,,,",
            "person,Jon Ost,NOR,,,,,,,ost-1,,",
            "person,Jon Ost,NOR,,,,,,,ost-2,,",
        ),
        tmp_path / "out.sqlite",
    )

    assert (done.added["person"], done.added["office"]) == (3, 2)


def test_a_base_that_is_none_is_refused(tmp_path: Path, table: Table) -> None:
    """Nobody's other file is written over by mistake."""
    out = tmp_path / "notes.txt"
    out.write_text("dear diary", encoding="utf-8")
    with pytest.raises(BadSetting, match="must be an actor base"):
        add(table(VELTIA), out)

    assert out.read_text(encoding="utf-8") == "dear diary"
