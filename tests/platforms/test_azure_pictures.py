"""Pictures of a comment: attached once for the same bytes, shown where the report places them, and never a stranger's."""

from dataclasses import replace

import pytest

from ci_mlops.flows.publish import publish, publish_all
from ci_mlops.records import Picture
from ci_mlops.report import seal
from ci_mlops.report.image import Image, to_place
from tests.fakes.azure import HEAD, STRANGER, Fault, answers, reset
from tests.platforms.conftest import HURRY, PICTURE
from tests.report import verdicts

UPLOAD = "/attachments/[^/]+"
WITHOUT = "### Passed: `credit-default` may be merged\n\nThe words below."


def content(devops):
    [first] = [one["comments"][0] for one in devops.threads if not one["comments"][0].get("isDeleted")]
    return first["content"]


def plant(devops, name, who=STRANGER):
    told = {"id": 1, "displayName": name, "author": {"id": who.id, "displayName": who.name}}
    devops.attachments[name] = (told, b"somebody's")


def test_a_picture_is_attached_before_the_comment_that_shows_it(devops, azure, illustrated):
    published = azure().publish(illustrated)
    pull = "/Credit%20Risk/_apis/git/repositories/2f3d611a-f012-4b39-b157-8db63f380226/pullRequests/7"
    address = f"{devops.collection_url.rstrip('/')}{pull}/attachments/{PICTURE.name}"
    writes = [seen.path.rpartition("/7")[2] for seen in devops.calls("POST", "/pullRequests/7/")]

    assert (published.comment, published.status, published.warnings) == ("created", "set", ())
    assert devops.attachments[PICTURE.name][1] == PICTURE.data
    assert content(devops).startswith(
        "### Passed: `credit-default` may be merged\n\n"
        f"![Recall +5.5 pp better]({address} =420x)\n\nThe words below."
    )
    assert writes == ["/iterations/1/statuses", f"/attachments/{PICTURE.name}", "/threads"]


def test_what_a_reader_is_shown_is_the_file(devops, azure, illustrated):
    """At the very address, as a browser asks for it."""
    azure().publish(illustrated)
    address = content(devops).partition("](")[2].partition(" =")[0]
    below = address.removeprefix(devops.collection_url.rstrip("/")).replace("%20", " ")
    answer = devops.answer("GET", f"/{devops.collection}{below}", {}, None, "person", personal=True)

    assert answer.data == PICTURE.data


def test_the_same_bytes_are_attached_once(devops, azure, illustrated):
    azure(build=8).publish(illustrated)
    published = azure(build=9).publish(replace(illustrated, description="again"))

    assert published.comment == "updated"
    assert len(devops.calls("POST", "/attachments/")) == len(devops.attachments) == 1


def test_the_picture_of_an_older_run_gives_way_to_the_new_one(devops, azure, illustrated):
    azure(build=8).publish(illustrated)
    newer = Picture(name="ci-mlops-77aa.png", data=b"newer")
    comment = illustrated.comment.replace(PICTURE.name, newer.name)
    azure(build=9).publish(replace(illustrated, comment=comment, pictures=(newer,)))

    assert content(devops).count("![") == 1
    assert f"/attachments/{newer.name} =" in content(devops)
    assert set(devops.attachments) == {PICTURE.name, newer.name}


def test_a_run_that_begins_keeps_the_old_report_with_its_picture(devops, azure, illustrated, publication):
    azure(build=8).publish(illustrated)
    azure(build=9).publish(replace(publication, comment="### Evaluating", state="pending", begins=True))

    assert content(devops).startswith("### Evaluating")
    assert f"/attachments/{PICTURE.name} =420x)" in content(devops)


def test_an_older_run_attaches_nothing_where_a_newer_one_has_spoken(devops, azure, illustrated, publication):
    azure(build=9).publish(publication)
    late = azure(build=8).publish(illustrated)

    assert late.comment == "skipped"
    assert devops.attachments == {}


