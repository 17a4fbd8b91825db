"""Two reports → the chance that they tell one happening, and what speaks for it."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from importlib import resources
from math import exp, log, log1p

import msgspec

from detente.errors import ModelProblem
from detente.reading.labels import MODES, TYPES
from detente.records import Match
from detente.stories.forest import Forest, Tree
from detente.stories.meaning import alike as meant_alike
from detente.stories.rarity import rare_type, rarest_party, rarest_word
from detente.stories.report import Report
from detente.stories.senses import alike
from detente.stories.words import tenths

FAR = 60
"""Days apart beyond which more days tell no more."""

_FRIENDLY = (1, 2)

KINDRED = tuple(
    frozenset(types.split())
    for types in (
        "AGREE SUPPORT CONCEDE", "AGREE CONSULT", "CONSULT COOPERATE SUPPORT", "AID COOPERATE", "AID RETREAT", "RETREAT CONCEDE", "AGREE REQUEST",
        "ACCUSE REJECT THREATEN", "ACCUSE PROTEST", "ACCUSE REQUEST", "REJECT SANCTION", "SANCTION COERCE", "COERCE ASSAULT", "ASSAULT PROTEST",
        "MOBILIZE ASSAULT", "MOBILIZE THREATEN", "SANCTION THREATEN", "AGREE AID", "RETREAT SANCTION",
    )
)  # fmt: skip
"""Types that lie beside each other in the codebook: the same act, told otherwise, is coded as either."""

_TYPE = {name: k for k, name in enumerate(TYPES, start=1)}
_MODE = {mode: k for k, mode in enumerate(MODES) if mode is not None}
_KIN = {(a, b) for kin in KINDRED for a in kin for b in kin if a != b}

FEATURES: dict[str, str] = {
    "same document": "both stand in one document",
    "same day": "time words tell the one same day for both",
    "same news day": "both happened on one day, but one of them only as news of its paper's day",
    "days overlap": "their days overlap, but one of them is not sure of the day",
    "next day": "their days lie side by side, and time words tell both",
    "next news day": "their days lie side by side, the later one only as news, which may well tell of the day before",
    "days apart": "log of the days between them, when there are more, and time words tell both",
    "news apart": "log of the days between them, when there are more, the later one only as news",
    "foretold": "the earlier of two days is only that of its paper, which would have told of it before it happened",
    "no day": "one of them has no day",
    "published apart": "log of the days between their papers",
    "same type": "one type of event",
    "rare type": "how rare the type is that both have",
    "kindred type": "two types that readers take for each other (`KINDRED`)",
    "other side": "one is friendly, the other hostile",
    "same mode": "one mode",
    "other mode": "two modes",
    "other status": "two statuses, none of them a denial",
    "denied": "one is told as done, the other as denied",
    "parties": "share of party codes that both have (Jaccard)",
    "rarest party": "how rare the rarest party is that both have",
    "one party": "both have the same one party and no other",
    "many parties": "log of how many parties they have together",
    "no party": "one of them has no party with a code",
    "other parties": "both have parties, none in common",
    "strangers": "the same, and no name, no place and nobody else of their documents in common either",
    "present": "share of the party codes in either document that are in both (Jaccard)",
    "scene": "likeness of the names in their documents (cosine)",
    "rarest in scene": "how rare the rarest name is that both documents have",
    "other scene": "both documents name somebody or some place, nothing in common",
    "named": "likeness of the names in their sentences (cosine)",
    "rarest named": "how rare the rarest name is that both sentences have",
    "same actor": "an actor in common",
    "rarest actor": "how rare the rarest actor is that both have",
    "other actor": "both have actors, none in common",
    "same recipient": "a recipient in common",
    "rarest recipient": "how rare the rarest recipient is that both have",
    "other recipient": "both have recipients, none in common",
    "turned round": "actor of the one is recipient of the other, and nothing else in common",
    "answered": "the same, and time words tell another day: an answer in kind",
    "same name": "a name in common",
    "other names": "both name somebody, nobody in common",
    "same place": "a word of the place in common",
    "other place": "both have places, without a word in common",
    "same trigger": "a stem of the trigger in common",
    "meaning": "likeness of what the triggers mean where they stand (cosine of the reader's vectors)",
    "meaning by type": "the same, where the type is one",
    "like types": "likeness of the chances of all types (cosine of their roots)",
    "like modes": "likeness of the chances of all modes (cosine of their roots)",
    "no meaning": "nobody looked at what one of the triggers means",
    "near sense": "likeness of what the words around the triggers mean (cosine of senses)",
    "near words": "likeness of the words around the triggers (cosine of weighted stems)",
    "words": "likeness of the sentences (cosine)",
    "context": "likeness of what their documents tell (cosine)",
    "context by type": "the same, where the type is one",
    "same numbers": "a number above two in common",
    "other numbers": "both have numbers above two, none in common",
    "same source": "on the same word",
}
"""What the model looks at, each a number of the pair; the same whichever report comes first."""

DETAILS: dict[str, str] = {
    "shared names": "how many names their parties have in common",
    "shared in scene": "how many names both documents have",
    "shared words": "how many words around the triggers are the same",
    "weight of names": "how much the names tell that both sentences have",
    "weight of words": "how much the words around the triggers tell that are the same",
    "nearer the head": "character of its text at which the sentence of one begins",
    "further down": "the same of the other",
    "fewer of a kind": "how many events of its type one of the documents tells",
    "more of a kind": "the same of the other",
    "gap": "days between the two, 0 when they overlap or one has none",
    "firsts apart": "days between their first days",
    "told days": "how many of them time words date",
    "widest": "days that the less sure of them leaves open",
    "told later": "days from the events to their papers, both together",
    "papers apart": "days between their papers",
    "first type": "number of the type that the reader has first of the two",
    "second type": "number of the other's type",
    "first mode": "number of the mode that the reader has first of the two, 0 for none",
    "second mode": "number of the other's mode",
}
"""What the trees ask beside, each a number of the pair. None of them speaks for a pair or against it by itself, so that the regression has no use for them."""


class Fellow(msgspec.Struct, frozen=True):
    """What it adds that two reports are each the other's best fellow in its document, or how far another is ahead.

        odds = bias + chance * log odds of the pair alone + (best + context * likeness of their documents, when they are) + behind * log odds ahead
    """

    bias: float = 0.0
    chance: float = 1.0
    best: float = 0.0
    context: float = 0.0
    behind: float = 0.0


AHEAD = 4.0
"""Log odds by which a rival may be ahead; more tells no more."""


class Model(msgspec.Struct, frozen=True):
    """A logistic regression of the pair alone, trees for what it misses, and a second regression that sees the documents' other events.

    chance = 1 / (1 + exp(-(bias + weights @ features + what the trees tell)))
    """

    bias: float
    threshold: float
    weights: dict[str, float]
    fellow: Fellow = Fellow()
    asked: tuple[str, ...] = ()  # names of the features that the trees ask by number
    trees: tuple[Tree, ...] = ()


ALONE = frozenset(("strangers", "same document", "no meaning"))
"""Where one of these holds the regression alone speaks: the first two are rules that nothing outweighs, and of the third no tree was taught."""


class Matcher:
    """Tells how likely two reports tell one happening. Threads may share it."""

    def __init__(self, model: Model | None = None, *, sure: float | None = None) -> None:
        """The packaged model, or another; reports join from the chance `sure` on, in place of the model's own threshold.

        Raises:
            ModelProblem: The model's features are not those of this program.
        """
        self.model = packaged() if model is None else model
        if sure is not None:
            self.model = msgspec.structs.replace(self.model, threshold=sure)
        odd = sorted((self.model.weights.keys() ^ FEATURES) | (set(self.model.asked) - {*FEATURES, *DETAILS}))
        if odd:
            raise ModelProblem("stories model", odd, "it must weigh the features of this version; train it anew: python -m training.stories")
        self._forest = Forest(self.model.trees)

    def chance(self, ours: Report, theirs: Report) -> float:
        """The chance of the pair alone, in (0, 1); the same whichever comes first."""
        weights, found = self.model.weights, features(ours, theirs)
        odds = self.model.bias + sum(weights[name] * value for name, value in found.items())
        if ALONE.isdisjoint(found):
            found |= details(ours, theirs)
            odds += self._forest.told([found.get(name, 0.0) for name in self.model.asked])
        return logistic(odds)

    def weighed(self, ours: Report, theirs: Report, alone: float, *, rival: float) -> float:
        """The chance once that of the likeliest `rival` of either in the other's document is known; inside one document it stays `alone`."""
        if ours.document == theirs.document:
            return alone
        fellow = self.model.fellow
        odds = fellow.bias + fellow.chance * _odds(alone)
        if alone >= rival:
            return logistic(odds + fellow.best + fellow.context * ours.context.likeness(theirs.context))
        return logistic(odds + fellow.behind * min(_odds(rival) - _odds(alone), AHEAD))

    def match(self, ours: Report, theirs: Report, *, score: float | None = None) -> Match:
        """The chance and its reason; `score` stands for the chance where more than two reports were weighed."""
        given = self.chance(ours, theirs) if score is None else score
        return Match(score=round(given, 3), why=self.why(ours, theirs), ours=ours.event, theirs=theirs.event)

    def why(self, ours: Report, theirs: Report) -> str:
        """What speaks most for the pair, in words: "same day; parties KEN, SOM; words: envoy, expel"."""
        weights = self.model.weights
        spoken = {name: weights[name] * value for name, value in features(ours, theirs).items() if weights[name] * value > 0.1}
        best = sorted(spoken, key=lambda name: (-spoken[name], name))[:4]
        told = (_told(name, ours, theirs) for name in best)
        return "; ".join(dict.fromkeys(reason for reason in told if reason)) or "nothing speaks against it"


