"""The workbench in a real browser, over a store that was made from examples/: every page, and the way from a bar to a judgement."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from detente.store import open_store
from detente.stories import Facts, Told
from detente.stories.merged import merged
from detente.web.reading import Room
from tests.store.records import kept
from tests.web.served import served, small, talks

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FloatRect, Page

PAGES = (
    "/", "/relations", "/relations/KAZ/RUS", "/stories?least=1", "/story?id=pipeline-e01", "/network", "/map", "/documents", "/document?id=pipeline", "/event?id=pipeline-e01", "/actor", "/actor?name=KAZ",
    "/actor?name=Emmanuel+Macron&on=2023-05-08", "/search?q=talks", "/review", "/refused", "/read",
)  # fmt: skip


@pytest.fixture(scope="module")
def examples(record: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over the articles of examples/."""
    folder = shutil.copytree(record, tmp_path_factory.mktemp("browser") / "s")
    with served(folder, room=Room()) as address:
        yield address


@pytest.fixture(scope="module")
def retold(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over a year of talks, each of them a story of its own."""
    folder = tmp_path_factory.mktemp("retold") / "s"
    own = (" " + " ".join(f"word{n}of{k}" for k in range(60)) + "." for n in range(12))
    kept(folder, *(talks(f"d{n}", day=dt.date(2023, 1, 9) + dt.timedelta(days=30 * n), more=more) for n, more in enumerate(own)))
    store = open_store(folder)
    store.write_stories(store.newest(), [merged(f"s-{event.id}", [Told(event, Facts(document=event.text_info.document))], []) for event in store.records()])
    with served(folder) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab; whatever the console complains of fails the test."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(60_000)
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    yield tab
    context.close()
    assert complaints == []


def settled(page: Page, address: str) -> None:
    """Opens the page, again and again until nothing on it is still being worked out."""
    end = time.monotonic() + 120
    page.goto(address)
    while page.get_by_text("being worked out").count() and time.monotonic() < end:
        page.wait_for_timeout(300)
        page.goto(address)


def test_every_page_stands(page: Page, examples: str) -> None:
    """It has a headline and no complaint; on a phone nothing sticks out; every field has a label, every id stands once."""
    for path in PAGES:
        answer = page.goto(examples + path)
        assert answer is not None
        assert answer.status == 200, path
        assert page.locator("h1").count() == 1, path
        for width in (1200, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
        assert page.evaluate("[...document.querySelectorAll('input:not([type=hidden]),select,textarea')].every(e => e.labels.length)"), path
        assert page.evaluate("(ids => new Set(ids).size === ids.length)([...document.querySelectorAll('[id]')].map(e => e.id))"), path


def test_from_a_bar_to_a_judgement(page: Page, examples: str) -> None:
    """Bar → its events → the sentence in its document → the judgement → an answer that changed; and back."""
    page.goto(examples + "/relations/KAZ/RUS")
    before = page.locator("main p").first.inner_text()
    bar = page.locator("svg.chart[aria-label*='points by'] a").first
    told = bar.get_attribute("aria-label") or ""
    bar.click()
    events = page.locator("#events article.event")
    assert f": {events.count()} " in told
    page.locator("#events article.event p.from a").first.click()
    record = page.url.partition("#t-")[2]
    page.locator(f"[id='t-{record}'] + a.mark.event").wait_for()  # a busy machine draws it later than it loads it
    page.locator(f"[id='{record}']").get_by_role("link", name="judge").click()
    page.get_by_label("Who judges").fill("a reader")
    page.get_by_role("button", name="Wrong: no such event").click()
    assert "rejected by a reader" in page.locator("main").inner_text()

    page.goto(examples + "/relations/KAZ/RUS")
    assert page.locator("main p").first.inner_text() != before
    page.goto(f"{examples}/event?id={record}")
    page.get_by_role("button", name="Take back").click()
    page.goto(examples + "/relations/KAZ/RUS")
    assert page.locator("main p").first.inner_text() == before


def test_whatever_leads_somewhere_can_be_hit(page: Page, examples: str, tmp_path: Path) -> None:
    """Nothing lies over the dots and bars of a relation, nor over a state of the network, not even its name."""
    own = (" " + " ".join(f"word{n}of{k}" for k in range(60)) + "." for n in range(5))
    kept(tmp_path / "s", *(talks(f"d{n}", day=dt.date(2024, 1, 1 + 5 * n), more=more) for n, more in enumerate(own)))
    with served(tmp_path / "s") as address:
        for path, kinds in ((examples + "/relations/KAZ/RUS", {"circle", "rect"}), (address + "/network?since=2023&until=2024", {"circle"})):
            settled(page, path)
            links = page.locator("svg.chart a:has(circle, rect)")
            assert set(links.evaluate_all("found => found.map(e => e.lastElementChild.tagName)")) == kinds
            for link in links.all():
                link.click(trial=True)  # fails when the middle of it belongs to something else


def reach(page: Page) -> FloatRect:
    """Where the level stands on the screen."""
    chart = page.locator("#level svg")
    chart.scroll_into_view_if_needed()
    found = chart.bounding_box()
    assert found is not None
    return found


def drag(page: Page, begin: float, end: float) -> None:
    """From one share of the level's width to another, with a mouse."""
    where = reach(page)
    page.mouse.move(where["x"] + begin * where["width"], where["y"] + 100)
    page.mouse.down()
    page.mouse.move(where["x"] + (begin + end) / 2 * where["width"], where["y"] + 130)
    page.mouse.move(where["x"] + end * where["width"], where["y"] + 110)
    page.mouse.up()


def test_from_days_on_the_level_to_their_stories(page: Page, retold: str) -> None:
    """Dragging tells the days, whichever way; the stories below are those of the address, which goes back and can be sent; a dot is still a link."""
    settled(page, retold + "/relations/IRN/IRQ")
    heading, told = page.locator("#stories h2 span"), page.locator("#told")
    every, counted = heading.inner_text(), page.locator("#counted").inner_text()
    drag(page, 0.7, 0.4)
    page.wait_for_url("**/relations/IRN/IRQ?since=*&until=*")
    since, until = (page.get_by_label(name, exact=True).input_value() for name in ("From", "To"))

    assert "2023-04-20" < since < "2023-05-31"
    assert "2023-08-01" < until < "2023-09-20"
    assert heading.inner_text().endswith(f" from {since} to {until}")
    assert heading.inner_text() == told.inner_text() != every
    assert page.locator("#counted").inner_text() != counted
    assert page.locator("#level .f-chosen").count() == 1
    days = page.locator("#events .facts .nowrap").all_inner_texts()
    assert days
    assert all(since <= day <= until for day in days)
    here, now = page.url, heading.inner_text()
    settled(page, here)
    assert heading.inner_text() == now
    page.get_by_role("link", name="all days").click()
    assert heading.inner_text() == every
    drag(page, 0.1, 0.3)
    page.wait_for_url("**since=*")
    page.go_back()
    page.wait_for_function("text => document.querySelector('#stories h2 span').textContent === text", arg=every)
    assert page.get_by_label("From", exact=True).input_value() == ""
    page.locator("#level a:has(circle)").first.click()
    assert "on=" in page.url


def test_days_are_chosen_without_a_mouse(page: Page, retold: str) -> None:
    """By keyboard the fields do the same, and the place of the reader stays."""
    settled(page, retold + "/relations/IRN/IRQ")
    page.get_by_label("From", exact=True).fill("2023-03")
    page.get_by_label("To", exact=True).fill("2023-05")
    page.keyboard.press("Enter")
    page.wait_for_url("**?since=2023-03&until=2023-05")

    assert page.locator("#told").inner_text() == page.locator("#stories h2 span").inner_text()
    assert page.evaluate("document.activeElement.name") == "until"

def test_what_is_no_day_is_said(browser: Browser, retold: str) -> None:
    """By the page that tells faults, at its own address; the fault stands in the browser's log, too."""
    context = browser.new_context(base_url=retold)
    context.set_default_timeout(60_000)
    tab = context.new_page()
    settled(tab, "/relations/IRN/IRQ")
    tab.get_by_label("To", exact=True).fill("someday")
    tab.keyboard.press("Enter")
    tab.get_by_role("alert").wait_for()

    assert "until=someday" in tab.url
    context.close()


def test_days_are_chosen_without_a_script(browser: Browser, page: Page, retold: str) -> None:
    """The fields and their button lead to the same page; nothing invites to drag."""
    settled(page, retold + "/relations/IRN/IRQ")
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(retold + "/relations/IRN/IRQ")
    assert not plain.get_by_text("Drag over the chart").is_visible()
    plain.get_by_label("From", exact=True).fill("2023-03")
    plain.get_by_role("button", name="Show", exact=True).click()

    assert plain.locator("#stories h2 span").inner_text().endswith(" from 2023-03")
    assert plain.locator("#level .f-chosen").count() == 1
    context.close()


def test_a_finger_moves_the_page_until_it_is_told_to_choose(browser: Browser, retold: str) -> None:
    """On a phone the chart is wider than the screen: dragging over it scrolls, unless the button is pressed."""
    context = browser.new_context(viewport={"width": 360, "height": 800}, has_touch=True, is_mobile=True)
    context.set_default_timeout(60_000)
    phone = context.new_page()
    touch = context.new_cdp_session(phone)

    def swipe() -> None:
        where = reach(phone)
        at = [{"x": 280 - 20 * n, "y": where["y"] + 100} for n in range(10)]
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": at[:1]})
        for point in at[1:]:
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    settled(phone, retold + "/relations/IRN/IRQ")
    swipe()
    phone.wait_for_function("document.querySelector('#level .scroll').scrollLeft > 0")
    assert "since" not in phone.url
    phone.wait_for_timeout(500)  # while it still scrolls a tap would only stop that
    phone.get_by_role("button", name="Choose with a finger").tap()
    phone.wait_for_function("document.querySelector('#level.by-finger')")
    swipe()
    phone.wait_for_url("**?since=*&until=*")
    assert "stor" in phone.locator("#told").inner_text()
    context.close()


def test_from_a_story_to_its_reports(page: Page, examples: str) -> None:
    """Each report stands there with its sentence and its paper; what they tell differently leads to who tells it."""
    page.goto(examples + "/stories")
    page.locator("article.event a.code").first.click()

    reports = page.locator(".beside > div")
    assert reports.count() >= 2
    assert reports.locator("blockquote mark.event").count() == reports.count()
    target = page.locator(".told a").first
    name = (target.get_attribute("href") or "")[1:]
    target.click()
    assert page.locator(f"[id='{name}']").is_visible()


def test_from_a_dot_on_the_map_to_its_events(page: Page, examples: str) -> None:
    """The dot says how many events lie there; the search that it leads to finds as many."""
    page.goto(examples + "/map?since=2000&until=2030")
    dot = page.locator("svg.chart a[aria-label*=' events, ']").first
    told = dot.get_attribute("aria-label") or ""
    dot.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert f": {page.locator('article.event').count()} events" in told


def test_a_correction_by_form(page: Page, tmp_path: Path) -> None:
    """Another type and recipient: the page shows both words, and the relation moves."""
    with served(small(tmp_path / "s")) as address:
        page.goto(address + "/event?id=a-e02")
        page.get_by_label("Type").select_option("ASSAULT")
        page.get_by_label("Mode").fill("")
        page.get_by_label("Recipient codes").fill("OMN")
        page.get_by_role("button", name="Keep the correction").click()

        assert "The program said: ACCUSE (disapprove)" in page.locator("main").inner_text()
        settled(page, address + "/relations/IRQ/OMN")
        point, bar = (link.get_attribute("aria-label") for link in page.locator("svg.chart a").all())
        assert point == "2023-05-08: IRQ → OMN ASSAULT, −9 points"
        assert bar == "IRQ → OMN, 2023-05: 1 material conflict, −9 points"
        settled(page, address + "/relations/IRN/IRQ")
        assert page.locator("svg.chart a").count() == 6


def test_a_slip_in_a_form_costs_nothing_but_the_slip(browser: Browser, tmp_path: Path) -> None:
    """From the queue to a correction with one bad field: all else stands there still, and once that is put right the queue goes on without it."""
    with served(small(tmp_path / "s")) as address, browser.new_context() as context:
        page = context.new_page()
        page.goto(address + "/review?order=newest")
        page.get_by_role("link", name="Correct…").first.click()
        record = page.locator("h1").inner_text()
        page.get_by_label("Note").fill("as the second sentence has it")
        page.get_by_label("Actor codes").fill("OMN")
        page.get_by_label("Recipient codes").fill("Iraq")
        page.get_by_role("button", name="Keep the correction").click()
        assert "it must be three letters" in page.get_by_role("alert").inner_text()
        assert (page.get_by_label("Note").input_value(), page.get_by_label("Actor codes").input_value()) == ("as the second sentence has it", "OMN")
        page.get_by_label("Recipient codes").fill("IRQ")
        page.get_by_role("button", name="Keep the correction").click()

        assert page.url == address + "/review?order=newest"
        assert page.locator(f".verdicts input[name=record][value='{record}']").count() == 0


def test_the_queue_is_worked_by_keyboard(page: Page, tmp_path: Path) -> None:
    """Least sure first; Enter on "Right" keeps it, and the next one stands there."""
    with served(small(tmp_path / "s")) as address:
        page.goto(address + "/review")
        left = page.locator("article.event").count()
        page.get_by_role("button", name="Right").first.focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")

        assert page.locator("article.event").count() == left - 1
        assert "Said so far: 1" in page.locator("main").inner_text()


def test_a_text_is_read_and_not_kept(page: Page, examples: str, root: Path) -> None:
    """Pasted or uploaded, it is coded with its reasons; the store has no document more."""
    page.goto(examples + "/documents")
    before = page.locator("tbody tr").count()
    page.goto(examples + "/read")
    page.get_by_label("Text of an English").fill("China's foreign minister met the U.S. ambassador in Beijing on Monday.")
    page.get_by_label("Published on").fill("2023-05-08")
    page.get_by_role("button", name="Read", exact=True).click()
    assert "CONSULT" in page.locator(".codes").inner_text()
    page.get_by_label("or a file").set_input_files(root / "examples" / "strait.txt")
    page.get_by_role("button", name="Read", exact=True).click()
    assert "AGREE" in page.locator(".codes").inner_text()
    page.goto(examples + "/documents")
    assert page.locator("tbody tr").count() == before


def test_a_hostile_text_stays_a_text(page: Page, tmp_path: Path) -> None:
    """Tags of an article are words on the page, and make no element."""
    with served(small(tmp_path / "s")) as address:
        page.goto(address + "/documents")
        page.locator("tbody a").last.click()

        assert "<script>alert(1)</script>" in page.locator(".text.body").inner_text()
        assert page.locator("main script:not([src^='/static/']), main img, main b b").count() == 0


def test_the_page_can_be_dark_and_layers_switched(page: Page, examples: str) -> None:
    """By the system's wish; a layer's box, without any script, paints it or not; hover tells the codes."""
    page.goto(examples + "/document?id=pipeline")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    mark = page.locator("a.mark.event").first
    assert mark.evaluate("e => getComputedStyle(e).borderBottomWidth") == "3px"
    mark.hover()
    assert "SANCTION" in mark.locator(".tip").inner_text()
    page.get_by_label("Events").uncheck()
    assert mark.evaluate("e => getComputedStyle(e).borderBottomWidth") == "0px"


# --- words chosen in a text -----------------------------------------------------------------------------


WHERE = """words => {
  const walk = document.createTreeWalker(document.querySelector('.text.body'), NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    const at = node.parentElement.closest('.tip') ? -1 : node.data.indexOf(words);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + words.length);
    const box = range.getBoundingClientRect();
    return [box.left, box.right, (box.top + box.bottom) / 2];
  }
}"""
"""Where words of one piece of a text stand on the screen."""


def select(page: Page, first: str, last: str) -> None:
    """Drag with the mouse from the beginning of some words to the end of others."""
    (left, _, above), (_, right, below) = page.evaluate(WHERE, first), page.evaluate(WHERE, last)
    page.mouse.move(left + 1, above)
    page.mouse.down()
    page.mouse.move(right - 1, below, steps=10)
    page.mouse.up()


def test_words_that_are_selected_become_an_event(page: Page, examples: str) -> None:
    """In a document, from within a mark on: they go on to the form, which keeps them; the event stands in the document then."""
    page.goto(examples + "/document?id=pipeline")
    mark = page.locator(".text.body a.mark.actor").first
    first = mark.evaluate("mark => mark.firstChild.data")
    before, there = page.url, mark.get_attribute("href")
    select(page, first, first)
    assert page.locator("#chosen").inner_text() == f"Chosen: “{first}”"
    assert (page.url, mark.get_attribute("href")) == (before, there), "to select is not to click"

    page.get_by_role("link", name="Mark what the program missed").click()
    assert page.get_by_label("Words that tell it").input_value() == first
    page.get_by_label("Type").select_option("CONSULT")
    page.get_by_label("Who marks it").fill("a reader")
    page.get_by_role("button", name="Mark it").click()
    assert "added by a reader" in page.locator("main").inner_text()
    page.goto(examples + "/document?id=pipeline")
    assert page.locator("article.event", has_text="added by a reader").count() == 1


def test_of_words_that_stand_often_those_that_were_selected_are_meant(page: Page, retold: str) -> None:
    """Their number goes with them, as the server counts; what is too long, or not in the text, changes nothing."""
    page.goto(retold + "/missed?document=d0")
    select(page, "Iraq accused", "Iran of")
    assert page.get_by_label("Words that tell it").input_value() == "Iraq accused Iran of"
    page.evaluate("const text = document.querySelector('.text.body').firstChild, range = document.createRange(); range.setStart(text, text.data.indexOf('Iran of') ); range.setEnd(text, text.data.indexOf('Iran of') + 4); getSelection().removeAllRanges(); getSelection().addRange(range)")
    page.get_by_text("Chosen: “Iran”, place 2").wait_for()
    assert [page.get_by_label(label).input_value() for label in ("Words that tell it", "Which place")] == ["Iran", "2"]

    page.evaluate("getSelection().selectAllChildren(document.querySelector('.text.body'))")
    page.get_by_text("At most 200 characters").wait_for()
    page.evaluate("getSelection().selectAllChildren(document.querySelector('h1'))")
    assert page.get_by_label("Words that tell it").input_value() == "Iran"


def test_a_document_says_why(page: Page, examples: str) -> None:
    """Each event has the words behind its fields, with where they stand in the text."""
    page.goto(examples + "/document?id=pipeline")
    event = page.locator("article.event").first
    event.get_by_text("Why", exact=True).click()
    said = event.locator("pre").inner_text()

    assert "trigger “" in said
    assert "coder detente" in said
    text = page.locator(".text.body").evaluate("text => { const own = text.cloneNode(true); for (const tip of own.querySelectorAll('.tip')) tip.remove(); return own.textContent; }")
    told = re.findall(r"“([^”]+)” \[(\d+):(\d+)\]", said)
    assert [text[int(first) : int(last)] for _, first, last in told] == [words for words, _, _ in told]


# --- by eye, finger and key ------------------------------------------------------------------------------


def test_what_a_mark_tells_goes_with_escape(page: Page, examples: str) -> None:
    """And comes again with the next pointing."""
    page.goto(examples + "/document?id=pipeline")
    mark = page.locator(".text.body a.mark.event").first
    mark.hover()
    assert mark.locator(".tip").is_visible()
    page.keyboard.press("Escape")
    assert not mark.locator(".tip").is_visible()
    page.locator("h1").hover()
    mark.hover()
    assert mark.locator(".tip").is_visible()


def test_a_small_screen_opens_the_map_where_the_events_are(page: Page, examples: str) -> None:
    """The dot with most events is in sight, wherever in the world it lies."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(examples + "/map")
    page.wait_for_function("document.getElementById('world').scrollLeft > 0")
    inside = page.evaluate("(world => [...world.querySelectorAll('a circle')].filter(dot => { const box = dot.getBoundingClientRect(), x = box.left + box.width / 2, room = world.getBoundingClientRect(); return x > room.left && x < room.right; }).length)(document.getElementById('world'))")

    assert inside > 0


def test_a_finger_hits_the_dots_of_a_level(browser: Browser, retold: str) -> None:
    """On a phone each is as large as a finger needs: 24 pixels; so much around its middle leads to it, where no other dot is near."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    context.set_default_timeout(60_000)
    page = context.new_page()
    while not page.goto(retold + "/relations/IRN/IRQ") or not page.locator("#level a circle").count():
        page.wait_for_timeout(300)
    sizes = page.evaluate("[...document.querySelectorAll('#level a circle')].map(dot => dot.getBoundingClientRect().width + parseFloat(getComputedStyle(dot).strokeWidth) * dot.getScreenCTM().a)")
    reached = page.evaluate("""[...document.querySelectorAll('#level a circle')].map(dot => {
      dot.parentNode.scrollIntoView({block: 'center', inline: 'center'});
      const box = dot.getBoundingClientRect();
      return dot === document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    })""")
    context.close()

    assert sizes
    assert min(sizes) >= 24, sizes
    assert all(reached)
