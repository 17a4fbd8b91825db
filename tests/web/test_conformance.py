"""The API against its own description: schemathesis asks what the description allows and what it does not, and checks every answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from detente.web.openapi import described
from tests.web.served import served, small

OPERATIONS = {(path, method): operation for path, methods in described("0")["paths"].items() for method, operation in methods.items()}
ASKED = settings(max_examples=8, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The description that a real server gives of itself."""
    with pytest.MonkeyPatch.context() as patch, served(small(tmp_path_factory.mktemp("conformance") / "s")) as address:
        patch.setenv("NO_PROXY", "127.0.0.1")  # asks directly, whatever proxy the system names
        while httpx.get(f"{address}/api/v1/overview", timeout=60, trust_env=False).json()["answer"]["turning"] is None:  # who asks meanwhile is told to come again: 503
            time.sleep(0.1)
        yield schemathesis.openapi.from_url(f"{address}/api/openapi.json")


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_what_is_allowed_is_answered(schema: Any, path: str, method: str) -> None:
    """In the shape that is promised, with a status and a type that are described; nothing fails."""

    @ASKED
    @given(case=schema[path][method].as_strategy(generation_mode=GenerationMode.POSITIVE))
    def hold(case: Any) -> None:
        names = case.path_parameters
        assume(not {"a", "b"} <= set(names) or names["a"].upper() != names["b"].upper())  # a relation has two sides
        case.query.pop("after", None)  # a cursor comes from an answer; tests/web/test_api.py follows them
        if {"since", "until"} <= set(case.query):
            case.query["since"], case.query["until"] = sorted(str(case.query[end]) for end in ("since", "until"))  # a period has a first day and a last
        if isinstance(case.body, dict) and isinstance(case.body.get("nth"), float):
            case.body["nth"] = int(case.body["nth"])  # JSON Schema takes 1.0 for an integer; the program does not
        excluded = [positive_data_acceptance] if path.endswith("/read") else []  # whether a text is English no schema can say
        case.call_and_validate(excluded_checks=excluded, timeout=60)

    hold()


@pytest.mark.parametrize(("path", "method"), [at for at, told in OPERATIONS.items() if "requestBody" in told or any(p["in"] == "query" for p in told["parameters"])])
def test_what_is_not_allowed_is_refused(schema: Any, path: str, method: str) -> None:
    """Names that do not exist, values out of range, names that stand twice, bodies of another shape: an error in the one shape."""

    @ASKED
    @given(case=schema[path][method].as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def hold(case: Any) -> None:
        case.call_and_validate(timeout=60)

    hold()
