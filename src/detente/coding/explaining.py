"""One event, walked back to its words, scores and rows."""

from __future__ import annotations

from collections.abc import Iterator

from detente.records import Coded, Entity, Event, Link, Span


def explanation(coded: Coded, event: Event) -> str:
    """Which words stand behind each field of the event, how sure the reader was, and who the parties are and why."""
    text, reading = coded.document.text, coded.reading
    (at,) = event.text_info.spans["trigger"]
    first = next(k for k, t in enumerate(reading.triggers) if t.span == at)
    trigger = reading.triggers[first]
    # a role, time or place that the first telling lacks comes from a later one, as `coding.assemble` takes it
    tellings = (trigger, *(t for t in reading.triggers if t.same_as == first))
    actors = next((t.actors for t in tellings if t.actors), ())
    recipients = next((t.recipients for t in tellings if t.recipients), ())
    time = next((t.time for t in tellings if t.time is not None), None)
    place = next((t.place for t in tellings if t.place is not None), None)
    lines = [
        *_head(event),
        f"  trigger {words(text, at)}: {trigger.type} {trigger.type_score:.2f}, status {trigger.status} {trigger.status_score:.2f}",
    ]
    for role, links in (("actor", actors), ("recipient", recipients), ("by", (trigger.by,) if trigger.by else ())):
        for link in links:
            lines += party(role, link, coded)
    if time is not None:
        span = reading.times[time.index]
        days = f"{event.date} to {event.enddate} ({event.date_precision})" if event.date else "unknown"
        lines.append(f"  time {words(text, span)} {time.score:.2f}: {days}")
    elif event.date:
        lines.append(
            f"  time: no words; the story's own news with chance {trigger.is_news:.2f}, so {event.date} to {event.enddate}"
        )
    else:
        lines.append(f"  time: no words; the story's own news with chance {trigger.is_news:.2f}, so unknown")
    if event.event_loc is not None and place is not None:
        found = event.event_loc
        told = f"{found.resolved_place or 'no place known'} ({found.resolution})"
        lines.append(f"  place {words(text, reading.places[place.index])} {place.score:.2f}: {told}")
    return "\n".join([*lines, *_tail(event, text)]) + "\n"


def behind(event: Event, text: str) -> str:
    """Which words stand behind each field of an event, from its record alone: for the reader's own scores its text must be read anew (`explanation`)."""
    lines = _head(event)
    for role, entities in (("trigger", ()), ("actor", event.actor), ("recipient", event.recipient), ("by", (event.by,) if event.by else ())):
        here = [f"  {role} {words(text, span)}" for span in event.text_info.spans.get(role, ())] or [f"  {role}: no words" for _ in entities[:1]]
        who = [f"    is {_who(entity)}" for entity in entities]
        lines += [line for both in zip(here, who, strict=True) for line in both] if len(here) == len(who) else [*here, *who]
    days = f"{event.date} to {event.enddate} ({event.date_precision})" if event.date else "unknown"
    lines.append(f"  time {', '.join(words(text, span) for span in event.text_info.spans.get('time', ())) or 'no words'}: {days}")
    if event.event_loc is not None:
        found = event.event_loc
        told = ", ".join(words(text, span) for span in event.text_info.spans.get("place", ())) or f"“{found.extracted_place}”"
        lines.append(f"  place {told}: {found.resolved_place or 'no place known'} ({found.resolution})")
    if event.context:
        lines.append(f"  context {', '.join(event.context)}")
    return "\n".join([*lines, *_tail(event, text)]) + "\n"


def _head(event: Event) -> list[str]:
    sure = "" if event.confidence is None else f", confidence {event.confidence}"
    return [
        f"{event.id}  {event.event[0]}{' (' + event.mode[0] + ')' if event.mode else ''}, {event.status}{sure}",
        f"  sentence {event.text_info.sequence}: {event.text.replace(chr(10), ' ')}",
    ]


def _tail(event: Event, text: str) -> Iterator[str]:
    for other in event.also:
        yield f"  told again in sentence {other.sequence}: {text[other.start : other.end].replace(chr(10), ' ')}"
    yield f"  coder {event.coder}"


def _who(entity: Entity) -> str:
    told = (entity.code or "no code", entity.sector, *entity.other_sectors, entity.name, entity.office and f"({entity.office})", entity.identifier_id and f"[{entity.identifier_id}]")
    return " ".join(part for part in told if part)


def party(role: str, link: Link, coded: Coded) -> list[str]:
    """The mention in a role, and each actor behind it with the reason."""
    mention = coded.reading.mentions[link.index]
    lines = [f"  {role} {words(coded.document.text, mention.span)} {link.score:.2f}"]
    for entity in mention.entities:
        actor = coded.actors.get(entity)
        if actor is not None:
            told = " ".join(part for part in (actor.code or "no code", actor.sector, actor.name, f"({actor.office})" if actor.office else None) if part)
            lines.append(f"    is {told}, {actor.score:.2f}: {actor.why}")
    return lines


def words(text: str, span: Span) -> str:
    """The words and where they stand."""
    return f"“{span.of(text)}” [{span.start}:{span.end}]"