def logistic(odds: float) -> float:
    """The chance of these log odds, held off 0 and 1."""
    return 1 / (1 + exp(-max(min(odds, 30.0), -30.0)))


def _odds(chance: float) -> float:
    return log(chance / (1 - chance))


@cache
def packaged() -> Model:
    """The model in the package.

    Raises:
        ModelProblem: It is damaged.
    """
    file = resources.files("detente.stories") / "model" / "matcher.json"
    try:
        return msgspec.json.decode(file.read_bytes(), type=Model)
    except (OSError, msgspec.DecodeError) as error:
        raise ModelProblem("stories model", str(file), f"it cannot be read ({error}); install detente anew") from error


def features(ours: Report, theirs: Report) -> dict[str, float]:
    """Name → value of what is not 0 in the pair; `FEATURES` says what each means."""
    found = {**_when(ours, theirs), **_what(ours, theirs), **_who(ours, theirs), **_told_how(ours, theirs)}
    found["answered"] = float(bool(found["turned round"]) and not found.keys().isdisjoint(("next day", "days apart")))
    return {name: value for name, value in found.items() if value}


def details(ours: Report, theirs: Report) -> dict[str, float]:
    """Name → value of the pair; `DETAILS` says what each means."""
    near, named = ours.near.words & theirs.near.words, ours.named.words & theirs.named.words
    types = sorted(_TYPE.get(r.type, 0) for r in (ours, theirs))
    modes = sorted(_MODE.get(f"{r.type}/{r.mode}", 0) for r in (ours, theirs))
    return {
        "shared names": len(set(ours.names) & set(theirs.names)),
        "shared in scene": len(ours.scene.words & theirs.scene.words),
        "shared words": len(near),
        "weight of names": sum(map(tenths, named)),
        "weight of words": sum(map(tenths, near)),
        "nearer the head": min(ours.at, theirs.at),
        "further down": max(ours.at, theirs.at),
        "fewer of a kind": min(ours.siblings, theirs.siblings),
        "more of a kind": max(ours.siblings, theirs.siblings),
        "first type": types[0],
        "second type": types[1],
        "first mode": modes[0],
        "second mode": modes[1],
        **_days(ours, theirs),
    }


