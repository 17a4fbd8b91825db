"""Spans → who takes part in what: coreference, roles, times, places, speakers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import msgspec
import numpy as np

from detente.reading.labels import BODIES, CONTEXTS, MODES, NAME_KINDS, ROLES, SECTORS, STATUSES, TYPES
from detente.reading.network import Network, sigmoid, softmax, span_vectors
from detente.reading.pairs import PRONOUNS, features, likeness, near_pairs
from detente.reading.reach import REACH
from detente.reading.spans import Found
from detente.reading.tokens import Words, capital_words
from detente.records import Link, Mention, Pointer, QuoteSpan, Span, Trigger

BESIDE = 0.4
"""How likely a second party must be beside the first."""

LAST_RESORT = 0.02
"""Least chance of the one party that is taken where a role would stay empty: on unseen passages the found parties' codes keep
their F1 (0.71 to 0.82 by set), with 3 points less precision for 4 more of recall; 0.05 and 0.1 find fewer at the same F1."""

OFTEN_WITHOUT = {"actor": frozenset[str](), "recipient": frozenset({"MOBILIZE", "RETREAT"})}
"""Types that have nobody in a role in more than four of ten annotated events; all others seldom have nobody."""

MODES_OF = {kind: [k for k, mode in enumerate(MODES) if mode is None or mode.startswith(f"{kind}/")] for kind in TYPES}
"""For each type the places of its modes among `MODES`, that of "no mode" among them."""

MOST_CUES = 4
"""Verbs of speaking kept that may bring a quote."""

MOST_NATIONS = 16
"""Words kept that may tell a mention's state: several may tell the same one, and some are names that tell none."""


class Seen(msgspec.Struct, frozen=True):
    """One document's words, their vectors (n_words, width), sentence numbers (n_words,), the spans of each layer, and words that name a state."""

    text: str
    words: Words
    vectors: np.ndarray
    sentence_of: np.ndarray
    spans: dict[str, Found]
    states: Sequence[tuple[Span, str]]

    def characters(self, layer: str) -> tuple[Span, ...]:
        """The spans of a layer as characters."""
        return tuple(self.words.span(f, e) for f, e in self.spans[layer].spans.tolist())


