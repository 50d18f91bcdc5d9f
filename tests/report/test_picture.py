"""The picture of a comment: drawn of the verdict alone, said in words, and inert whatever anybody wrote."""

import io
import re
import sys
from dataclasses import replace

import pytest
from PIL import Image as Opened

from ci_mlops.records import Change, Limit, Picture
from ci_mlops.report.image import ROOM, WIDTH, filled, shown
from ci_mlops.report.picture import making, picture_of, pictures_of
from ci_mlops.report.publication import publication
from ci_mlops.report.several import together
from ci_mlops.report.waived import waived_publication
from tests.report import azure, cost_verdicts, inert, verdicts
from tests.report.html import curve_verdicts
from tests.report.payloads import PAYLOADS, poisoned

ADDRESS = "https://dev.azure.example/bank/Credit%20Risk/_apis/git/repositories/2f3d/pullRequests/7/attachments/x.png"
BETTER, WORSE = (0x0B, 0x6B, 0x61), (0xB3, 0x36, 0x1A)
SIZED = re.compile(r" =\d+x\)")
"""What Azure DevOps adds to Markdown, and the parser here does not know."""


def told(verdict):
    v = azure.seen_from_azure(verdict)
    return publication(v, picture=picture_of(v, v.change))


def written(publication):
    """As the platform writes it."""
    addresses = {one.name: ADDRESS for one in publication.pictures}
    return SIZED.sub(")", filled(publication.comment, addresses))


def drawn(verdict):
    v = azure.seen_from_azure(verdict)
    return Opened.open(io.BytesIO(picture_of(v, v.change).data)).convert("RGB")


def columns(picture, colour, *, above):
    """Where it has pixels of that colour, above a row of pixels."""
    across, _ = picture.size
    pixels = picture.crop((0, 0, across, above)).tobytes()
    return [at // 3 % across for at in range(0, len(pixels), 3) if tuple(pixels[at : at + 3]) == colour]


def test_whatever_is_drawn_is_in_the_name():
    v = azure.seen_from_azure(curve_verdicts.all_curves())
    curves = {**v.curves, "validation_cost.candidate": [x + 1 for x in v.curves["validation_cost.candidate"]]}
    others = (
        v,
        replace(v, curves=curves),
        replace(v, threshold=None),
        replace(v, measurements=tuple(replace(m, low=m.low and m.low - 0.01) for m in v.measurements)),
        replace(v, gates=tuple(replace(g, rule=Limit(kind="max_regression", value=0.5)) for g in v.gates)),
        replace(v, champion=replace(v.champion, label="v8")),
    )

    assert len({making._name(one) for one in others}) == len(others)


def test_equal_verdicts_give_equal_bytes_and_so_one_name():
    v = azure.seen_from_azure(curve_verdicts.all_curves())
    first, second = picture_of(v, v.change), picture_of(replace(v, evaluated_at="later"), v.change)

    assert first == second
    assert re.fullmatch(r"ci-mlops-[0-9a-f]{32}\.png", first.name)
    assert b"Software" not in first.data
    assert len(first.data) < making.LARGEST / 2


@pytest.mark.parametrize(
    "verdict", [verdicts.passed(), verdicts.regression(), curve_verdicts.blocked_curves()]
)
def test_a_picture_is_twice_as_fine_as_it_is_shown(verdict):
    across, down = drawn(verdict).size

    assert across == 2 * WIDTH
    assert 200 < down < 3 * across


def test_better_lies_right_of_the_line_and_worse_left_of_it():
    only = verdicts.blocked()
    picture = drawn(only)
    key = picture.size[1] - 110
    worse, better = columns(picture, WORSE, above=key), columns(picture, BETTER, above=key)

    assert max(worse) <= WIDTH + 2
    assert min(better) > WIDTH


def test_a_picture_lies_on_a_ground_of_its_own():
    """Light, so that a dark page shows it as a light one does."""
    picture = drawn(verdicts.passed())

    assert picture.getpixel((10, 10)) == (255, 255, 255)
    assert picture.getpixel((10, picture.size[1] - 10)) == (255, 255, 255)


def lesser(verdict, **change):
    return replace(verdict, change=replace(verdict.change, **change))


@pytest.mark.parametrize(
    "verdict",
    [
        verdicts.passed(),
        lesser(azure.seen_from_azure(verdicts.passed()), event="push"),
        lesser(azure.seen_from_azure(verdicts.passed()), forge="github"),
        azure.seen_from_azure(replace(verdicts.passed(), pictures=False)),
        azure.seen_from_azure(verdicts.identical()),
        azure.seen_from_azure(verdicts.first_model()),
        azure.seen_from_azure(verdicts.no_change()),
        azure.seen_from_azure(verdicts.not_evaluated()),
    ],
    ids=[
        "GitHub",
        "push",
        "built for GitHub",
        "not wanted",
        "identical",
        "first",
        "no change",
        "not evaluated",
    ],
)
def test_none_is_drawn_where_none_is_taken_or_there_is_nothing_to_draw(verdict):
    assert picture_of(verdict, verdict.change) is None


def test_it_stands_below_the_table_and_its_words_say_the_same():
    decided = told(curve_verdicts.blocked_curves())
    [name] = shown(decided.comment)
    before, _, after = decided.comment.partition("![")
    words = after.partition("](")[0]

    assert name == decided.pictures[0].name
    assert before.index("| ❌ |") < before.index("Both models")
    assert "**What you can do**" in after
    assert "![" not in decided.summary
    for said in (
        "Change from the champion, with its 95\u00a0% interval",
        "Recall, defaults caught ↑ −7.8\u00a0pp, −12.7 … −3.1, worse; at most 2\u00a0pp below champion",
        "Expected cost per decision ↓ +€3.71",
        "Precision ↑ +4.3\u00a0pp, +0.8 … +8.0, better; at least 0.55",
        "Lowest €7.90 at 0.17 with the champion",
    ):
        assert " ".join(said.split()) in words


def test_a_place_that_is_filled_is_one_image_and_one_that_is_not_leaves_no_trace():
    decided = told(verdicts.passed())
    seen = inert.azure(written(decided))

    assert [value for tag, key, value in seen.attributes if (tag, key) == ("img", "src")] == [ADDRESS]
    assert filled(decided.comment, {}) == publication(azure.seen_from_azure(verdicts.passed())).comment


def test_a_waived_verdict_keeps_its_picture():
    waived = waived_publication(told(verdicts.blocked()), "Ada")

    assert shown(waived.comment) == [waived.pictures[0].name]


def harmed(name, payload):
    verdict = azure.seen_from_azure(poisoned(verdicts.ALL[name](), payload.text))
    return lesser(verdict, forge="", run_url="")


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda one: one.name)
@pytest.mark.parametrize("name", ["blocked", "passed"])
def test_nothing_that_anybody_wrote_comes_alive_in_its_words(payload, name):
    decided = publication(harmed(name, payload), picture=Picture(name="ci-mlops-0f3a.png", data=b"drawn"))
    seen = inert.azure(written(decided))

    assert seen.tags - inert.OURS <= {"img"}
    images = [one for one in seen.attributes if one[0] == "img"]
    assert [(key, value) for _, key, value in images if key != "alt"] == [("src", ADDRESS)] * len(
        shown(decided.comment)
    )
    [alt] = re.findall(r"(?m)^!\[(.*)\]\(ci-mlops", decided.comment)
    assert not inert.REFERENCE.search(alt)
    assert not re.search(r"https?:|www\.|[@#!`*_\\\[\]<>]|:\w", alt)
    assert not inert.ALIVE.search("".join(seen.outside))
    assert len(alt) < 1_400