def _days(ours: Report, theirs: Report) -> dict[str, float]:
    if ours.first is None or ours.last is None or theirs.first is None or theirs.last is None:
        return {}
    later = (0 if published is None else published - last for published, last in ((ours.published, ours.last), (theirs.published, theirs.last)))
    return {
        "gap": max(ours.first - theirs.last, theirs.first - ours.last, 0),
        "firsts apart": abs(ours.first - theirs.first),
        "told days": ours.told_day + theirs.told_day,
        "widest": max(ours.last - ours.first, theirs.last - theirs.first),
        "told later": sum(min(max(days, 0), FAR) for days in later),
        "papers apart": _papers_apart(ours, theirs),
    }


def _papers_apart(ours: Report, theirs: Report) -> int:
    """Days between their papers, 0 when the day of one is unknown."""
    return 0 if ours.published is None or theirs.published is None else abs(ours.published - theirs.published)


def _when(ours: Report, theirs: Report) -> dict[str, float]:
    found = {"same document": float(ours.document == theirs.document), "published apart": log1p(min(_papers_apart(ours, theirs), FAR))}
    if ours.first is None or ours.last is None or theirs.first is None or theirs.last is None:
        return found | {"no day": 1.0}
    gap = max(ours.first - theirs.last, theirs.first - ours.last, 0)
    later, earlier = (ours, theirs) if ours.first > theirs.first else (theirs, ours)
    if gap and later.told_day and not earlier.told_day:
        return found | {"foretold": 1.0}
    told = later.told_day
    if gap == 1:
        return found | {"next day" if told else "next news day": 1.0}
    if gap:
        return found | {"days apart" if told else "news apart": log1p(min(gap, FAR))}
    sure = ours.first == ours.last == theirs.first == theirs.last
    return found | {("same day" if told and earlier.told_day else "same news day") if sure else "days overlap": 1.0}


