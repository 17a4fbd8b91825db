"""The pages on which people judge: the queue, the form of an event or a quote, and events that the program missed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from detente.errors import BadSetting, DetenteError
from detente.ontology import PLOVER
from detente.records import Event, Quote
from detente.review.correcting import CORRECT, CORRECT_QUOTE, shown, shown_quote
from detente.review.rulings import Ruling
from detente.web import answers, judging
from detente.web.api import fault_of, query_of
from detente.web.asking import in_words
from detente.web.door import judge_of
from detente.web.reviewing import agreed, queue
from detente.web.shapes import EventAnswer, JudgementAsked, MissedAsked, QueueAsked

if TYPE_CHECKING:
    from detente.web.pages import Pages
    from detente.web.stores import Desk

IN_A_QUEUE = "10"
BLIND_BACK = "/review?queue=second"
"""Where a second word that was given blind leads: the event's page would tell the first."""
SHOWN = 20
"""Judgements below the queue, newest first; the API has all."""
IN_FORM = {"by": "by_whom"}
"""Field → its name in the form, where `by` is who judges."""
WHOLE = {"accept": "right", "reject": "wrong", "undo": "unsure"}
"""Button → verdict on the whole."""


def unseen(answer: EventAnswer) -> EventAnswer:
    """The event as the program said it, for somebody who shall judge it without knowing what others said."""
    event = answer["before"] or answer["seen"]["event"]
    return EventAnswer(seen={**answer["seen"], "event": event, "ruling": None}, before=None, judgements=[], types=answer["types"])


def _quotes(desk: Desk, records: set[str]) -> set[str]:
    """Those of these records that are quotes: a judgement of a whole does not tell."""
    found: set[str] = desk.kept(("quotes among", frozenset(records)), lambda: {record for record in records if desk.index.rank_of("quote", record) is not None})
    return found


class JudgePages:
    """Beside the other pages, which show them."""

    def __init__(self, pages: Pages) -> None:
        """`pages` knows the store, and the tokens of forms."""
        self.pages = pages

    def routes(self) -> list[Route]:
        """All of them."""
        asking = {"/review": self.review, "/quote": self.quote, "/missed": self.missed}
        return [
            *(Route(path, self.pages.with_desk(page), methods=["GET"]) for path, page in asking.items()),
            Route("/judge", self.judge, methods=["POST"]),
            Route("/missed", self.mark, methods=["POST"]),
        ]

    # --- asking ----------------------------------------------------------------------------------

    def review(self, request: Request, desk: Desk) -> Response:
        """What is to be judged, the agreement of those who did, and the ledger."""
        asked = query_of({"limit": IN_A_QUEUE, **request.query_params}, QueueAsked)
        said = answers.judgements(desk)
        newest = said[: -SHOWN - 1 : -1]
        page = queue(desk, asked, me=self.pages.judge_name(request))
        return self.pages.show(
            request, "review.html", asked=asked, page=page, said=newest, quotes=_quotes(desk, {told["record"] for told in newest}), total=len(said), homeless=desk.rulings.homeless,
            agreed=agreed(desk), each=desk.rulings.each, blind=asked.queue == "second",
        )  # fmt: skip

    def quote(self, request: Request, desk: Desk) -> Response:
        """A quote, and the form to judge it."""
        return self.pages.show(request, "quote.html", answer=answers.quote(desk, request.query_params.get("id", "")), given={}, error=None)

    def missed(self, request: Request, desk: Desk) -> Response:
        """A document's text, and the form for an event that it tells and the program missed; words that were chosen stand in it."""
        return self._missed(request, desk, {name: request.query_params.get(name, "") for name in ("document", "words", "nth")})

    def _missed(self, request: Request, desk: Desk, given: dict[str, str], *, error: str | None = None, status: int = 200) -> Response:
        held = answers.document(desk, given["document"])["document"]
        return self.pages.show(request, "missed.html", status=status, document=held, given=given, types=list(PLOVER.types), error=error)

    # --- taking in -------------------------------------------------------------------------------

    async def judge(self, request: Request) -> Response:
        """Keep what was said, then show the record as it stands now."""
        return await run_in_threadpool(self._judge, request, await self._form(request))

    def _judge(self, request: Request, form: dict[str, str]) -> Response:
        record = form.get("record", "")
        try:
            form["by"] = judge_of(request, form.get("by"))
            with self.pages.desks.lent() as desk:
                judged = judging.record_of(desk, record)
                said = list(said_in(form, judged, desk.rulings.of.get(record)))
                gone = record in desk.rulings.added and any(each.field is None and each.verdict == "unsure" for each in said)
                judging.judge_together(desk, said, at=dt.datetime.now(tz=dt.UTC))
        except DetenteError as error:
            _, detail, status = fault_of(error)
            with self.pages.desks.lent() as desk:
                try:
                    if form.get("kind") == "quote":
                        return self.pages.show(request, "quote.html", status=status, answer=answers.quote(desk, record), given=form, error=detail)
                    return self.pages.show_event(request, desk, answers.event(desk, record), form, error=detail, status=status)
                except answers.NotThere:
                    return self.pages.fault(request, detail, 404)
        back = form.get("back", "")
        if gone:  # who takes back what he marked has no page of it to see
            return self._done("/document?" + urlencode({"id": judged.text_info.document}), form)
        kind = "quote" if form.get("kind") == "quote" else "event"
        return self._done(back if back.startswith("/review") else f"/{kind}?" + urlencode({"id": record}), form)

    async def mark(self, request: Request) -> Response:
        """Keep the event, then show it."""
        return await run_in_threadpool(self._mark, request, await self._form(request))

    def _mark(self, request: Request, form: dict[str, str]) -> Response:
        given = {name: value.strip() for name, value in form.items() if name in MissedAsked.__struct_fields__}
        try:
            given["by"] = judge_of(request, given.get("by"))
            with self.pages.desks.lent() as desk:
                kept = judging.mark(desk, query_of(given, MissedAsked), at=dt.datetime.now(tz=dt.UTC))
        except DetenteError as error:
            _, detail, status = fault_of(error)
            with self.pages.desks.lent() as desk:
                try:
                    return self._missed(request, desk, {"document": "", **given}, error=detail, status=status)
                except answers.NotThere:
                    return self.pages.fault(request, detail, 404)
        return self._done("/event?" + urlencode({"id": kept.record}), given)

    async def _form(self, request: Request) -> dict[str, str]:
        form = await request.form(max_files=0, max_fields=30)
        told = {name: value for name, value in form.items() if isinstance(value, str)}
        self.pages.tokens.check(self.pages.visitor(request), told.get("token", ""))
        return told

    def _done(self, where: str, form: dict[str, str]) -> Response:
        """On to the next page; the browser keeps the name of who judged."""
        answer = RedirectResponse(where, status_code=303)
        answer.set_cookie("reviewer", quote(form.get("by", "")[:80]), samesite="strict", httponly=True)
        return answer


