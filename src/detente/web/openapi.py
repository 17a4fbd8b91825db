"""The API described, OpenAPI 3.1: from the table of routes and the types of questions and answers.

Its examples are questions over the articles in `examples/` and what was answered to them, shortened (`answered.json`): `make docs` asks anew.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from detente.store.judgements import Judgement
from detente.web.api import ASKS, CODE, ROOT, Asks
from detente.web.audit import Entry
from detente.web.guard import COOKIE, RATE
from detente.web.shapes import ErrorAnswer, JudgementAsked, MissedAsked, ReadAnswer, ReadAsked

REF = "#/components/schemas/{name}"
ANSWERED = resources.files("detente.web").joinpath("answered.json")
PAIRED = {"type": "string", "pattern": f"^{CODE.pattern}$"}
EXAMPLES: dict[str, Any] = {
    "a": "CHN", "b": "PHL", "q": "talks", "actor": "CHN", "recipient": "PHL", "since": "2026", "until": "2026-09", "type": "ACCUSE",
    "pair": "CHN-PHL", "code": "CHN", "name": "Emmanuel Macron", "on": "2023-05-08",
}  # fmt: skip
IDS = {"/documents/{id:path}": "strait", "/events/{id:path}": "strait-e08", "/quotes/{id:path}": "strait-q01", "/stories/{id:path}": "s-tanker-a-e01"}
BODIES: dict[str, dict[str, Any]] = {
    "read": {"text": "Iran met Iraq in Basra on Monday. “It rained,” an Iraqi official said.", "published": "2026-03-14"},
    "judge": {"record": "strait-e08", "verdict": "wrong", "field": "date", "correction": "2026-02", "by": "anna", "note": "last month"},
    "missed": {"document": "strait", "words": "withdraw their forces", "type": "RETREAT", "actor": "TUR|GRC", "date": "1996", "by": "anna"},
}
"""What is sent, by operation."""


def described(version: str) -> dict[str, Any]:
    """The whole description."""
    kinds = [ask.answer for ask in ASKS] + [ask.asked for ask in ASKS if ask.asked] + [ReadAnswer, ReadAsked, JudgementAsked, MissedAsked, Judgement, Entry, ErrorAnswer]
    found, components = msgspec.json.schema_components(kinds, ref_template=REF)
    schemas = dict(zip(map(repr, kinds), found, strict=True))
    paths: dict[str, Any] = {}
    for ask in ASKS:
        paths[ROOT + ask.path.replace(":path", "")] = {"get": _get(ask, schemas, components)}
    paths[ROOT + "/read"] = {"post": _post("read", "A text read and not kept", ReadAsked, ReadAnswer, schemas, "200")}
    paths[ROOT + "/judgements"]["post"] = _post("judge", "What somebody says of an event", JudgementAsked, Judgement, schemas, "201")
    paths[ROOT + "/missed"] = {"post": _post("missed", "An event that the program missed", MissedAsked, Judgement, schemas, "201")}
    paths[ROOT + "/passages"] = {"get": {
        "operationId": "passages", "summary": "What people judged, as annotated passages (the wire format), a JSON object a line", "parameters": [],
        "responses": {"200": {"description": "passages", "content": {"application/x-ndjson": {"schema": {"type": "string"}, "example": answered("passages")}}}} | _errors(),
    }}  # fmt: skip
    paths[ROOT + "/audit"] = {"get": {
        "operationId": "audit", "summary": "Who came in, judged and changed accounts, in the order in which they did; only where there are accounts", "parameters": [],
        "security": _security("admin")[1:],
        "responses": {"200": {"description": "the whole log", "content": _content("audit", enveloped(schemas[repr(Entry)], many=True))}} | _errors(),
    }}  # fmt: skip
    return {
        "openapi": "3.1.0",
        "info": {"title": "Détente", "version": version, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
                 "description": "Who did what to whom, read from the news. Every answer stands as people judged it; docs/records.md explains the records. "
                 "Where there are accounts, send a token: `authorization: Bearer KEY`. Each client may send so many requests a minute "
                 f"({RATE} unless the server was told otherwise); the headers RateLimit-Policy and RateLimit of every answer say how many, and what is left."},
        "servers": [{"url": "/"}],
        "security": _security("read"),
        "paths": paths,
        "components": {"schemas": components, "responses": _faults(), "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "description": "a key that `detente accounts token` printed; its scopes are read, judge and admin"},
            "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "of a browser that signed in at /login"},
        }},
    }  # fmt: skip


@cache
def _answers() -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(ANSWERED.read_bytes())
    return found


def answered(operation: str) -> Any:
    """What was answered to an operation's examples; None of one that was not asked yet."""
    return _answers().get(operation)