def _what(ours: Report, theirs: Report) -> dict[str, float]:
    statuses = {ours.status, theirs.status}
    return {
        "same type": float(ours.type == theirs.type),
        "rare type": rare_type(ours.type) if ours.type == theirs.type else 0.0,
        "kindred type": float((ours.type, theirs.type) in _KIN),
        "other side": float((ours.quad in _FRIENDLY) != (theirs.quad in _FRIENDLY)),
        "same mode": float(ours.mode is not None and ours.mode == theirs.mode),
        "other mode": float(ours.mode is not None and theirs.mode is not None and ours.mode != theirs.mode),
        "denied": float(len(statuses) > 1 and "negated" in statuses),
        "other status": float(len(statuses) > 1 and "negated" not in statuses),
    }


def _who(ours: Report, theirs: Report) -> dict[str, float]:
    mine, yours = ours.parties, theirs.parties
    both = mine & yours
    swapped = _share(ours.actors, theirs.recipients) or _share(ours.recipients, theirs.actors)
    straight = _share(ours.actors, theirs.actors) or _share(ours.recipients, theirs.recipients)
    return {
        "parties": len(both) / len(mine | yours) if both else 0.0,
        "rarest party": rarest_party(both),
        "one party": float(len(mine) == 1 and mine == yours),
        "many parties": log1p(len(mine) + len(yours)),
        "no party": float(not mine or not yours),
        "other parties": float(bool(mine) and bool(yours) and not both),
        "strangers": float(bool(mine) and bool(yours) and not both and not _acquainted(ours, theirs)),
        "present": len(ours.present & theirs.present) / len(ours.present | theirs.present) if ours.present and theirs.present else 0.0,
        "scene": ours.scene.likeness(theirs.scene),
        "rarest in scene": rarest_word(ours.scene.words & theirs.scene.words),
        "other scene": _differ(ours.scene.words, theirs.scene.words),
        "named": ours.named.likeness(theirs.named),
        "rarest named": rarest_word(ours.named.words & theirs.named.words),
        "same actor": float(_share(ours.actors, theirs.actors)),
        "rarest actor": rarest_party(set(ours.actors) & set(theirs.actors)),
        "other actor": _differ(ours.actors, theirs.actors),
        "same recipient": float(_share(ours.recipients, theirs.recipients)),
        "rarest recipient": rarest_party(set(ours.recipients) & set(theirs.recipients)),
        "other recipient": _differ(ours.recipients, theirs.recipients),
        "turned round": float(swapped and not straight),
        "same name": float(_share(ours.names, theirs.names)),
        "other names": _differ(ours.names, theirs.names),
        "same place": float(_share(ours.places, theirs.places)),
        "other place": _differ(ours.places, theirs.places),
        "same source": float(ours.by is not None and ours.by == theirs.by),
    }


