"""Title words: which office they name, and which sector the people so called belong to.

The tables are meant to be read and mended by hand. The longest phrase wins; a plural counts as its singular.
"""

from __future__ import annotations

import re
from functools import lru_cache

from detente.actors.words import norm_of, tokens

HEADS = ("head_of_state", "head_of_government", "leader")

# Offices that one person at a time holds in a state.
UNIQUE = frozenset(
    "head_of_state head_of_government foreign_minister foreign_policy_chief defence_minister interior_minister finance_minister national_security_adviser ambassador speaker "
    "vice_president trade_minister energy_minister justice_minister health_minister".split()
)

# Role → its phrases, tried longest first. An office that is not here is "other".
ROLES: dict[str, str] = {
    "head_of_state": (
        "president|king|queen|emperor|emir|sultan|monarch|supreme leader|pope|pontiff|head of state|chief of state|paramount leader|secretary general|"
        "president of the european council"
    ),
    "head_of_government": "prime minister|premier|chancellor|taoiseach|head of government|chief executive|president of the european commission",
    "leader": "leader|ruler",
    "foreign_minister": (
        "foreign minister|foreign affairs minister|minister of foreign affairs|minister for foreign affairs|minister of external affairs|"
        "minister of foreign relations|minister of foreign and european affairs|minister for europe and foreign affairs|minister of europe and foreign affairs|"
        "minister of external relations|minister for external relations|external relations minister|foreign relations minister|secretary of foreign affairs|"
        "secretary for foreign affairs|foreign affairs secretary|foreign relations secretary|secretary of foreign relations|secretary of external relations|"
        "external affairs minister|secretary of state|foreign secretary|secretary of state for foreign and commonwealth affairs|"
        "secretary of state for foreign commonwealth and development affairs"
    ),
    "foreign_policy_chief": "foreign policy chief|foreign affairs chief|director of the office of the central foreign affairs commission",
    "defence_minister": (
        "defence minister|defense minister|minister of defence|minister of defense|minister for defence|minister of national defence|"
        "minister of national defense|minister for national defence|minister for national defense|national defence minister|national defense minister|"
        "minister of the armed forces|minister for the armed forces|minister of the revolutionary armed forces|armed forces minister|secretary of defence|"
        "secretary of national defence|secretary of national defense|secretary for defence|secretary for national defence|secretary of defense|"
        "defense secretary|defence secretary|secretary of state for defence|defense chief"
    ),
    "interior_minister": (
        "interior minister|minister of the interior|minister of interior|minister for the interior|minister for home affairs|internal affairs minister|"
        "minister of internal affairs|minister of home affairs|home minister|home affairs minister|home secretary|secretary of state for the home department|"
        "secretary of homeland security|homeland security secretary|homeland security chief"
    ),
    "finance_minister": (
        "finance minister|minister of finance|minister for finance|minister of finances|minister of economy and finance|minister of economy and finances|"
        "minister of the economy and finance|minister of the economy and finances|minister of the economy finances and industry|"
        "minister of economic affairs and finance|economy and finance minister|secretary of finance|secretary for finance|finance secretary|"
        "secretary of the treasury|treasury secretary|chancellor of the exchequer"
    ),
    "trade_minister": "trade minister|minister of trade|minister of commerce|commerce minister|secretary of commerce|commerce secretary|trade representative",
    "justice_minister": "justice minister|minister of justice|attorney general",
    "energy_minister": "energy minister|secretary of energy|energy secretary|oil minister",
    "health_minister": "health minister|minister of health",
    "unification_minister": "unification minister",
    "vice_president": "vice president",
    "ambassador": "ambassador|high commissioner|permanent representative|charge d affaires",
    "envoy": "envoy|special representative|negotiator",
    "speaker": (
        "speaker|president of the national assembly|president of the senate|president of the chamber of deputies|chairman of the national assembly|"
        "president of the parliament"
    ),
    "national_security_adviser": "national security adviser|national security advisor",
    "legislator": "senator|representative|congressman|congresswoman|member of parliament|lawmaker|legislator",
    "deputy": "deputy",
    "spokesperson": "spokesman|spokeswoman|spokesperson",
    "judge": "chief justice|judge|justice",
    "prosecutor": "prosecutor",
    "intelligence_chief": "intelligence chief|director of the cia|director of the central intelligence agency|cia director",
    "military_chief": (
        "army chief|chief of the general staff|chief of the army staff|chief of army staff|chief of the army|chief of the defence staff|"
        "chief of the defense staff|chief of the armed forces|chief of general staff|chief of defence|army chief of staff|chief of staff of the army|"
        "chairman of the joint chiefs of staff"
    ),
    "governor": "governor",
    "mayor": "mayor",
    "minister": "minister|secretary",
}

