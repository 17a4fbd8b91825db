"""The pages: each shows one answer. Whatever a text says, it is shown as text."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import time
from collections.abc import Callable
from functools import cache, lru_cache
from importlib import resources
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, Undefined
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.errors import DetenteError
from detente.records import Span
from detente.review.correcting import shown, shown_quote
from detente.sources.text import decoded
from detente.store.asking import days
from detente.web import answers, drawing, marking, relating
from detente.web.api import ROOT, fault_of, query_of
from detente.web.chart import QUADS, level, months, signed
from detente.web.door import person_of
from detente.web.guard import COOKIE, MOST_BYTES, POLICY_WITH_SCRIPT, Tokens
from detente.web.judgepages import BLIND_BACK, JudgePages, unseen
from detente.web.periods import PATIENCE
from detente.web.reading import Room
from detente.web.scene import Scene, file_name, inline, png, svg
from detente.web.searching import everything, quotes_asked
from detente.web.shapes import (
    MOST_CHARACTERS,
    ActorAsked,
    DocumentAnswer,
    DocumentsAsked,
    EventAnswer,
    EventsAsked,
    PeriodAsked,
    QuotesAsked,
    ReadAnswer,
    ReadAsked,
    RefusedAsked,
    RelationAsked,
    RelationsAsked,
    StoriesAsked,
)
from detente.web.stores import Answers, Desk, Desks

ON_A_PAGE = "10"
"""Events with their sentences, unless the address says otherwise."""
QUOTES = "5"
"""Of somebody, on a page."""

MOST_WRITTEN = 512
"""Pages that are kept as they were written: at 40 kB each, 20 MB."""
AWHILE = 1.0
"""Seconds for which a page that waits for something stays as it is."""
STORIES = 6
"""Stories below a level; their list has all."""
MOST_MONTHS, MOST_ROWS = 40, 120
"""Rows of a table below a drawing; its downloads have all."""

BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\x00-\x08\x0b-\x1f\x7f]")
"""Characters that turn the writing of what stands beside them, or have no shape: shown as �, so that a text cannot pose as another."""


def plain(value: object) -> object:
    """What a page writes of a value: texts without characters that turn the page's writing."""
    if isinstance(value, Markup):
        return value
    if value is None:
        return ""
    return BIDI.sub("\ufffd", value) if isinstance(value, str) else value