class Linker:
    """Scores the pairs of one document and turns them into mentions, triggers and quotes with their links."""

    def __init__(self, network: Network, seen: Seen) -> None:
        self.network, self.seen, self.cut = network, seen, network.manifest.thresholds
        self.mention_spans = seen.spans["mention"].spans
        self.told = network.mention(self._vectors(self.mention_spans))

    # --- who ------------------------------------------------------------------------------------------

    def mentions(self) -> tuple[Mention, ...]:
        """Every mention with its entities, sector, kind of body and the word that tells its state."""
        sector, body = softmax(self.told["sector"]), softmax(self.told["body"])
        nations = self._nations()
        scores = self.seen.spans["mention"].scores
        return tuple(
            Mention(
                span=self.seen.words.span(f, e),
                entities=self.entities[k],
                sector=SECTORS[int(sector[k].argmax())],
                nations=nations[k],
                body=BODIES[int(body[k].argmax())],
                body_score=float(body[k].max()),
                score=float(scores[k]),
            )
            for k, (f, e) in enumerate(self.mention_spans.tolist())
        )

    @cached_property
    def entities(self) -> list[tuple[int, ...]]:
        """The entity numbers of each mention: its best antecedent's, several for a joint mention, else a new one."""
        spans = self.mention_spans
        i, j = near_pairs(spans, spans, reach=REACH["coref"])
        i, j = i[j < i], j[j < i]
        texts = [self.seen.words.span(f, e).of(self.seen.text) for f, e in spans.tolist()]
        scores = self._pairs("coref", spans, spans, (i, j), likeness(texts, (i, j)))[:, 0]
        joint = sigmoid(self.told["joint"][:, 0]) >= self.cut.joint
        good = _best_first(i, scores, over=self.cut.coref)
        antecedents, bounds = j[good].tolist(), np.searchsorted(i[good], np.arange(len(spans) + 1)).tolist()
        people, named = self._people(), self._named()
        states = [codes[0] if leads and len(codes) == 1 else None for codes, leads in named]
        called: dict[int, frozenset[str]] = {}
        of: dict[int, str] = {}
        out: list[tuple[int, ...]] = []
        fresh = 0
        for k in range(len(spans)):
            before = [out[m] for m in antecedents[bounds[k] : bounds[k + 1]]]
            # "President Bush" is not the "Hugo Chavez" of the sentence before, nor "Turkey" the "Greece", however alike their places
            before = [entities for entities in before if not (people[k] and any(called.get(e) and not people[k] & called[e] for e in entities))]
            before = [entities for entities in before if not (states[k] and any(of.get(e, states[k]) != states[k] for e in entities))]
            found: list[int] = (_both(before) if joint[k] else next(map(list, filter(_alone, before)), [])) or [fresh]
            if joint[k] and len(found) < len(named[k][0]):  # of "Israeli and Palestinian officials" the ones or both are told of for the first time
                found = [e for e in found if of.get(e) in named[k][0]]
                new = [code for code in named[k][0] if code not in {of[e] for e in found}]
                of |= dict(enumerate(new, fresh))
                found += range(fresh, fresh + len(new))
            fresh += sum(e >= fresh for e in found)
            out.append(tuple(found))
            if people[k] and len(found) == 1:
                called[found[0]] = called.get(found[0], frozenset()) | people[k]
            if len(found) == 1 and (state := states[k]) is not None:
                of.setdefault(found[0], state)
        return out

    def _named(self) -> list[tuple[list[str], bool]]:
        """For each mention the codes of the states that its words name, and whether the first begins it, "the" and "a" aside."""
        starts = [span.start for span, _ in self.seen.states]
        out = []
        for f, e in self.mention_spans.tolist():
            mention = self.seen.words.span(f, e)
            inside = self.seen.states[bisect_left(starts, mention.start) : bisect_left(starts, mention.end)]
            before = self.seen.text[mention.start : inside[0][0].start] if inside else mention.of(self.seen.text)
            out.append((list(dict.fromkeys(code for _, code in inside)), before.strip().lower() in ("", "the", "a", "an")))
        return out

    def _people(self) -> list[frozenset[str]]:
        """For each mention the words of the first person's name in it, lower case."""
        found, words = self.seen.spans["name"], self.seen.words
        named = [(f, e, words.span(f, e).of(self.seen.text)) for f, e in found.spans[found.kinds == NAME_KINDS.index("PER")].tolist()]
        named = [each for each in named if each[2].lower() not in PRONOUNS]  # the name layer at times takes "she" for one
        starts = [f for f, _, _ in named]
        out = []
        for first, last in self.mention_spans.tolist():
            at = bisect_left(starts, first)
            inside = [name for _, e, name in named[at : at + 1] if e <= last]
            out.append(frozenset(word for name in inside for word in name.lower().split()))
        return out

    def _nations(self) -> list[tuple[Pointer, ...]]:
        """For each mention the capitalised words that may tell its state, at most `MOST_NATIONS`, likeliest first."""
        capitals = capital_words(self.seen.words, self.seen.text)
        places = [self.seen.words.span(f, e) for f, e in capitals.tolist()]
        ranked = self._ranked("nation", self.mention_spans, capitals, over=self.cut.nation, most=MOST_NATIONS)
        return [tuple(Pointer(places[c], chance) for c, chance in best) for best in ranked]

    # --- what -----------------------------------------------------------------------------------------

    def triggers(self) -> tuple[Trigger, ...]:
        """Every trigger with its attributes and links."""
        found = self.seen.spans["trigger"]
        spans = found.spans
        told = self.network.trigger(self._vectors(spans))
        status, chances = softmax(told["status"]), {name: sigmoid(told[name]) for name in ("context", "reciprocal", "news")}
        mutual = chances["reciprocal"][:, 0] >= self.cut.reciprocal
        roles = self._roles(found, mutual)
        times = self._choose("time", spans, self.seen.spans["time"].spans)
        places = self._choose("place", spans, self.seen.spans["place"].spans)
        same = self._same(found)
        return tuple(
            Trigger(
                span=self.seen.words.span(f, e),
                type=TYPES[int(found.kinds[k])],
                type_score=float(found.scores[k] * found.kind_scores[k]),
                mode=mode_of(told["mode"][k], TYPES[int(found.kinds[k])]),
                status=STATUSES[int(status[k].argmax())],
                status_score=float(status[k].max()),
                reciprocal=bool(mutual[k]),
                contexts=tuple(c for c, p in zip(CONTEXTS, chances["context"][k].tolist(), strict=True) if p >= self.cut.context),
                actors=roles[k]["actor"],
                recipients=roles[k]["recipient"],
                by=max(roles[k]["by"], key=lambda link: link.score, default=None),
                time=times[k],
                place=places[k],
                is_news=float(chances["news"][k, 0]),
                same_as=same[k],
            )
            for k, (f, e) in enumerate(spans.tolist())
        )

    def _roles(self, triggers: Found, mutual: np.ndarray) -> list[dict[str, tuple[Link, ...]]]:
        """For each trigger and role the entities that fill it, each by its likeliest mention, best first.

        An entity that could be actor and recipient is the likelier of the two. A role that an event of its type is seldom
        without goes to the likeliest entity left, where none is likely enough by itself; what several do to one another (`mutual`) needs no recipient.
        """
        i, j = near_pairs(triggers.spans, self.mention_spans, reach=REACH["role"])
        odds = np.exp(np.clip(self._pairs("role", triggers.spans, self.mention_spans, (i, j)), -15, 15))
        entities = list(dict.fromkeys(self.entities))
        number = {each: k for k, each in enumerate(entities)}
        numbers = np.array([number[each] for each in self.entities], np.int64)
        fits, fit = np.unique(i * len(entities) + numbers[j], return_inverse=True)  # each entity near each trigger once
        links = zip(*(_links(fit, j, column) for column in odds.T), strict=True)
        near: list[dict[tuple[int, ...], tuple[Link, ...]]] = [{} for _ in triggers.spans]
        for each, filled in zip(fits.tolist(), links, strict=True):
            trigger, entity = divmod(each, len(entities))
            near[trigger][entities[entity]] = filled
        return [
            self._parties(filling, TYPES[int(kind)], mutual=bool(both))
            for filling, kind, both in zip(near, triggers.kinds, mutual, strict=True)
        ]

    def _parties(self, entities: dict[tuple[int, ...], tuple[Link, ...]], kind: str, *, mutual: bool) -> dict[str, tuple[Link, ...]]:
        """Who fills each role of one event of a type, given the link of each entity to each role."""
        cuts = (self.cut.actor, self.cut.recipient, self.cut.by)
        chosen: dict[str, list[Link]] = {role: [] for role in ROLES}
        left = []
        for key, filled in entities.items():
            over = [r for r in range(len(ROLES)) if filled[r].score >= cuts[r]]
            if not _alone(key):  # where "Athens" fills a role, "both sides" fills it less likely through Athens alone
                members = [alone for e in key if (alone := entities.get((e,))) is not None]
                over = [r for r in over if not any(m[r].score > filled[r].score or (r < 2 and m[1 - r].score >= cuts[1 - r]) for m in members)]
            if 0 in over and 1 in over:
                over.remove(0 if filled[0].score < filled[1].score else 1)
            for r in over:
                chosen[ROLES[r]].append(filled[r])
            if _alone(key) and 0 not in over and 1 not in over:
                left.append(filled)
        for r, role in enumerate(ROLES[:2]):
            scores = [filled[r].score for filled in left]
            enough = role == "recipient" and mutual and len(chosen["actor"]) > 1
            if not chosen[role] and not enough and kind not in OFTEN_WITHOUT[role] and max(scores, default=0.0) >= LAST_RESORT:
                chosen[role].append(left.pop(scores.index(max(scores)))[r])
        return {role: likely(found) for role, found in chosen.items()}

    def _same(self, triggers: Found) -> list[int | None]:
        """For each trigger the first earlier one that tells the same event."""
        i, j = near_pairs(triggers.spans, triggers.spans, reach=REACH["same"])
        keep = (j < i) & (triggers.kinds[i] == triggers.kinds[j])
        i, j = i[keep], j[keep]
        chance = sigmoid(self._pairs("same", triggers.spans, triggers.spans, (i, j))[:, 0])
        out: list[int | None] = [None] * len(triggers.spans)
        for row in np.flatnonzero(chance >= self.cut.same).tolist():
            a, b = int(i[row]), int(j[row])
            earlier, known = out[b], out[a]
            first = b if earlier is None else earlier
            out[a] = first if known is None else min(known, first)
        return out

    # --- whose words ------------------------------------------------------------------------------------

    def quotes(self, kinds: tuple[str, ...]) -> tuple[QuoteSpan, ...]:
        """Every quote with its cue and speaker."""
        found = self.seen.spans["quote"]
        speakers = self._choose("speaker", found.spans, self.mention_spans)
        cues = self._cues(found, kinds)
        return tuple(
            QuoteSpan(
                span=self.seen.words.span(f, e),
                kind=kinds[int(found.kinds[k])],
                cue=cues[k],
                speaker=speakers[k],
                score=float(found.scores[k]),
            )
            for k, (f, e) in enumerate(found.spans.tolist())
        )

    def _cues(self, found: Found, kinds: tuple[str, ...]) -> list[Span | None]:
        """The verb that brings each quote. What is told in others' words is brought by its own sentence: "Russia said" goes on after "it had denied that …"."""
        left, right = found.spans, self.seen.spans["cue"].spans
        ranked = self._ranked("cue", left, right, over=0.0, most=MOST_CUES)
        sentence_of, spans = self.seen.sentence_of, self.seen.characters("cue")
        out = []
        for (first, _), kind, cues in zip(left.tolist(), found.kinds.tolist(), ranked, strict=True):
            fit = (c for c, _ in cues if kinds[kind] != "indirect" or sentence_of[right[c, 0]] == sentence_of[first])
            best = next(fit, None)
            out.append(None if best is None else spans[best])
        return out

    # --- pairs ---------------------------------------------------------------------------------------------

    def _choose(self, family: str, left: np.ndarray, right: np.ndarray) -> list[Link | None]:
        """For each left span its best right span, or None where "none" (logit 0) is likelier."""
        return [Link(*best[0]) if best else None for best in self._ranked(family, left, right, over=0.0, most=1)]

    def _ranked(self, family: str, left: np.ndarray, right: np.ndarray, *, over: float, most: int) -> list[list[tuple[int, float]]]:
        """For each left span at most `most` right spans with logits above `over`, each with its chance, best first; the chances of all and of "none" sum to 1."""
        i, j = near_pairs(left, right, reach=REACH[family])
        scores = np.clip(self._pairs(family, left, right, (i, j))[:, 0], -15, 15)
        odds = np.exp(scores)
        best = _best_first(i, scores, over=over)
        best = best[np.arange(len(best)) - np.searchsorted(i[best], i[best]) < most]
        chances = odds[best] / (np.bincount(i, odds, minlength=len(left)) + 1)[i[best]]
        found = list(zip(j[best].tolist(), chances.tolist(), strict=True))
        return [found[first:stop] for first, stop in pairwise(np.searchsorted(i[best], np.arange(len(left) + 1)).tolist())]

    def _pairs(self, family: str, left: np.ndarray, right: np.ndarray, pairs: tuple[np.ndarray, np.ndarray], like: np.ndarray | None = None) -> np.ndarray:
        told = features(left, right, pairs, self.seen.sentence_of, like)
        return self.network.pairs(family, self._vectors(left), self._vectors(right), pairs, told)

    def _vectors(self, spans: np.ndarray) -> np.ndarray:
        return span_vectors(self.seen.vectors, spans)


