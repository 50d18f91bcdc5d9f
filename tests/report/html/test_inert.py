"""Nothing that anybody else wrote becomes an element, runs, or is asked for: held by a browser's own parser."""

import json
import random
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings

from ci_mlops.records import Confusion, ConfusionTable, FilePin, Skip
from ci_mlops.report import render
from ci_mlops.report.html.tags import said, tag, words
from ci_mlops.report.inline import ADDRESS, name, prose
from tests.report import verdicts
from tests.report.anything import HOSTILE, verdicts as any_verdict
from tests.report.html import curve_verdicts
from tests.report.payloads import PAYLOADS as EVERYWHERE, poisoned
from tests.report.test_expected import ALL as KINDS

PAYLOADS = (
    *HOSTILE,
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "--><script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    '" autofocus onfocus=alert(1) x="',
    "javascript:alert(1)",
    "<iframe src=//evil.example>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<link rel=stylesheet href=//evil.example>",
    "<math><mi xlink:href=javascript:alert(1)>",
    "<svg><style>@import '//evil.example'</style>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<plaintext>",
    "<![CDATA[x",
    "{{7*7}} ${7*7} #{7*7} %(x)s {0}",
    "$\\frac{1}{2}$",
)
FULLEST = ("passed", "blocked", "not_evaluated", "contaminated")
OURS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "link",
        "style",
        "body",
        "header",
        "main",
        "nav",
        "section",
        "div",
        "span",
        "a",
    ),
    *(
        "ul",
        "ol",
        "li",
        "fieldset",
        "legend",
        "label",
        "input",
        "h1",
        "h2",
        "h3",
        "p",
        "b",
        "strong",
        "small",
        "code",
    ),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "script"),
    "br",
    *("svg", "path", "circle", "rect", "text", "defs", "use"),
}
TREE = "text => [...new DOMParser().parseFromString(text, 'text/html').querySelectorAll('*')].map((one) => one.tagName + [...one.attributes].map((a) => a.name))"


def hostile(word):
    """One word wherever somebody else may write."""
    v = curve_verdicts.all_curves()
    return replace(
        v,
        model=word,
        change=replace(v.change, run_url=word, base_ref=word, workflow=word, repository=word, run_id=word),
        champion=replace(v.champion, label=word, version=word),
        confusion=replace(v.confusion, positive=word, negative=word),
        cost=replace(v.cost, unit=word),
        gates=tuple(replace(gate, slice=word, reason=word, where=word) for gate in v.gates),
        measurements=tuple(replace(m, slice=m.slice and word, method=word) for m in v.measurements),
        changed=tuple(replace(part, champion=word, candidate=word, changed=True) for part in v.changed),
        pins={word: (FilePin(path=word, sha256=word, size=1),)},
        skips=(Skip(what=word, reason=word),),
        notices=(word,),
        timings={word: 1.0},
        policy=replace(v.policy, path=word, edited=True, edits=(word, word, word)),
        tool=replace(v.tool, version=word, python=word),
    )


@pytest.fixture(scope="module")
def plain_tree(browser):
    page = browser.new_page()
    yield lambda text: page.evaluate(TREE, text)
    page.close()


def structure(tree):
    """Code comes and goes with what a sentence quotes; every other element is counted, in its order."""
    return [one for one in tree if one != "CODE"]


def test_a_page_has_the_same_elements_whatever_the_names(plain_tree):
    def elements(word):
        # no word of anybody's is in a plot
        return structure(plain_tree(render(replace(hostile(word), curves={}), "html")))

    harmless = elements("word")

    # what has no name at all is left out
    assert {payload for payload in PAYLOADS if payload and elements(payload) != harmless} == set()