# "deputy foreign minister" is another office than "foreign minister".
LESSER = re.compile(
    r"\b(deputy|vice|assistant|under|undersecretary|former|ex|junior|shadow|parliamentary|state secretary|delegate|first lady|late)\b"
)
# What stands before an office that somebody else holds: "the spokesman for the president", "his predecessor as president".
_UNDER_ANOTHER = re.compile(r"\b(?:of|for|to|with|by|from|against|under|in|as|than|predecessor|successor|next|future)\b")
# What follows an office that is no head of its phrase: "the president's spokesman", "president-elect", "the foreign minister level".
_GOES_ON = re.compile(r"['’]|-|\s+(?!(?:of|for|to|in|at|from|and|who|that|which|with|on)\b)[a-z]")
_WHOLE_OFFICE = re.compile(r"\b(?:deputy|vice) (?:prime minister|premier|president|chancellor)$")
_NOT_A_HEAD = re.compile(
    r"\b(party|rebel|opposition|student|union|church|religious|spiritual|tribal|militia|business|rebels|group|movement|bank|court|university|faction|cartel|guerrilla|protest|community|local|senate majority|majority|minority|house)\b"
)

# Words → sector. Within a mention the specific sectors beat GOV, and among the specific the last before a preposition.
SECTORS: dict[str, str] = {
    "MIL": (
        "troops|troop|army|soldier|navy|naval|marine|marines|military|air force|armed forces|forces|warship|destroyer|frigate|aircraft carrier|"
        "fighter jet|warplane|jet|helicopter|general|lieutenant|colonel|major|admiral|commander|officer|sergeant|captain|infantry|battalion|brigade|"
        "garrison|coastguard cutter|conscript|paratrooper|airman|airmen|sailor|gunner|artillery|tank|submarine|pilot|peacekeeper|peacekeeping|"
        "serviceman|servicemen|recruit|cadet|defense forces|defence forces|gunboat|bomber|drone|reservist|patrol boat|joint chiefs|guardsmen|legion|"
        "commando|ranger|patrol craft|patrol ship|junta|military junta|putschist|corvette|general staff|guards|guardsman|corporal|private first class|battery|batteries|aircraft|battleship|frontier troops|army chief|brigadier"
    ),
    "COP": (
        "police|policeman|policemen|policewoman|constable|border guard|coast guard|coastguard|gendarme|gendarmerie|customs|riot police|detective|security forces|"
        "inspector general|sheriff|patrolman|frontier guard|guard|investigator|customs officer|police chief|border police|warden|federal agents|border patrol"
    ),
    "LEG": (
        "parliament|lawmaker|senator|senate|congress|congressman|congressmen|congresswoman|legislator|legislature|assembly|parliamentarian|member of parliament|"
        "members of parliament|mp|mps|deputies|house of representatives|lower house|upper house|speaker|knesset|duma|bundestag|legislative|committee of the senate|chamber of deputies|"
        "national assembly|representative|majority leader|minority leader|constituent assembly"
    ),
    "JUD": (
        "court|judge|prosecutor|tribunal|magistrate|justice|judicial|judiciary|chief justice|supreme court|attorney|jury|bailiff|grand jury|constitutional court|"
        "public prosecutor|prosecution|inquest|coroner|high court|appeals court"
    ),
    "REB": (
        "rebel|insurgent|militant|guerrilla|fighter|separatist|rebellion|insurgency|insurgents|extremist|jihadist|suicide bomber|mujahideen|mutineer|secessionist|"
        "terrorist|maoist|islamist fighter|holdout|resistance fighter|terror network|terror suspect|bombers|warlord|guerilla"
    ),
    "UAF": "gunman|gunmen|attacker|armed men|assailant|kidnapper|hostage taker|armed group|hijacker|captor|abductor|raider|armed man|sniper|arsonist|bomber on",
    "CVL": (
        "protester|demonstrator|civilian|resident|villager|student|people|citizen|crowd|activist|marcher|passenger|victim|family|families|child|children|woman|women|"
        "man|men|voter|local|tourist|hostage|crew|worshipper|pilgrim|witness|survivor|youth|mourner|boy|girl|tenant|rioter|mob|squatter|settler|bystander|shopper|"
        "neighbor|neighbour|parent|mother|father|wife|relative|inmate|prisoner|detainee|hunger striker|hiker|prostester|person|persons|pedestrian|islander|aid worker|"
        "youngster|foreigner|motorist|novelist|poet|sprinter|cyclist|bereaved|motorcyclist|engineer|swimmer|rower|commuter|camper|orphan|widow|writer|musician|artist|singer|actor|actress|player|athlete|fan|mountaineer|expatriate|townspeople|tribesmen|herder|campaigner|human rights activist|pensioner|diver|volunteer"
    ),
    "JRN": (
        "media|state media|newspaper|journalist|reporter|news agency|television|tv|radio|broadcaster|daily|press|correspondent|editor|magazine|newsmen|news service|"
        "news agencies|station|photographer|cameraman|columnist|state television|state radio|blogger|weekly|website|newsroom|news reports|press agency"
    ),
    "OPP": "opposition|dissident|opposition leader|opposition party|exile|opposition politician|opposition figure|exiles|opposition parties",
    "PTY": "party|ruling party|parties|candidate|politician|nominee|bloc|coalition party|faction|presidential candidate|political leaders|party leader|coalition partner",
    "REF": "refugee|asylum seeker|displaced|migrant|evacuee|boat people|displaced persons|displaced people",
    "LAB": "worker|union|labor union|labour union|trade union|striker|miner|docker|trade unionist|employee|unionist|driver|nurse union|stevedore|fishermen|fisherman|dockworkers|laborer|labourer|crewmen|shop steward",
    "BUS": "company|firm|bank|businessman|businessmen|businesswoman|corporation|business|investor|manufacturer|airline|executive|trader|operator|shareholder|exporter|importer|oil company|supplier|shipping line|contractor|developer|shipowner|brewer|industry|chief executive officer|merchant|entrepreneur|plant|factory|maker|shareholders|refiner|shopkeeper|billionaire|trawler|tanker|freighter|cruise ship|airliner|oil rig|rig|vessel|cargo ship|port agent|banker|hotel",
    "MED": "doctor|nurse|hospital|medic|physician|surgeon|medical|health worker|paramedic|clinic|midwife|scientist|health authorities|epidemiologist|ambulance",
    "REL": "cleric|bishop|archbishop|pope|church|imam|priest|monk|nun|cardinal|ayatollah|religious leader|rabbi|pastor|mullah|patriarch|clergy|pontiff|religious|spiritual leader|missionary|preacher|congregation|mosque|diocese",
    "AGR": "farmer|rancher|herdsman|grower|peasant|herdsmen|farming|agricultural union|farm workers",
    "EDU": "teacher|professor|university|school|academic|researcher|think tank|college|lecturer|scholar|analyst|historian|headmaster|political scientist|economist|rector",
    "CRM": "criminal|gang|drug trafficker|trafficker|smuggler|pirate|cartel|mafia|drug lord|robber|bandit|thief|thieves|dealer|hacker|convict|fraudster|poacher|racketeer",
    "SPY": "intelligence|spy|spies|intelligence agency|secret service|security service|intelligence officer|intelligence service|secret police|secret agent|counterintelligence",
    "PRM": "militia|paramilitary|paramilitaries|militiamen|militiaman|death squad|vigilante",
    "SOC": "charity|foundation|elder|tribal elder|aid group|civil society|human rights group|rights group|tribe|clan|relief group|monitoring group|aid agency|association|tribal leaders|club",
    "ELI": "former president|ex president|former prime minister|former minister|ex minister|former foreign minister|former secretary|former leader|former dictator|former ambassador|ousted president|former king|deposed president|former official|former premier|first lady|former chancellor|deposed leader|former vice president|former governor|former officials|former ruler|former general|former senator|ex prime minister|ex king",
    "GOV": (
        "government|president|prime minister|premier|minister|ministry|official|spokesman|spokeswoman|spokesperson|spokesmen|ambassador|envoy|diplomat|secretary|governor|mayor|"
        "authority|authorities|chancellor|king|queen|prince|leader|administration|cabinet|embassy|negotiator|leadership|regime|commissioner|head of state|consul|consulate|"
        "foreign ministry|state department|agency|department|counterpart|chief|vice president|attorney general|election commission|adviser|advisor|aide|"
        "presidency|mediator|delegate|guarantor|delegation|premiership|royal family|palace|council|emir|sultan|monarch|emperor|crown prince|sheikh|prefect|head|director|chairman|chairwoman|chairperson|central bank|inspector|inspectors|ruler|nation|country|republic|"
        "state|kingdom|island|mission|side|negotiating team|legation|foreign office|health inspector|city hall|municipality|local authorities|high commissioner|finance minister|"
        "defense minister|defence minister|defence ministry|defense ministry|defense secretary|defence secretary|defense department|defense officials|defence officials|secretary of defense|"
        "interior minister|justice minister|justice ministry|home secretary|national security adviser|national security advisor|health minister|health ministry|labour ministry|labor ministry|"
        "minister of defense|minister of defence|minister of justice|intelligence minister|military government|military ruler|military leader|military rulers|governor general|"
        "secretary general|commander in chief|justice department|superpower|sides|general secretary|chief negotiator|foreign secretary|treasury secretary|health officials|president elect|ministry of defence|ministry of defense|attorney general's office|chief of state"
    ),
}

