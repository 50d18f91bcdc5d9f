"""Every verdict that we know, as a reader meets it: measured in a browser, light and dark, wide and on a phone."""

from pathlib import Path

import pytest

from tests.report.html import curve_verdicts
from tests.report.test_expected import ALL as VERDICTS

ALL = VERDICTS | curve_verdicts.ALL
LOOKS = Path(__file__).with_name("looks.js").read_text(encoding="utf-8")
FINE = {
    "faint": [],
    "overflow": 0,
    "first_heading": 1,
    "skipped_levels": [],
    "landmarks": [],
    "nameless": 0,
    "undescribed": 0,
    "headless": 0,
    "regions": 0,
    "twice": [],
    "dangling": [],
}


@pytest.mark.parametrize("name", ALL)
def test_a_page_can_be_read_light_on_a_desk_and_dark_on_a_phone_of_360_pixels(name, show):
    with show(ALL[name](), color_scheme="light") as shown:
        at_the_desk = shown.page.evaluate(LOOKS)
        shown.page.emulate_media(color_scheme="dark")
        shown.page.set_viewport_size({"width": 360, "height": 740})
        on_the_phone = shown.page.evaluate(LOOKS)

    assert at_the_desk == FINE
    assert on_the_phone == FINE
    assert shown.requests == [shown.address]
    assert shown.complaints == []


def test_what_is_measured_can_fail(show):
    """The measure itself, on a page that is spoilt in every way."""
    spoil = """() => {
        document.body.insertAdjacentHTML("beforeend", `<h4 id="report">x</h4><svg></svg><table><tbody><tr><td>x</td></tr></tbody></table>
          <div class="scroll"></div><a href="#nowhere">x</a><p class="wide">wide</p><main></main>`);
        document.querySelector(".wide").attributeStyleMap.set("width", "5000px");
        document.querySelector(".wide").attributeStyleMap.set("color", "rgb(200, 200, 200)");
        document.querySelector("svg.plot").removeAttribute("aria-describedby");
        document.querySelector("h1").remove();
        document.querySelector(".page > main").before(document.createElement("main"));
    }"""
    with show(curve_verdicts.all_curves(), color_scheme="light") as shown:
        shown.page.evaluate(spoil)
        found = shown.page.evaluate(LOOKS)

    assert [key for key, value in found.items() if value == FINE[key]] == []