def _told_how(ours: Report, theirs: Report) -> dict[str, float]:
    context = ours.context.likeness(theirs.context)
    same_type = ours.type == theirs.type
    return {
        **_meant(ours, theirs),
        "same trigger": float(_share(ours.trigger, theirs.trigger)),
        "near sense": alike(ours.near_sense, theirs.near_sense),
        "near words": ours.near.likeness(theirs.near),
        "words": ours.words.likeness(theirs.words),
        "context": context,
        "context by type": context if same_type else 0.0,
        "same numbers": float(_share(ours.numbers, theirs.numbers)),
        "other numbers": _differ(ours.numbers, theirs.numbers),
    }


def _meant(ours: Report, theirs: Report) -> dict[str, float]:
    if ours.meaning is None or theirs.meaning is None:
        return {"no meaning": 1.0}
    meaning, types, modes = (meant_alike(a, b) for a, b in zip(ours.meaning, theirs.meaning, strict=True))
    return {"meaning": meaning, "meaning by type": meaning if ours.type == theirs.type else 0.0, "like types": types, "like modes": modes}


def _acquainted(ours: Report, theirs: Report) -> bool:
    """Whether something else than their parties is in common: a name, a place, or anybody whom both documents name."""
    kinds = ((ours.names, theirs.names), (ours.places, theirs.places), (ours.scene.words, theirs.scene.words), (ours.present, theirs.present))
    return any(_share(a, b) for a, b in kinds)


def _share(ours: Collection[object], theirs: Collection[object]) -> bool:
    """Whether they have something in common."""
    return bool(ours) and bool(theirs) and not set(ours).isdisjoint(theirs)


def _differ(ours: Collection[object], theirs: Collection[object]) -> float:
    """1 when both have something and nothing in common."""
    return float(bool(ours) and bool(theirs) and set(ours).isdisjoint(theirs))


_REASONS = {
    "same actor": "parties", "same recipient": "parties", "one party": "parties", "rarest party": "parties", "rarest actor": "parties", "rarest recipient": "parties",
    "near words": "words", "near sense": "words", "meaning": "words", "rare type": "same type", "rarest in scene": "scene", "rarest named": "named",
    "context": "same context", "context by type": "same context", "many parties": "",
}  # fmt: skip
"""Features that a person is told of by the name of another; "" is not told."""


def _told(name: str, ours: Report, theirs: Report) -> str:
    """A feature in words for a person; "" where it names words, and the two share none."""
    called = _REASONS.get(name, name)
    if called == "parties":
        return "parties " + ", ".join(sorted(ours.parties & theirs.parties))
    if called == "words":
        shared = sorted(ours.words.words & theirs.words.words, key=lambda w: (-tenths(w), w))[:4]
        return "words: " + ", ".join(shared) if shared else ""
    if called == "same name":
        return "names " + ", ".join(sorted(set(ours.names) & set(theirs.names)))
    if called == "same numbers":
        return "numbers " + ", ".join(str(n) for n in sorted(set(ours.numbers) & set(theirs.numbers)))
    return called