_FORMER = re.compile(r"\b(?:former|ex|ousted|deposed|toppled|late|exiled|one-time)\b", re.IGNORECASE)
_GENERIC = {"GOV"}
_WEAK = {"CVL"}  # "people", "men": any other word in the mention tells more


def _phrases(table: dict[str, str]) -> dict[str, str]:
    """Folded phrase → sector, plurals of the last word included."""
    found: dict[str, str] = {}
    for sector, phrases in table.items():
        for phrase in phrases.split("|"):
            norm = norm_of(phrase)
            for form in (norm, norm + "s", norm + "es"):
                found.setdefault(form, sector)
            if norm.endswith("y"):
                found.setdefault(norm[:-1] + "ies", sector)
    return found


_SECTOR_OF = _phrases(SECTORS)
_ROLE_OF = {norm_of(phrase): role for role, phrases in ROLES.items() for phrase in phrases.split("|")}
_LONGEST = 12
TITLE_WORDS = frozenset(
    word
    for phrase in (*_SECTOR_OF, *_ROLE_OF)
    for word in phrase.split()
    if word not in {"of", "the", "for", "and", "s", "in", "on", "d"}
) | frozenset(
    "mr mrs ms dr sir lord lady dame miss madame general gen lt col maj adm capt sgt sen rep gov rev pope saint st acting former ex late deputy vice chief first second senior top "
    "interim caretaker new newly elected foreign defense defence interior finance trade affairs external security national house senate parliament justice health economy oil energy "
    "economic home labor labour transport education agriculture cultural information and majority minority whip democratic republican democrat conservative opposition rebel leader "
    "his her their its our my the a an two three four five six seven eight nine ten sunni shiite shi shia muslim christian jewish catholic orthodox hindu buddhist islamic islamist communist "
    "press political military party brigadier marshal field crown royal grand sheikh staff under undersecretary assistant co joint special un eu envoy coordinator emeritus rabbi reverend "
    "middle east far near north south west nobel peace prize winner laureate affairs adviser advisor speaker homeland treasury commerce state attorney counsel supreme federal republic monday tuesday wednesday thursday friday saturday sunday western northern southern eastern european african arab asian".split()
)