@cache
def environment() -> Environment:
    """Templates from the package; everything that they write is escaped."""
    made = Environment(loader=PackageLoader("detente.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=plain)
    made.globals |= {
        "in_api": in_api,
        "codes": marking.codes, "parties": marking.parties, "entity": marking.entity, "speaker": marking.speaker, "when": marking.when,
        "summary": marking.summary, "layers": marking.LAYERS, "quads": QUADS, "address": address, "sentence": sentence, "signed": signed, "shown": shown, "shown_quote": shown_quote,
    }  # fmt: skip
    return made


@lru_cache(maxsize=20_000)
def address(path: str, **query: object) -> str:
    """An address with its query; what is None or empty stays out, and so does what a template's `if` without an `else` gives."""
    told = {("from" if k == "from_" else k): v for k, v in query.items() if not (v in (None, "", False) or isinstance(v, Undefined))}
    return quote(path) + (f"?{urlencode(told)}" if told else "")


def in_api(kind: str, id: str, **query: str) -> str:
    """Where the API has one record; slashes of its name are written otherwise, since a browser would take `/../` for a step up."""
    return f"{ROOT}/{kind}/{quote(id, safe='')}" + (f"?{urlencode(query)}" if query else "")


def kept_query(query: dict[str, str], *names: str) -> str:
    """The part of an address that goes on to the next one."""
    return "".join(f"{urlencode({name: query[name]})}&" for name in names if query.get(name))


def kept_filters(asked: QuotesAsked) -> dict[str, str | None]:
    """What a list of quotes asks, for its downloads."""
    return {name: getattr(asked, name) for name in ("q", "speaker", "about", "since", "until")}


def sentence(event: Any) -> list[marking.Piece]:
    """An event's sentence, its trigger and parties marked."""
    start = event.text_info.start
    moved = [mark._replace(span=Span(mark.span.start - start, mark.span.end - start)) for mark in marking.event_marks(event)]
    return marking.pieces(event.text, moved)


def pieces_of(answer: DocumentAnswer | ReadAnswer) -> list[marking.Piece]:
    """A document's text with all its marks."""
    marks: list[marking.Mark] = []
    for told in answer["events"]:
        if isinstance(told, dict):
            marks += marking.event_marks(told["event"], rejected=told["ruling"] is not None and told["ruling"]["state"] == "rejected")
        else:
            marks += marking.event_marks(told)
    marks += [mark for told in answer["quotes"] for mark in marking.quote_marks(told)]
    marks += [mark for told in answer["checks"] for mark in marking.check_marks(told)]
    return marking.pieces(answer["document"].text, marks)


class _Written(NamedTuple):
    """A page as it was written; `until` when, on the clock of `time.monotonic`, it is out of date; None: with the store."""

    body: bytes
    headers: dict[str, str]
    until: float | None


class Pages:
    """The pages over one store."""

    def __init__(self, desks: Desks, room: Room, *, reviewer: str, secret: bytes | None = None) -> None:
        """`reviewer` is the name that judgements bear when nobody gives another; `secret` that of the forms' tokens."""
        self.desks, self.room, self.reviewer, self.tokens = desks, room, reviewer, Tokens(secret)
        self.written = Answers(MOST_WRITTEN)
        self.writing = [Lock() for _ in range(64)]

    def routes(self) -> list[Route]:
        """All of them."""
        asking: dict[str, Callable[[Request, Desk], Response]] = {
            "/": self.overview, "/relations": self.relations, "/relations/{a}/{b}": self.relation, "/stories": self.stories, "/story": self.story,
            "/documents": self.documents, "/document": self.document, "/actor": self.actor, "/search": self.search, "/refused": self.refused,
            "/network": self.network, "/map": self.map, "/relations/{a}/{b}/{drawing}": self.drawing, "/drawings/{drawing}": self.drawing,
        }  # fmt: skip
        with_forms: dict[str, Callable[[Request, Desk], Response]] = {"/event": self.event}
        return [
            *(Route(path, self._kept(page), methods=["GET"]) for path, page in asking.items()),
            *(Route(path, self.with_desk(page), methods=["GET"]) for path, page in with_forms.items()),
            Route("/read", lambda request: self.show(request, "read.html", answer=None, error=None, given={}), methods=["GET"]),
            Route("/read", self.read, methods=["POST"]),
            *JudgePages(self).routes(),
            Route("/static/{name}", static),
            Route("/{rest:path}", lambda request: self.fault(request, f"{request.url.path}: there is no such page", 404), methods=["GET"]),
        ]

    def with_desk(self, page: Callable[[Request, Desk], Response]) -> Callable[[Request], Response]:
        """The page with a desk to ask, or what is wrong."""
        def answer(request: Request) -> Response:
            try:
                with self.desks.lent() as desk:
                    return page(request, desk)
            except DetenteError as error:
                _, detail, status = fault_of(error)
                return self.fault(request, detail, status)

        return answer

    def _kept(self, page: Callable[[Request, Desk], Response]) -> Callable[[Request], Response]:
        """A page without a form: who asks again gets 304, and others what was written for the first, as long as the store stays as it is."""
        make = self.with_desk(page)

        def answer(request: Request) -> Response:
            others = {k: v for k, v in request.cookies.items() if k not in (COOKIE, "reviewer")}  # what a page may be written for
            asked = f"{self.desks.version()} {request.url.path}?{request.url.query} {sorted(others.items())} {person_of(request)}"
            etag = f'"{hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()[:24]}"'
            if etag in [told.strip().removeprefix("W/") for told in request.headers.get("if-none-match", "").split(",")]:
                return Response(status_code=304, headers={"etag": etag})
            with self.writing[int(etag[1:3], 16) % len(self.writing)]:  # who asks meanwhile waits for what the first is written
                known: _Written | None = self.written.get(etag)
                if known is None or (known.until is not None and known.until < time.monotonic()):
                    with self.desks.seats.taken():
                        found = make(request)
                    if found.status_code != 200:
                        return found
                    known = _Written(bytes(found.body), dict(found.headers), time.monotonic() + AWHILE if "retry-after" in found.headers else None)
                    self.written.put(etag, known)
            headers = {k: v for k, v in known.headers.items() if k != "content-length"}
            if known.until is None:
                headers |= {"etag": etag, "cache-control": "private, no-cache"}
            return Response(known.body, headers=headers)

        return answer

    # --- asking ----------------------------------------------------------------------------------

    def overview(self, request: Request, desk: Desk) -> Response:
        """What came in and what was refused, who moved most."""
        answer = answers.overview(desk)
        return self.show(request, "overview.html", answer=answer, pending=answer["turning"] is None)

    def relations(self, request: Request, desk: Desk) -> Response:
        """All pairs, or those of one state."""
        asked = query_of(request.query_params, RelationsAsked)
        return self.show(request, "relations.html", asked=asked, page=answers.relations(desk, asked))

    def relation(self, request: Request, desk: Desk) -> Response:
        """Two states: the level, stories and bars by month of the days that were chosen, and the events behind a point."""
        query = dict(request.query_params)
        side, period, quad, on = (query.pop(name, "") for name in ("from", "period", "quad", "on"))
        after = query.pop("after", "")
        part = query_of(query, RelationAsked)
        answer = answers.relation(desk, request.path_params["a"], request.path_params["b"], part)
        other = answer["b"] if side == answer["a"] else answer["a"]
        chosen: dict[str, Any] = {"since": query.get("since", ""), "until": query.get("until", ""), "either": "1", "actor": answer["a"], "recipient": answer["b"]}
        told, klass = "", query_of({"quad": quad}, EventsAsked).quad
        if side:
            chosen = {"actor": side, "recipient": other, "since": period, "until": period, "quad": quad, "within": "1", "status": "actual"}
            told = f"{side} → {other}, {period}, {QUADS.get(klass or 0, 'all')}"
        elif on:
            first = days(on, "on")[0]
            chosen |= {"since": first, "until": first + dt.timedelta(AROUND), "status": "actual"}
            told = f"{answer['a']} – {answer['b']}, {first} and the days after"
        asked = query_of({"limit": ON_A_PAGE, "after": after, **{k: str(v) for k, v in chosen.items()}}, EventsAsked)
        worked = relating.relation(desk, answer["a"], answer["b"])
        record = relating.record(desk) if isinstance(worked, relating.Worked) and worked.outlook else None
        here = kept_query(query, "since", "until")
        bars = months(answer, here)
        statements = {a: answers.quotes(desk, QuotesAsked(speaker=a, about=b, limit=3)).rows for a, b in ((answer["a"], answer["b"]), (answer["b"], answer["a"]))}
        return self.show(
            request, "relation.html", answer=answer, bars=bars and Markup(inline(bars)), here=here, chosen=told, asked=asked, page=answers.events(desk, asked),  # noqa: S704 - made of escaped shapes
            worked=worked, level=Markup(inline(level(worked.relation, here, _days(part)))) if isinstance(worked, relating.Worked) else None,  # noqa: S704
            stories=answers.stories(desk, answers.between(answer["a"], answer["b"], part, limit=STORIES)).rows, record=record, statements=statements, months=answer["months"][: -MOST_MONTHS - 1 : -1], pending=relating.PENDING in (worked, record),
        )  # fmt: skip

    def stories(self, request: Request, desk: Desk) -> Response:
        """Stories, those seen last first."""
        asked = query_of({"least": "2", "limit": "25", **request.query_params}, StoriesAsked)
        return self.show(request, "stories.html", asked=asked, page=answers.stories(desk, asked))

    def story(self, request: Request, desk: Desk) -> Response:
        """One story, its reports side by side; also by the id of an event that it tells."""
        name = request.query_params.get("id", "")
        return self.show(request, "story.html", answer=answers.story(desk, answers.story_of(desk, name) or name))

    def network(self, request: Request, desk: Desk) -> Response:
        """Who stands with whom in a period."""
        asked = query_of(request.query_params, PeriodAsked)
        answer = answers.network(desk, asked, patience=relating.MOMENT)
        drawn = drawing.web_of_states(answer)
        return self.show(request, "network.html", asked=asked, answer=answer, drawn=drawn and Markup(inline(drawn)), lines=answer["lines"][:MOST_ROWS], pending=answer["pending"])  # noqa: S704

    def map(self, request: Request, desk: Desk) -> Response:
        """Where events of a period took place."""
        asked = query_of(request.query_params, PeriodAsked)
        answer = answers.places(desk, asked)
        drawn = drawing.world_map(answer)
        middle = f"{drawing.middle(answer):.2f}"
        return self.show(request, "map.html", asked=asked, answer=answer, drawn=drawn and Markup(inline(drawn)), middle=middle, places=answer["places"][:MOST_ROWS])  # noqa: S704

    def drawing(self, request: Request, desk: Desk) -> Response:
        """A drawing to take home.

        Raises:
            NotThere: There is no drawing of that name.
        """
        name, _, form = request.path_params["drawing"].partition(".")
        pair = [request.path_params[side].upper() for side in ("a", "b")] if "a" in request.path_params else []
        scene = self._scene(desk, name, pair, dict(request.query_params)) if form in DRAWN else None
        if scene is None:
            raise answers.NotThere("drawing", request.url.path, "there is nothing to draw, or no drawing of that name; the pages lead to those that are there")
        made = svg(scene) if form == "svg" else png(scene)
        return Response(made, media_type=DRAWN[form], headers={"content-disposition": f'attachment; filename="detente-{file_name(" ".join([*pair, name]))}.{form}"'})

    def _scene(self, desk: Desk, name: str, pair: list[str], query: dict[str, str]) -> Scene | None:
        if pair and name == "months":
            return months(answers.relation(desk, pair[0], pair[1], query_of(query, RelationAsked)))
        if pair and name == "level":
            worked = relating.relation(desk, pair[0], pair[1], patience=PATIENCE)
            return level(worked.relation) if isinstance(worked, relating.Worked) else None
        if not pair and name == "network":
            return drawing.web_of_states(answers.network(desk, query_of(query, PeriodAsked)))
        return drawing.world_map(answers.places(desk, query_of(query, PeriodAsked))) if not pair and name == "map" else None

    def documents(self, request: Request, desk: Desk) -> Response:
        """Documents, newest first."""
        asked = query_of(request.query_params, DocumentsAsked)
        return self.show(request, "documents.html", asked=asked, page=answers.documents(desk, asked))

    def document(self, request: Request, desk: Desk) -> Response:
        """A document with its marks."""
        answer = answers.document(desk, request.query_params.get("id", ""))
        return self.show(request, "document.html", answer=answer, pieces=pieces_of(answer))

    def event(self, request: Request, desk: Desk) -> Response:
        """An event, what was said of it, and the form to say more."""
        name = request.query_params.get("id", "")
        answer = answers.event(desk, name)
        blind = bool(request.query_params.get("blind")) and self.judge_name(request) not in desk.rulings.each.get(name, {})
        given = {"blind": "1" if blind else "", "back": request.query_params.get("back", "")}
        return self.show_event(request, desk, answer, given)

    def show_event(self, request: Request, desk: Desk, answer: EventAnswer, given: dict[str, str], *, error: str | None = None, status: int = 200) -> Response:
        """The page of an event, its form filled with what was given.

        Who is `blind` shall not know what others said, and is led back to the queue in any case.
        """
        blind = bool(given.get("blind"))
        back = given.get("back") or (BLIND_BACK if blind else "")
        story = answers.story_of(desk, answer["seen"]["event"].id)
        return self.show(request, "event.html", status=status, answer=unseen(answer) if blind else answer, blind=blind, back=back, story=story, given=given, error=error)

    def actor(self, request: Request, desk: Desk) -> Response:
        """Somebody: offices, and what the store has of them."""
        query = dict(request.query_params)
        after = query.pop("after", "")
        if not query.get("name", "").strip():
            return self.show(request, "actor.html", asked=None, answer=None)
        asked = query_of(query, ActorAsked)
        answer = answers.actor(desk, self.room.base(), asked)
        speaker = answer["code"] or next((known.name for known in answer["found"]), asked.name)
        quotes = query_of({"speaker": speaker, "limit": QUOTES, "after": after}, QuotesAsked)
        return self.show(request, "actor.html", asked=asked, answer=answer, speaker=speaker, page=answers.quotes(desk, quotes))

    def search(self, request: Request, desk: Desk) -> Response:
        """Everything by what stands in the address."""
        asked = query_of({"limit": ON_A_PAGE, **request.query_params}, EventsAsked)
        found = everything(desk, self.room.base(), asked)
        return self.show(request, "search.html", asked=asked, found=found, page=found.events, spoken=kept_filters(quotes_asked(asked)))

    def refused(self, request: Request, desk: Desk) -> Response:
        """What was not coded, and why."""
        asked = query_of(request.query_params, RefusedAsked)
        return self.show(request, "refused.html", asked=asked, page=answers.refused(desk, asked))

    # --- taking in -------------------------------------------------------------------------------

    async def read(self, request: Request) -> Response:
        """A text that was pasted or uploaded, coded."""
        async with request.form(max_files=1, max_fields=8, max_part_size=MOST_BYTES) as form:
            self.tokens.check(self.visitor(request), text_of(form, "token"))
            given = {name: text_of(form, name) for name in ("text", "published", "title")}
            upload = form.get("file")
            raw = await upload.read() if isinstance(upload, UploadFile) and upload.filename else None
        return await run_in_threadpool(self._read, request, given, raw)

    def _read(self, request: Request, given: dict[str, str], raw: bytes | None) -> Response:
        try:
            text = given["text"] if raw is None else decoded(raw, "the file")
            asked = query_of({**given, "text": text.replace("\r\n", "\n")}, ReadAsked) if text.strip() and len(text) <= MOST_CHARACTERS else ReadAsked(text=text)
            answer = self.room.read(asked)
        except DetenteError as error:
            _, detail, status = fault_of(error)
            return self.show(request, "read.html", status=status, answer=None, error=detail, given=given)
        return self.show(request, "read.html", answer=answer, pieces=pieces_of(answer), error=None, given=given)

    # --- showing ---------------------------------------------------------------------------------

    def visitor(self, request: Request) -> str:
        """The browser's own name."""
        return self.tokens.visitor(request.headers.get("cookie"))

    def judge_name(self, request: Request) -> str:
        """Who would judge: the account, the name given last in this browser, or the server's."""
        person, held = person_of(request), request.cookies.get("reviewer")
        return person.name if person else unquote(held) if held else self.reviewer

    def show(self, request: Request, template: str, *, status: int = 200, **told: Any) -> Response:
        """A page of a template; the browser gets the cookie to which its forms belong."""
        visitor = self.visitor(request)
        person = person_of(request)
        told |= {"person": person, "may_judge": person is None or "judge" in person.scopes}
        told |= {"token": self.tokens.token(visitor), "reviewer": self.judge_name(request), "path": request.url.path, "query": dict(request.query_params)}
        answer = Response(environment().get_template(template).render(told), status, media_type="text/html")
        if template in WITH_SCRIPT:
            answer.headers["content-security-policy"] = POLICY_WITH_SCRIPT
        if template in WITH_FORMS:  # others are written once for all
            answer.set_cookie(COOKIE, visitor, samesite="strict", httponly=True)
        if told.get("pending"):
            answer.headers["retry-after"] = "2"  # the page has a link for that: one that reloads itself would take the reader's place away
        answer.headers["cache-control"] = "private, no-store"
        return answer

    def fault(self, request: Request, detail: str, status: int) -> Response:
        """A page that says what is wrong."""
        return self.show(request, "fault.html", status=status, detail=detail)


def _days(asked: RelationAsked) -> tuple[dt.date, dt.date]:
    """First and last day of a period that may lack either."""
    first = days(asked.since, "since")[0] if asked.since else dt.date.min
    last = days(asked.until, "until")[1] if asked.until else dt.date.max
    return first, last


def text_of(form: FormData, name: str) -> str:
    """A field of a form; "" when it is not there."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


WITH_FORMS = ("account.html", "event.html", "login.html", "missed.html", "quote.html", "read.html", "review.html")
"""Pages that send something, which therefore bear the browser's own token."""
WITH_SCRIPT = ("document.html", "map.html", "missed.html", "read.html", "relation.html")
"""Pages that take a file of ours to run; all others let none run."""
AROUND = 6
"""Days after a point that was chosen whose events are shown with it: a turning point is known to some days only."""
DRAWN = {"svg": "image/svg+xml", "png": "image/png"}
STATIC = {"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml", "brush.js": "text/javascript; charset=utf-8", "map.js": "text/javascript; charset=utf-8", "text.js": "text/javascript; charset=utf-8"}


def static(request: Request) -> Response:
    """A file of the package, by its whole name."""
    name = request.path_params["name"]
    if name not in STATIC:
        return Response(status_code=404)
    content = resources.files("detente.web").joinpath("static", name).read_bytes()
    return Response(content, media_type=STATIC[name], headers={"cache-control": "private, max-age=300"})