def test_numbers_that_no_court_wrote_give_a_picture_or_none_and_no_failure():
    for size in (1e-300, 1e30, 1e99, 1e308):
        v = curve_verdicts.all_curves()
        wild = tuple(replace(m, low=-size, high=size, improvement=0.0, champion=size) for m in v.measurements)
        curves = {key: [size * (-1) ** at for at, _ in enumerate(points)] for key, points in v.curves.items()}
        there = azure.seen_from_azure(
            replace(v, measurements=wild, curves={**curves, "threshold": v.curves["threshold"]})
        )
        picture = picture_of(there, there.change)
        assert picture is None or picture.data or picture.lacking


@pytest.mark.parametrize("payload", PAYLOADS[::4], ids=lambda one: one.name)
def test_whatever_anybody_wrote_can_be_drawn(payload):
    assert drawn(harmed("passed", payload)).size[0] == 2 * WIDTH


def test_names_that_are_long_or_not_ours_to_read_are_drawn_all_the_same():
    v = verdicts.passed()
    for text in ("metrics/mine.py:" + "gewinn" * 40, "指标 🔥 $x$ \u202e\n", r"\frac{a}{b}", ""):
        picture = drawn(
            replace(
                v,
                gates=tuple(replace(one, metric=text) for one in v.gates),
                measurements=tuple(replace(one, metric=text) for one in v.measurements),
            )
        )
        assert picture.size[0] == 2 * WIDTH


def test_without_matplotlib_it_says_so_and_knows_its_name(monkeypatch):
    named = [one.name for one in told(verdicts.passed()).pictures]
    for module in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    decided = told(verdicts.passed())

    [picture] = decided.pictures
    assert picture.lacking.startswith("plots need the package matplotlib, and it is not installed")
    assert picture.data == b""
    # where an earlier job has attached it, it is shown all the same
    assert [picture.name] == shown(decided.comment) == named


def test_one_that_is_too_large_is_none(monkeypatch):
    monkeypatch.setattr(making, "LARGEST", 10_000)
    [picture] = told(verdicts.passed()).pictures

    assert picture.data == b""
    assert re.fullmatch(r"it has \d+ bytes, more than the 10000 allowed", picture.lacking)


def test_a_comment_that_was_cut_leaves_room_for_the_address(monkeypatch):
    whole = len(told(verdicts.blocked()).comment.encode())
    monkeypatch.setattr("ci_mlops.report.azure.LARGEST_THREAD", whole + ROOM - 1)
    decided = told(verdicts.blocked())

    assert "Some details were left out" in decided.comment
    assert len(decided.comment.encode()) < whole
    assert len(shown(decided.comment)) == 1


def test_each_of_several_models_has_its_own_inside_its_own_report():
    change = azure.seen_from_azure(verdicts.passed()).change
    several = [replace(azure.seen_from_azure(verdicts.passed()), model=model) for model in ("a", "b")]
    several += [azure.seen_from_azure(replace(cost_verdicts.costlier(), model="c"))]
    pictures = pictures_of(several, change)
    whole = together(several, change, pictures)

    assert set(pictures) == {"a", "b", "c"}
    # two of them are alike
    assert len(shown(whole.comment)) == 3
    assert len(set(shown(whole.comment))) == 2
    assert shown(whole.summary) == []
    for part in whole.comment.split("<details><summary>")[1:]:
        assert len(shown(part)) <= 1


def test_of_very_many_models_the_first_have_one():
    many = [replace(azure.seen_from_azure(verdicts.passed()), model=f"m{at}") for at in range(12)]

    assert list(pictures_of(many, many[0].change)) == [f"m{at}" for at in range(making.MOST)]


def test_a_pull_request_of_another_platform_is_asked_for_nothing():
    v = verdicts.passed()

    assert pictures_of([v], Change(platform="github", event="pull_request")) == {}
