"""How much one client may ask: so many requests a minute, told in headers, refused with the time to wait."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from detente.web import guard
from detente.web.accounts import Accounts
from detente.web.guard import RATE, Rate, neighbourhood
from tests.web.served import served, small
from tests.web.test_accounts import PASSWORD


class Clock:
    """A time that stands until it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def sent(rate: Rate, n: int, client: str = "a") -> int:
    """How many of so many requests are let in."""
    return sum(rate.take(client).taken for _ in range(n))


def test_a_minute_s_requests_may_come_at_once() -> None:
    """All of them and no more; each share of the minute gives back its share."""
    clock = Clock()
    rate = Rate(60, clock=clock)

    assert sent(rate, 100) == 60
    clock.now += 10
    assert sent(rate, 100) == 10
    clock.now += 3600
    assert sent(rate, 100) == 60


def test_who_is_refused_is_told_when_to_come_again() -> None:
    """Then, and not a moment earlier, one request is let in."""
    clock = Clock()
    rate = Rate(30, clock=clock)
    sent(rate, 30)
    wait = rate.take("a").wait
    clock.now += wait - 0.01
    assert not rate.take("a").taken
    clock.now += 0.02

    assert rate.take("a").taken
    assert wait == pytest.approx(2.0)


def test_one_client_takes_nothing_from_another() -> None:
    """Each has all of its own."""
    rate = Rate(10)

    assert sent(rate, 20, "a") == sent(rate, 20, "b") == 10


@given(st.integers(1, 200), st.lists(st.tuples(st.floats(0, 90), st.integers(1, 50)), max_size=20))
def test_no_stretch_of_time_has_more_than_its_share(most: int, comes: list[tuple[float, int]]) -> None:
    """Between any two moments at most a minute's requests are let in, and the share of the time between them; a client that keeps to its share is never refused."""
    clock, times = Clock(), list[float]()
    rate = Rate(most, clock=clock)
    for pause, n in comes:
        clock.now += pause
        times += [clock.now] * sent(rate, n)

    for k, first in enumerate(times):
        for count, last in enumerate(times[k:], 1):
            assert count <= most + (last - first) * most / 60 + 0.01
    clock.now += 3600
    for _ in range(2 * most):
        assert rate.take("a").taken
        clock.now += 60 / most


def test_an_address_of_ipv6_is_known_by_its_network() -> None:
    """One machine has every address of its network there."""
    assert neighbourhood("2001:db8:1:2:3::4") == neighbourhood("2001:db8:1:2::ffff") != neighbourhood("2001:db8:1:3::4")
    assert neighbourhood("fe80::1%eth0") == "fe80::/64"
    assert neighbourhood("192.0.2.7") == "192.0.2.7"
    assert neighbourhood("a:b") == "a:b"


# --- on a real server --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small store."""
    return small(tmp_path_factory.mktemp("rate") / "s")


@pytest.fixture
def client(store: Path) -> Iterator[httpx.Client]:
    """Asks a server that takes four requests a minute."""
    with served(store, rate=Rate(4)) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as asking:
        yield asking


def test_too_many_requests_are_refused_in_the_one_shape_of_errors(client: httpx.Client) -> None:
    """Pages, files and routes count alike, an unchanged page too; every answer says what is left."""
    first = client.get("/documents")
    told = [first, client.get("/static/style.css"), client.get("/api/v1/overview"), client.get("/documents", headers={"if-none-match": first.headers["etag"]})]
    refused = client.get("/api/v1/overview")

    assert [answer.status_code for answer in told] == [200, 200, 200, 304]
    assert [answer.headers["ratelimit"].partition(";t=")[0] for answer in told] == [f'"client";r={n}' for n in (3, 2, 1, 0)]
    assert {answer.headers["ratelimit-policy"] for answer in [*told, refused]} == {'"client";q=4;w=60'}
    assert refused.status_code == 429
    assert refused.json()["error"]["reason"] == "rate"
    assert 10 <= int(refused.headers["retry-after"]) <= 15
    assert refused.headers["content-security-policy"] == guard.POLICY
    assert client.post("/api/v1/judgements", json={"record": "a-e01", "verdict": "wrong"}).status_code == 429


def test_a_person_with_many_tabs_is_not_refused_and_a_flood_is(store: Path) -> None:
    """Thirty tabs are opened at once with their files; fifteen hundred requests without a pause are not answered."""
    with served(store, rate=Rate(RATE)) as address, ThreadPoolExecutor(8) as pool:

        def asked(path: str) -> int:
            return httpx.get(address + path, timeout=60, trust_env=False).status_code

        tabs = list(pool.map(asked, ["/documents", "/static/style.css", "/static/icon.svg"] * 30))
        with httpx.Client(base_url=address, timeout=60, trust_env=False) as one:
            flood = [one.get("/static/icon.svg").status_code for _ in range(1500)]

    assert set(tabs) == {200}
    assert set(flood) == {200, 429}


def test_accounts_and_tokens_are_counted_by_themselves(tmp_path: Path) -> None:
    """Two who sit behind one address have a rate each, and so has each token; keys that open nothing are counted with their address."""
    accounts = Accounts(small(tmp_path / "s"), hasher=PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    for name in ("ada", "ben"):
        accounts.add(name, PASSWORD, role="reader", by="test")
    sessions = [accounts.sign_in(name, PASSWORD, address="192.0.2.7") for name in ("ada", "ben")]
    keys = [accounts.make_token("ada", scopes=["read"], days=1, by="test")[1] for _ in range(2)]
    with served(accounts.folder, accounts=accounts, rate=Rate(3)) as address:

        def let_in(**headers: str) -> int:
            return sum(httpx.get(f"{address}/api/v1/overview", headers=headers, timeout=60, trust_env=False).status_code != 429 for _ in range(5))

        assert [let_in(cookie=f"detente={session}") for session in sessions] == [3, 3]
        assert [let_in(authorization=f"Bearer {key}") for key in keys] == [3, 3]
        assert sum(httpx.get(f"{address}/api/v1/overview", headers={"authorization": f"Bearer no-{n}"}, timeout=60, trust_env=False).status_code == 401 for n in range(5)) == 3
        assert let_in() == 0, "the address has used up its own with keys that open nothing"


def test_idle_connections_keep_nobody_out(store: Path) -> None:
    """Browsers keep connections open; only what is being answered counts."""
    with served(store) as address:
        held = [httpx.Client(base_url=address, timeout=60, trust_env=False) for _ in range(guard.MOST_AT_ONCE + 20)]
        codes = {one.get("/static/icon.svg").status_code for one in held}
        again = held[0].get("/api/v1/overview").status_code
        for one in held:
            one.close()

    assert (codes, again) == ({200}, 200)


def test_who_comes_while_too_many_are_answered_is_told_to_ask_again(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the one shape of errors, with the time to wait."""
    monkeypatch.setattr(guard, "MOST_AT_ONCE", 0)
    with served(store) as address:
        found = httpx.get(f"{address}/api/v1/overview", timeout=60, trust_env=False)

    assert (found.status_code, found.json()["error"]["reason"], found.headers["retry-after"]) == (503, "busy", "1")