def _found(norm: str, table: dict[str, str]) -> list[tuple[int, int, str]]:
    """(first word, number of words, value) of each phrase of the table in the folded words, longest first at each place."""
    words, at, found = norm.split(), 0, []
    while at < len(words):
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            value = table.get(" ".join(words[at : at + length]))
            if value is not None:
                found.append((at, length, value))
                at += length
                break
        else:
            at += 1
    return found


@lru_cache(maxsize=16384)
def sector_of(words: str) -> str | None:
    """The sector that title words name ("Iraqi police" → COP, "opposition lawmakers" → LEG), or None."""
    spoken_for = re.match(
        r"(.*\b(?:spokes\w+|leaders?|members?|commanders?|heads?|chiefs?|officials?)) (?:of|for|from) (.*)", words
    )
    if spoken_for and not {"ELI", "MIL", "REB", "OPP"} & {
        value for _, _, value in _found(norm_of(spoken_for[1]), _SECTOR_OF)
    }:
        theirs = sector_of(spoken_for[2])
        if theirs is not None and theirs not in ("CVL", "GOV"):
            return theirs
    core = re.split(r"(?:,| (?:of|to|in|for|from|with|against|near|at|on|by|who|that) )", words, maxsplit=1)[0]
    for part in (core, words):
        sectors = [value for _, _, value in _found(norm_of(part), _SECTOR_OF)]
        if "ELI" in sectors:
            return "ELI"
        specific = [sector for sector in sectors if sector not in _GENERIC | _WEAK]
        weak = [sector for sector in sectors if sector in _WEAK]
        chosen = (
            specific[-1:]
            or (weak[-1:] if sectors[-1:] == weak[-1:] else [])
            or [s for s in sectors if s in _GENERIC]
            or weak
        )
        if chosen:
            return chosen[-1]
    return None