def _best_first(left: np.ndarray, scores: np.ndarray, *, over: float) -> np.ndarray:
    """The pairs with scores above `over`, in the order of their left spans, and of each the best first; of equals the earlier."""
    enough = np.flatnonzero(scores > over)
    return enough[np.lexsort((-scores[enough], left[enough]))]


def _links(fits: np.ndarray, mentions: np.ndarray, odds: np.ndarray) -> list[Link]:
    """The link of each fit, one entity near one trigger, to a role: its likeliest mention, and the chance by the odds of all its mentions together, as they were trained.

    Args:
        fits: (n_pairs,) numbers from 0 to n_fits - 1, none left out.
        mentions: (n_pairs,).
        odds: (n_pairs,).
    """
    order = np.lexsort((-odds, fits))
    best = mentions[order[np.searchsorted(fits[order], np.arange(fits.max(initial=-1) + 1))]]
    together = np.bincount(fits, odds)
    return list(map(Link, best.tolist(), (together / (1 + together)).tolist()))


def _both(before: list[tuple[int, ...]]) -> list[int]:
    """The entities of a joint mention ("the two sides"): its best antecedent's if that is a joint one, else the two best."""
    if before and not _alone(before[0]):
        return list(before[0])
    single = dict.fromkeys(e for entities in before if _alone(entities) for e in entities)
    return sorted(list(single)[:2])


def _alone(entities: tuple[int, ...]) -> bool:
    """Whether a mention with these entities means one actor."""
    return len(entities) == 1


def likely(found: list[Link]) -> tuple[Link, ...]:
    """The links best first, without those less than `BESIDE` times as likely as the best: low thresholds find parties, not crowds."""
    best = max((link.score for link in found), default=0.0)
    return tuple(sorted((link for link in found if link.score >= BESIDE * best), key=lambda link: (-link.score, link.index)))


def mode_of(logits: np.ndarray, kind: str) -> str | None:
    """The likeliest mode that the type has, or None where no mode is likelier."""
    own = MODES_OF[kind]
    best = MODES[own[int(logits[own].argmax())]]
    return None if best is None else best.partition("/")[2]