def said_in(form: dict[str, str], record: Event | Quote, standing: Ruling | None) -> Iterator[JudgementAsked]:
    """The judgements that a form holds: one of the whole, or one for each field that differs from what stands.

    Whoever judged without seeing what others said (`blind`) speaks of the program's record: what others corrected and they left is
    right as the program said it.

    Args:
        form: Its fields.
        record: As the program said it.
        standing: What people say of it by now.

    Raises:
        BadSetting: A correction breaks a rule of its field, or nothing was said; then none is kept.
    """
    common = {"record": form.get("record", ""), "by": form.get("by", ""), "note": form.get("note", "").strip() or None}
    others = dict(standing["fields"]) if standing is not None else {}
    told: list[dict[str, Any]] = []
    if form.get("action") == "correct":
        told += _corrections(form, record, {} if form.get("blind") else others, others)
        if not told:
            raise BadSetting("correction", "", "nothing differs from what stands there; change a field first")
    else:
        if form.get("blind") and form.get("action") == "accept":
            told += [{"field": field, "verdict": "right"} for field in others]
        told.append({"verdict": WHOLE.get(form.get("action", ""), "")})
    try:
        yield from [msgspec.convert({**common, **each}, JudgementAsked) for each in told]
    except msgspec.ValidationError as error:
        raise in_words(error, form, JudgementAsked) from error


def _corrections(form: dict[str, str], record: Any, seen: dict[str, str | None], others: dict[str, str | None]) -> Iterator[dict[str, Any]]:
    """A judgement for each field; `seen` are the corrections that the form showed."""
    correct: dict[str, Callable[[Any, str], Any]] = CORRECT if isinstance(record, Event) else CORRECT_QUOTE
    say: Callable[[Any], dict[str, str]] = shown if isinstance(record, Event) else shown_quote
    for field, each in correct.items():
        if field in seen:
            record = each(record, seen[field] or "")
    for field, before in say(record).items():
        written = form.get(IN_FORM.get(field, field), before).strip()
        if written != before:
            record = correct[field](record, written)
            yield {"field": field, "verdict": "wrong", "correction": written}
        elif field in others and field not in seen:
            yield {"field": field, "verdict": "right"}