def test_a_file_that_somebody_else_has_attached_is_not_shown(devops, azure, illustrated):
    """Whoever may write to the pull request can guess a name, and put a picture of their own there."""
    plant(devops, PICTURE.name)
    for build in (8, 9):
        assert azure(build=build).publish(illustrated).warnings == ()

    assert devops.attachments["ci-mlops-0f3a-2.png"][1] == PICTURE.data
    assert "/attachments/ci-mlops-0f3a-2.png =" in content(devops)
    assert len(devops.calls("POST", "/attachments/")) == 1


def test_what_our_own_call_made_is_ours_whatever_the_answer_tells_of_it(devops, azure, illustrated):
    devops.hides.add("author")

    assert azure().publish(illustrated).warnings == ()
    assert list(devops.attachments) == [PICTURE.name]


def test_somebody_who_takes_every_name_gets_no_picture_shown(devops, azure, illustrated):
    for again in ("", "-2", "-3", "-4", "-5"):
        plant(devops, f"ci-mlops-0f3a{again}.png")
    [warning] = azure().publish(illustrated).warnings

    assert warning.startswith("The comment has no picture: somebody else has attached files of its name.")
    assert content(devops).startswith(WITHOUT)


def test_another_run_that_is_quicker_between_look_and_word_has_attached_it_for_both(
    devops, azure, illustrated
):
    other = azure(build=7)
    devops.meanwhile("GET", "/attachments", lambda: other.publish(illustrated))
    published = azure(build=8).publish(illustrated)

    assert published.warnings == ()
    assert 409 in [seen.status for seen in devops.calls("POST", "/attachments/")]
    assert len(devops.attachments) == 1
    assert content(devops).count("![") == 1


LASTING = {
    "no permission": [answers(403)],
    "a server of one's own without it": [answers(404)],
    "refused": [answers(400)] * 9,
    "too large": [answers(413)],
    "502 for ever": [answers(502)] * 9,
    "resets for ever": [reset()] * 9,
    "an hour's limit": [answers(429, Retry_After="3600")],
    "an answer that is none": [Fault(status=200, message="?")] * 9,
}


@pytest.mark.parametrize("faults", LASTING.values(), ids=LASTING)
@pytest.mark.parametrize(("method", "path"), [("POST", UPLOAD), ("GET", "/attachments")])
def test_a_picture_that_can_t_be_attached_leaves_the_comment_without_it(
    devops, azure, illustrated, method, path, faults
):
    devops.fail(method, path, *faults)
    published = azure().publish(illustrated)

    assert (published.comment, published.status) == ("created", "set")
    assert content(devops).startswith(WITHOUT)
    [warning] = published.warnings
    assert warning.startswith("The comment has no picture: ")
    assert warning.endswith("The verdict stands.")


def test_a_token_revoked_at_the_picture_is_told_and_nothing_is_said_twice(devops, azure, illustrated):
    devops.fail("POST", UPLOAD, Fault(kind="revoke"))
    published = azure().publish(illustrated)

    assert (published.comment, published.status) == ("failed", "set")
    assert all("not accept the token" in warning for warning in published.warnings)
    assert devops.threads == []


def test_an_upload_of_unknown_fate_is_looked_for_before_it_is_repeated(devops, azure, illustrated):
    devops.fail("POST", UPLOAD, answers(502, "after"))

    assert azure().publish(illustrated).warnings == ()
    assert len(devops.calls("POST", "/attachments/")) == 1


def test_a_server_that_knows_no_attachments_is_told_in_the_comments_place(devops, azure, illustrated):
    """The SDK asks a server what it can do, and an old one does not know of them."""
    devops.hides.add("attachments")
    published = azure().publish(illustrated)

    assert (published.comment, published.status) == ("created", "set")
    assert content(devops).startswith(WITHOUT)
    assert published.warnings[0].startswith("The comment has no picture: ")


LACKING = (replace(PICTURE, data=b"", lacking="plots need the package matplotlib"),)


def test_a_picture_that_was_never_drawn_is_told(devops, azure, illustrated):
    published = azure().publish(replace(illustrated, pictures=LACKING))

    assert published.comment == "created"
    assert published.warnings == (
        "The comment has no picture: plots need the package matplotlib. The verdict stands.",
    )
    assert content(devops).startswith(WITHOUT)
    assert devops.attachments == {}


