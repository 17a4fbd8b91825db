"""The API described, OpenAPI 3.1: from the table of routes and the types of questions and answers."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from detente.store.judgements import Judgement
from detente.web.api import ASKS, CODE, ROOT, Asks
from detente.web.shapes import ErrorAnswer, JudgementAsked, MissedAsked, ReadAnswer, ReadAsked

REF = "#/components/schemas/{name}"
PAIRED = {"type": "string", "pattern": f"^{CODE.pattern}$"}
EXAMPLES: dict[str, Any] = {
    "a": "KAZ", "b": "RUS", "q": "talks", "actor": "KAZ", "recipient": "RUS", "since": "2026", "until": "2026-09", "type": "ACCUSE",
    "pair": "KAZ-RUS", "code": "KAZ", "name": "Emmanuel Macron", "on": "2023-05-08", "id": "strait-e01",
}  # fmt: skip


def described(version: str) -> dict[str, Any]:
    """The whole description."""
    kinds = [ask.answer for ask in ASKS] + [ask.asked for ask in ASKS if ask.asked] + [ReadAnswer, ReadAsked, JudgementAsked, MissedAsked, Judgement, ErrorAnswer]
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
        "responses": {"200": {"description": "passages", "content": {"application/x-ndjson": {"schema": {"type": "string"}}}}} | _errors(),
    }}  # fmt: skip
    return {
        "openapi": "3.1.0",
        "info": {"title": "Détente", "version": version, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
                 "description": "Who did what to whom, read from the news. Every answer stands as people judged it; docs/records.md explains the records. "
                 "Where there are accounts, send a token: `authorization: Bearer KEY`."},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": components},
    }  # fmt: skip


def enveloped(schema: dict[str, Any], *, many: bool = False) -> dict[str, Any]:
    """The one shape of success."""
    inside = {"type": "array", "items": schema} if many else schema
    more = {"type": ["string", "null"], "description": "cursor for `after`; null at the end"}
    return {"type": "object", "required": ["answer", "next"], "additionalProperties": False, "properties": {"answer": inside, "next": more}}


def _get(ask: Asks, schemas: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    parameters = [{"name": name, "in": "path", "required": True, "schema": PAIRED if name in ("a", "b") else {"type": "string"}, "example": EXAMPLES.get(name)} for name in ask.names]
    if ask.asked is not None:
        kind = components[ask.asked.__name__]
        required = kind.get("required", [])
        for name, schema in kind["properties"].items():
            told = {"name": name, "in": "query", "required": name in required, "schema": schema}
            parameters.append(told | ({"example": EXAMPLES[name]} if name in EXAMPLES else {}))
    content: dict[str, Any] = {"application/json": {"schema": enveloped(schemas[repr(ask.answer)], many=ask.many)}}
    if ask.many or ask.table:
        content |= {"text/csv": {"schema": {"type": "string"}}, "application/x-ndjson": {"schema": {"type": "string"}}, "application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}}}
    return {
        "operationId": re.sub(r"\W+", "_", ask.path.replace(":path", "").strip("/")).strip("_"),
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
        "requestBody": {"required": True, "content": {"application/json": {"schema": schemas[repr(asked)]}}},
        "responses": {status: {"description": told, "content": {"application/json": {"schema": enveloped(schemas[repr(answer)])}}}} | _errors(),
    }


def _errors() -> dict[str, Any]:
    return {"default": {"description": "an error", "content": {"application/json": {"schema": {"$ref": REF.format(name="ErrorAnswer")}}}}}
