"""The HTML report in a real browser: whatever stands in a verdict's strings, the page is made of the same parts."""

import pytest

from ci_mlops.report import render
from tests.report.payloads import PAYLOADS, poisoned
from tests.report.test_expected import ALL

PARTS = """() => [...document.querySelectorAll('*')].flatMap(
    one => [one.localName, ...[...one.attributes].map(held => `${one.localName} ${held.name}`)])"""
LINKS = (
    "() => [...document.querySelectorAll('[href], [src]')].map(one => one.getAttribute('href') ?? one.src)"
)
FULLEST = ("blocked", "not_evaluated")


class Page:
    """A page of a browser that notes all that a report must not do."""

    def __init__(self, page):
        self._page, self.wrong = page, []
        page.on("dialog", lambda dialog: (self.wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: self.wrong.append(f"request {request.url}"))
        page.on("pageerror", lambda error: self.wrong.append(f"error {error}"))
        page.on("console", lambda said: self.wrong.append(f"console {said.text}"))

    def show(self, html):
        # a document of its own: the policy of one would hold for the next
        self._page.goto("about:blank")
        self._page.set_content(html)
        return set(self._page.evaluate(PARTS)), set(self._page.evaluate(LINKS))


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page()
    yield Page(page)
    page.close()


@pytest.fixture(scope="module")
def ordinary(page):
    """What pages are made of whose strings are plain words."""
    parts, links = set(), set()
    for verdict in ALL.values():
        for text in (None, "word"):
            seen = page.show(render(verdict() if text is None else poisoned(verdict(), text), "html"))
            parts |= seen[0]
            links |= seen[1]
    # the run that a verdict of ours names is not every verdict's
    return parts, {link for link in links if not link.startswith("http")}


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda one: one.name)
def test_a_payload_in_every_string_makes_no_part_of_the_page_and_does_nothing(page, ordinary, payload):
    for name in FULLEST:
        parts, links = page.show(render(poisoned(ALL[name](), payload.text), "html"))

        assert parts <= ordinary[0], parts - ordinary[0]
        assert links <= ordinary[1], links - ordinary[1]
    assert page.wrong == []


def test_the_browser_would_notice(page):
    page.show("<p onclick=x>a</p><script>alert(1)</script><img src='data:,x'>")
    noticed, page.wrong = page.wrong, []

    assert any("dialog 1" in one for one in noticed)