def test_a_job_that_can_t_draw_shows_what_an_earlier_one_has_attached(devops, azure, illustrated):
    """The job that tells of a waiver has no matplotlib."""
    azure().publish(illustrated)
    waived = replace(illustrated, comment=f"### Waived\n\n{illustrated.comment}", pictures=LACKING)
    published = azure().publish(waived)

    assert (published.comment, published.warnings) == ("updated", ())
    assert content(devops).startswith("### Waived")
    assert f"/attachments/{PICTURE.name} =420x)" in content(devops)


def test_a_strangers_file_is_not_shown_in_place_of_one_that_can_t_be_drawn(devops, azure, illustrated):
    plant(devops, PICTURE.name)
    [warning] = azure().publish(replace(illustrated, pictures=LACKING)).warnings

    assert "matplotlib" in warning
    assert content(devops).startswith(WITHOUT)


def test_a_picture_whose_place_was_cut_is_not_attached(devops, azure, illustrated):
    azure().publish(replace(illustrated, comment="### Passed"))

    assert devops.attachments == {}


def test_a_report_too_long_for_a_comment_has_no_picture(devops, azure, illustrated):
    long = replace(illustrated, comment=illustrated.comment + "x" * 149_000)
    azure().publish(long)

    assert "The report is too long for a comment" in content(devops)
    assert "![" not in content(devops)


def test_pictures_of_several_models_are_attached_each(devops, azure, publication):
    pictures = tuple(Picture(name=f"ci-mlops-{at}.png", data=bytes([at])) for at in range(3))
    places = "\n\n".join(to_place(Image(one.name, "words")) for one in pictures)
    azure().publish(replace(publication, model="", comment=f"### All\n\n{places}\n", pictures=pictures))

    assert list(devops.attachments) == [one.name for one in pictures]
    assert content(devops).count("=420x)") == 3


def test_a_push_has_no_comment_and_so_no_picture(devops, azure, illustrated):
    azure(BUILD_REASON="IndividualCI", BUILD_SOURCEBRANCH="refs/heads/main").publish(illustrated)

    assert devops.calls("GET", "/attachments") == []


def test_patience_with_a_server_that_is_gone_has_an_end(devops, azure, illustrated):
    devops.fail("GET", "/attachments", *[answers(500)] * 20)
    azure().publish(illustrated)

    assert len(devops.calls("GET", "/attachments")) == HURRY.attempts + 1
    assert HEAD in content(devops)


def test_a_verdict_is_told_with_its_picture_and_on_the_runs_own_page_without(devops, azure, tmp_path, capsys):
    platform = azure()
    verdict = seal(replace(verdicts.blocked(), fingerprint=None, change=platform.change()))
    published = publish(platform, verdict, tmp_path / "verdict.json")
    [(_, data)] = devops.attachments.values()
    page = next(tmp_path.rglob("ci-mlops-credit-default.md")).read_text(encoding="utf-8")

    assert published.warnings == ()
    assert data.startswith(b"\x89PNG\r\n")
    assert (
        content(devops).index("| ❌ |") < content(devops).index("=420x)") < content(devops).index("<details>")
    )
    assert "![" not in page
    assert "not posted everywhere" not in capsys.readouterr().out


def test_models_in_one_comment_have_their_pictures_in_it_and_silent_ones_none(devops, azure):
    platform = azure()
    told = [
        seal(replace(verdicts.blocked(), model=model, comment=comment, change=platform.change()))
        for model, comment in (("a", "one"), ("b", "one"), ("c", "none"))
    ]
    publish_all(platform, told)

    # equal pictures are one file, shown twice
    assert len(devops.attachments) == 1
    assert content(devops).count("=420x)") == 2


def test_a_policy_that_wants_no_pictures_has_none(devops, azure, tmp_path):
    platform = azure()
    verdict = seal(replace(verdicts.blocked(), fingerprint=None, pictures=False, change=platform.change()))
    publish(platform, verdict, tmp_path / "verdict.json")

    assert devops.attachments == {}
    assert "![" not in content(devops)
