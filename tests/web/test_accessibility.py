"""Every page, light and dark, by axe-core: no fault that keeps somebody from reading or using it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from argon2 import PasswordHasher

from detente.web.accounts import Accounts
from tests.web.served import served, small
from tests.web.test_browser import settled

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PASSWORD = "four quiet rivers meet"  # noqa: S105 - of an account that lives as long as this test
PAGES = (
    "/", "/relations", "/relations/IRN/IRQ", "/relations/IRN/IRQ?since=2023-05&until=2023-05", "/stories?pair=IRN-IRQ", "/network?since=2023", "/map?since=2023", "/documents", "/document?id=a", "/document?id=%3D../'%22%3Cb%3E%26x", "/event?id=a-e02", "/event?id=nothing", "/quote?id=a-q01", "/missed?document=a",
    "/actor", "/actor?name=IRN", "/actor?name=Emmanuel+Macron&on=2023-05-08", "/search?q=boats", "/review", "/review?queue=second", "/review?queue=differ",
    "/refused", "/read", "/account", "/accounts",
)  # fmt: skip
SERIOUS = ("serious", "critical")
ALSO = ("heading-order",)
"""Held to, though axe calls it moderate: who hears a page goes from headline to headline."""


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A tab in which an admin is signed in, over a store in which something was judged."""
    accounts = Accounts(small(tmp_path_factory.mktemp("axe") / "s"), hasher=PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    accounts.add("ada", PASSWORD, role="admin", by="test")
    with served(accounts.folder, accounts=accounts) as address:
        context = browser.new_context(base_url=address)
        context.set_default_timeout(60_000)
        tab = context.new_page()
        tab.goto("/login")
        assert faults(tab) == []
        tab.get_by_label("Name").fill("ada")
        tab.get_by_label("Password").fill(PASSWORD)
        tab.get_by_role("main").get_by_role("button", name="Sign in").click()
        tab.goto("/event?id=a-e02")
        tab.get_by_label("Type").select_option("ASSAULT")
        tab.get_by_label("Mode").fill("")
        tab.get_by_role("button", name="Keep the correction").click()
        yield tab
        context.close()


def faults(page: Page, **options: Any) -> list[tuple[str, str]]:
    """Rule and first place of each serious fault; options are axe's own."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is missing: pip install -e '.[dev]'")
    found: list[dict[str, Any]] = axe.Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    return [(fault["id"], fault["nodes"][0]["html"][:300]) for fault in found if fault["impact"] in SERIOUS or fault["id"] in ALSO]


@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_shuts_anybody_out(page: Page, width: int) -> None:
    """WCAG 2, A and AA, and good practice, as far as a program can see it: contrast, names, labels, order, languages; in the dark the contrast anew. On a phone, too."""
    found = {}
    page.set_viewport_size({"width": width, "height": 844})
    for path in PAGES:
        page.emulate_media(color_scheme="light")
        settled(page, path)
        told = faults(page)
        page.emulate_media(color_scheme="dark")  # other colours, and nothing else
        if told := told + faults(page, runOnly=["color-contrast"]):
            found[path] = told

    assert found == {}