def operation_of(path: str) -> str:
    """The name of the operation at a path."""
    return re.sub(r"\W+", "_", path.replace(":path", "").strip("/")).strip("_")


def _security(scope: str) -> list[dict[str, list[str]]]:
    """None where there are no accounts; else a token that has the scope, or a session of somebody who may."""
    return [{}, {"token": [scope]}, {"session": [scope]}]


def _content(operation: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema, "example": answered(operation)}}


def enveloped(schema: dict[str, Any], *, many: bool = False) -> dict[str, Any]:
    """The one shape of success."""
    inside = {"type": "array", "items": schema} if many else schema
    more = {"type": ["string", "null"], "description": "cursor for `after`; null at the end"}
    return {"type": "object", "required": ["answer", "next"], "additionalProperties": False, "properties": {"answer": inside, "next": more}}


def _get(ask: Asks, schemas: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    parameters = [{"name": name, "in": "path", "required": True, "schema": PAIRED if name in ("a", "b") else {"type": "string"}, "example": IDS.get(ask.path) or EXAMPLES[name]} for name in ask.names]
    if ask.asked is not None:
        kind = components[ask.asked.__name__]
        required = kind.get("required", [])
        for name, schema in kind["properties"].items():
            told = {"name": name, "in": "query", "required": name in required, "schema": schema}
            parameters.append(told | ({"example": EXAMPLES[name]} if name in EXAMPLES else {}))
    operation = operation_of(ask.path)
    content = _content(operation, enveloped(schemas[repr(ask.answer)], many=ask.many))
    if ask.tables:
        content |= {"text/csv": {"schema": {"type": "string"}}, "application/x-ndjson": {"schema": {"type": "string"}}, "application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}}}
    return {
        "operationId": operation,
        "summary": ask.told,
        "description": (ask.question.__doc__ or ask.told).strip().partition("\n")[0],
        "parameters": parameters,
        "responses": {"200": {"description": ask.told, "headers": {"ETag": {"schema": {"type": "string"}}}, "content": content},
                      "304": {"description": "nothing changed since the ETag in If-None-Match"}} | _errors(),
    }  # fmt: skip


def _post(name: str, told: str, asked: Any, answer: Any, schemas: dict[str, Any], status: str) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": told,
        "security": _security("read" if name == "read" else "judge"),
        "requestBody": {"required": True, "content": {"application/json": {"schema": schemas[repr(asked)], "example": BODIES[name]}}},
        "responses": {status: {"description": told, "content": _content(name, enveloped(schemas[repr(answer)]))}} | _errors(),
    }


def _errors() -> dict[str, Any]:
    return {"429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Busy"}, "default": {"$ref": "#/components/responses/Error"}}


def _faults() -> dict[str, Any]:
    """Answers that say what is wrong."""
    wait = {"headers": {"Retry-After": {"description": "seconds until it is worth asking again", "schema": {"type": "string"}}}}
    return {
        "TooMany": wait | _fault("too many requests of one client", "rate", f"at most {RATE:,} requests a minute; ask again in 3 s"),
        "Busy": wait | _fault("too many requests at once, or the store cannot be read now", "busy", "200 requests are being answered; ask again in a moment"),
        "Error": _fault("an error", "not-found", "document = 'strayt', but the store has none of that name"),
    }


def _fault(told: str, reason: str, detail: str) -> dict[str, Any]:
    example = {"error": {"reason": reason, "detail": detail}}
    return {"description": told, "content": {"application/json": {"schema": {"$ref": REF.format(name="ErrorAnswer")}, "example": example}}}