def test_no_payload_runs_or_is_asked_for(show):
    everything = " ".join(PAYLOADS[:-1])[:8000]
    many = tuple(f"{at} {payload}" for at, payload in enumerate(PAYLOADS))
    cells = tuple((at, at, 3, 4) for at in range(len(many)))
    for verdict in (
        hostile(everything),
        replace(hostile("x"), confusion=None, confusion_table=ConfusionTable(classes=many, cells=cells)),
        replace(
            hostile("x"),
            confusion=Confusion(positive=many[34], negative=many[37], champion=None, candidate=(1, 2, 3, 4)),
        ),
    ):
        with show(verdict) as shown:
            shown.page.mouse.wheel(0, 5000)
            shown.page.wait_for_timeout(50)

        assert shown.requests == [shown.address]
        assert shown.complaints == []


def test_ten_thousand_fuzzed_strings_stay_text(browser):
    chance = random.Random(5)
    pieces = [
        *(one for one in PAYLOADS if len(one) < 100),
        *"<>&\"'`/=\\;!-\u2028\ufeff\u200d\u202e\ue000\ue003 é漢😀\x00\x07",
    ]
    strings = ["".join(chance.choices(pieces, k=chance.randint(1, 6))) for _ in range(10_000)]
    rows = [
        tag(
            "tr",
            tag("td", words(name(one)), title=one),
            tag("td", words(prose(one))),
            tag("td", said(one[:90])),
        )
        for one in strings
    ]
    page = browser.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(str(tag("table", tag("tbody", *rows))))
    elements = page.evaluate(
        "[...new Set([...document.body.querySelectorAll('*')].map((one) => one.tagName))].sort()"
    )
    count = page.locator("tr").count()
    titles = page.evaluate("[...document.querySelectorAll('td:first-child')].map((one) => one.title)")
    page.close()

    assert elements == ["CODE", "TABLE", "TBODY", "TD", "TR"]
    assert count == 10_000
    # a parser takes a null and a carriage return for something else, and nothing else is lost
    assert [one.replace("\ufffd", "\x00") for one in titles] == strings
    assert asked == []


class Seen(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found, self.links, self.attributes = set(), [], set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.add(tag)
        self.attributes |= {key for key, _ in attrs}
        self.links += [value for key, value in attrs if key in ("href", "src") and tag != "link"]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(any_verdict)
def test_any_verdict_is_a_page_of_our_elements_alone(verdict):
    check_inert(render(verdict, "html"))


def check_inert(page):
    seen = Seen(page)
    assert seen.found <= OURS
    assert not {key for key in seen.attributes if key.startswith("on") or key in ("src", "style", "srcset")}
    assert all(link.startswith("#") or ADDRESS.fullmatch(link) for link in seen.links)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\ue000-\uf8ff]", page)


def test_the_policy_of_the_page_allows_its_own_script_by_its_digest_and_nothing_else(show):
    with show(verdicts.passed()) as shown:
        page, failed = shown.page, []
        page.on("requestfailed", lambda request: failed.append((request.url, request.failure)))
        page.evaluate(
            "document.body.append(Object.assign(document.createElement('img'), {src: 'https://evil.example/x.png'}))"
        )
        page.evaluate(
            "document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\" onclick=\"alert(1)\">x</p>')"
        )
        page.evaluate(
            "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
        )
        page.wait_for_timeout(50)
        ran = page.evaluate("window.ran")

    assert ran is None
    assert failed == [("https://evil.example/x.png", "csp")]
    assert len(shown.complaints) >= 3
    assert all("Content Security Policy" in complaint for complaint in shown.complaints), json.dumps(
        shown.complaints
    )


@pytest.mark.parametrize("name", [name for name in KINDS if name not in FULLEST])
def test_every_other_kind_of_verdict_takes_payloads_in_turn(name):
    check_all(KINDS[name](), EVERYWHERE[::6])


@pytest.mark.parametrize("name", FULLEST)
def test_every_payload_in_every_string_of_a_verdict_stays_text(name):
    """Those of all dialects, each with what it would do if it came alive."""
    check_all(KINDS[name](), EVERYWHERE)


def check_all(verdict, payloads):
    for payload in payloads:
        check_inert(render(poisoned(verdict, payload.text), "html"))