def means_there(words: str, role: str, code: str) -> bool:
    """Whether a title names that role in that state: a secretary of state is a foreign minister only in the United States."""
    norm = norm_of(words)
    if role == "head_of_government" and "chancellor" in norm and "minister" not in norm:
        return code in ("DEU", "AUT")
    if role == "foreign_minister" and "foreign" not in norm and "external" not in norm:
        return code in ("USA", "VAT")
    if role == "foreign_minister" and "foreign secretary" in norm:
        return code in ("GBR", "PHL")
    if role == "finance_minister" and ("finance secretary" in norm or "treasurer" in norm):
        return code in ("PHL", "HKG", "KEN", "AUS")  # in India and elsewhere a civil servant
    if role == "defence_minister" and (
        "defense secretary" in norm or "defence secretary" in norm or "secretary of defense" in norm
    ):
        return code in ("USA", "GBR", "PHL")
    return True


# Titles that few states have → those states, the one that news means first where the text names none or several of them.
_STATES_OF = {
    "secretary of state": ("USA",),
    "secretary of defense": ("USA",),
    "secretary of the treasury": ("USA",),
    "treasury secretary": ("USA",),
    "secretary of homeland security": ("USA",),
    "homeland security secretary": ("USA",),
    "foreign secretary": ("GBR", "PHL", "IND", "PAK", "BGD"),
    "home secretary": ("GBR", "IND"),
    "chancellor of the exchequer": ("GBR",),
    "taoiseach": ("IRL",),
}
# "Secretary of State for Health": in Britain, Spain and elsewhere one minister of many; in Washington only those below him are for something.
_OF_MANY = re.compile(r"(?<!assistant )(?<!under )(?<!undersecretary )secretary of state for\b")


@lru_cache(maxsize=16384)
def states_of(words: str) -> tuple[str, ...]:
    """The codes of the states that have an office of this title, where they are few: "Secretary of State Rice" is American."""
    norm = norm_of(words)
    return next((states for title, states in _STATES_OF.items() if re.search(rf"\b{title}\b", norm) and not _OF_MANY.search(norm)), ())


@lru_cache(maxsize=16384)
def role_of(words: str) -> str | None:
    """The role that a title names ("Chinese foreign minister" → foreign_minister), or None when it names no office."""
    norm = norm_of(words)
    found = _office_words(norm)
    if found is None:
        return None
    at, length, role = found
    before = _same_office(" ".join(norm.split()[:at]))
    if role == "legislator" and length == 1 and "special representative" in norm:
        return "envoy"
    if LESSER.search(before) and role not in ("vice_president", "deputy"):
        return "deputy"
    if role in HEADS and _NOT_A_HEAD.search(norm) and length == 1:
        return "other"
    return role


def head_roles(words: str) -> frozenset[str]:
    """The roles that the head of a phrase names: both of "Prime Minister and Defense Minister Barak", none of "the president's spokesman"."""
    spoken = tokens(words)
    norms = " ".join(token.norm for token in spoken)
    return frozenset(
        role
        for at, length, role in _found(norms, _ROLE_OF)
        if not LESSER.search(_same_office(" ".join(norms.split()[:at])))
        and not _UNDER_ANOTHER.search(words[: spoken[at].start])
        and not _GOES_ON.match(words, spoken[at + length - 1].end)
    )


def around_role(words: str) -> tuple[str, str]:
    """The folded words before and after those that name the office; both empty when none does."""
    norm = norm_of(words)
    found = _office_words(norm)
    if found is None:
        return "", ""
    parts = norm.split()
    return _same_office(" ".join(parts[: found[0]])), " ".join(parts[found[0] + found[1] :])


def _same_office(before: str) -> str:
    """Of the folded words before an office those that belong to it: "deputy prime minister and" is another office."""
    return "" if before.endswith(" and") or _WHOLE_OFFICE.search(before) else before.rpartition(" and ")[2]


def _office_words(norm: str) -> tuple[int, int, str] | None:
    """(first word, number of words, role) of the office that decides: "foreign minister and deputy premier" is named by most words."""
    return max(_found(norm, _ROLE_OF), key=lambda hit: (hit[1], -hit[0]), default=None)
