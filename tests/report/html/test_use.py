"""A reader's hands: with a script and without, by keyboard, and on paper."""

import re
import zlib
from dataclasses import replace

from tests.report import verdicts
from tests.report.html import curve_verdicts

GROUND = "getComputedStyle(document.body).backgroundColor"
FOCUSED = """() => { const one = document.activeElement;
    return one.getAttribute('aria-label') || one.value || one.textContent.trim(); }"""


def test_a_report_answers_in_the_order_of_the_document(show):
    with show(curve_verdicts.all_curves()) as shown:
        headings = shown.page.locator("h1, h2").all_inner_texts()
        lead = shown.page.locator(".lead").inner_text()
        pictures = shown.page.locator("figure h3").all_inner_texts()

    assert headings == [
        "Model gate passed: credit-default may be merged",
        "Rules",
        "Errors and what they cost",
        "Slices",
        "All metrics",
        "Curves",
        "What this PR changes",
        "Reproduce, files, audit trail",
    ]
    assert lead.startswith(
        "Expected cost falls by 25\u00a0%, €960\u00a0000 a year: €10.63 → €8.00 per decision"
    )
    assert pictures == [
        "Cost against threshold",
        "ROC curve",
        "Precision and recall",
        "Calibration",
        "Spread of scores",
    ]


def test_what_decides_nothing_has_no_sign_of_a_verdict(show):
    verdict = replace(verdicts.passed(), for_information="these predictions come from a run without rights")
    with show(verdict) as shown:
        title, hero = shown.page.title(), shown.page.locator(".hero")
        kind = hero.get_attribute("class")
        sign = hero.locator(".title .icon").get_attribute("class")
        lead = hero.locator(".lead").inner_text()
        heading = hero.locator("h1").inner_text()

    assert title == "For information: credit-default"
    assert kind == "hero informs"
    assert sign == "icon informs"
    assert heading.startswith("For information: model gate passed")
    assert lead.startswith("This decides nothing, and the status stays pending")


def test_the_same_can_be_read_without_a_script_and_the_colours_can_be_switched(show):
    verdict = curve_verdicts.all_curves()
    with show(verdict) as shown:
        with_script = shown.page.locator("main").inner_text()
    with show(verdict, java_script_enabled=False, color_scheme="light") as shown:
        page = shown.page
        without = page.locator("main").inner_text()
        light = page.screenshot(clip={"x": 0, "y": 0, "width": 4, "height": 4})
        page.get_by_label("Dark").check()
        dark = page.screenshot(clip={"x": 0, "y": 0, "width": 4, "height": 4})

    assert without.split() == with_script.replace("Copy", " ").split()
    assert light != dark
    assert shown.complaints == []


def test_everything_is_reached_by_the_keyboard_in_the_order_in_which_it_is_read(show):
    with show(verdicts.passed(), color_scheme="light") as shown:
        page = shown.page
        visited = []
        for _ in range(14):
            page.keyboard.press("Tab")
            visited.append(page.evaluate(FOCUSED))

    assert visited[:2] == ["Skip to the report", "auto"]
    assert visited[2:9] == [
        "Rules",
        "Errors and what they cost",
        "Slices",
        "All metrics",
        "Curves",
        "What this PR changes",
        "Reproduce, files, audit trail",
    ]
    # the table that may scroll, then what sorts it
    assert visited[9:14] == ["Rules", "Metric", "Champion\u00a0v7", "This\u00a0PR", "Change"]


def test_the_switch_of_colours_is_kept_and_is_worked_with_arrows(show):
    with show(verdicts.passed(), color_scheme="light") as shown:
        page = shown.page
        light = page.evaluate(GROUND)
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowLeft")
        dark = page.evaluate(GROUND)
        page.reload()
        again = page.evaluate(GROUND)

    assert light != dark
    assert again == dark


def test_a_table_is_sorted_by_its_numbers_and_says_so(show):
    change = "#slices tbody tr td:nth-child(3)"
    with show(verdicts.passed()) as shown:
        page = shown.page
        head = page.locator("#slices th", has_text="Rows")
        before = page.locator(change).all_inner_texts()
        head.get_by_role("button").press("Enter")
        rising = page.locator(change).all_inner_texts()
        said = head.get_attribute("aria-sort")
        head.get_by_role("button").press("Enter")
        falling = page.locator(change).all_inner_texts()

    assert before == ["511", "184", "22"]
    assert rising == ["22", "184", "511"]
    assert falling == before
    assert said == "ascending"


def test_a_long_table_is_filtered_as_its_reader_types(show):
    with show(verdicts.many_slices(40)) as shown:
        search = shown.page.locator("#slices").get_by_role("searchbox")
        search.fill("00017")
        left = shown.page.locator("#slices tbody tr:visible th").all_inner_texts()

    assert left == ["postcode = 00017 and a long name of it"]


def test_a_whole_digest_is_copied(show):
    with show(verdicts.passed(), permissions=["clipboard-read", "clipboard-write"]) as shown:
        row = shown.page.locator("#audit tr", has_text="Model of the candidate")
        row.get_by_role("button").click()
        row.get_by_text("Copied").wait_for()
        copied = shown.page.evaluate("navigator.clipboard.readText()")

    assert copied == "sha256:" + "ab" * 32


def test_the_address_of_the_run_can_be_followed(show):
    with show(verdicts.passed()) as shown:
        links = shown.page.locator("main a").evaluate_all("all => all.map((one) => [one.href, one.rel])")

    assert links == [["https://github.example/bank/credit/actions/runs/8817", "noreferrer"]]


def test_on_paper_it_is_light_and_whole(show):
    with show(curve_verdicts.all_curves(), color_scheme="dark") as shown:
        printed = shown.page.pdf(prefer_css_page_size=True)
        shown.page.emulate_media(media="print")
        ground = shown.page.evaluate(GROUND)
        hidden = shown.page.locator(".themes, .contents, .copy").evaluate_all(
            "all => all.filter((one) => one.checkVisibility()).length"
        )

    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", printed, re.DOTALL)
    drawn = b"".join(zlib.decompress(one) for one in streams if one[:1] == b"x")
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 6
    assert drawn.count(b"Tj") + drawn.count(b"TJ") > 300
    assert ground == "rgb(255, 255, 255)"
    assert hidden == 0
