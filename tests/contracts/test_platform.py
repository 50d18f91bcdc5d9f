"""What every platform keeps, whatever is around us: one suite, run on GitHub (behind the fake) and on a laptop."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ci_mlops.errors import PlatformFailed
from ci_mlops.platforms.github import GitHub, Patience
from ci_mlops.platforms.local import Local
from ci_mlops.ports import Platform
from ci_mlops.records import Annotation, Change, Publication
from tests.fakes.github import FakeGitHub

HEAD = "3f2c7d0" + "0" * 33

PUBLICATION = Publication(
    model="credit-default",
    summary="### Model gate passed\n",
    outputs={"verdict": "passed"},
    annotations=(Annotation(level="notice", title="Passed", message="All rules hold."),),
    state="success",
    description="All 4 rules hold",
    comment="### Model gate passed",
    key="credit-default@ci.yml",
)


@pytest.fixture
def fake():
    with FakeGitHub() as github:
        yield github


@pytest.fixture(params=["github", "local"])
def platform(request, fake, tmp_path) -> Platform:
    if request.param == "local":
        return Local({})
    event = tmp_path / "event.json"
    event.write_text(
        json.dumps({"pull_request": {"number": 7, "head": {"sha": HEAD}, "base": {"ref": "main"}}})
    )
    environ = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REPOSITORY": fake.repository,
        "GITHUB_API_URL": fake.api_url,
        "GITHUB_TOKEN": "writer",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
    }
    return GitHub(environ, patience=Patience(between_requests=0, between_writes=0))


def test_it_has_a_name_and_tells_the_same_change_every_time(platform):
    change = platform.change()

    assert isinstance(change, Change)
    assert change.platform == platform.name
    assert change == platform.change()


def test_announcing_never_fails_and_posts_nothing(platform, fake):
    platform.announce(PUBLICATION)
    platform.announce(replace(PUBLICATION, summary="", outputs={}, annotations=()))

    assert fake.seen == []


def test_annotating_nothing_says_nothing(platform, capsys):
    platform.annotate(())

    assert capsys.readouterr().out == ""


def test_publishing_says_what_became_of_it_or_that_there_is_no_platform(platform, fake):
    if platform.name == "local":
        with pytest.raises(PlatformFailed, match="no CI") as failed:
            platform.publish(PUBLICATION)

        assert failed.value.mend
    else:
        published = platform.publish(PUBLICATION)

        assert (published.comment, published.status, published.warnings) == ("created", "set", ())


def test_an_artifact_that_nobody_made_is_none(platform, tmp_path: Path):
    assert platform.artifact("ci-mlops-0000", tmp_path / "into") is None
    assert not (tmp_path / "into").exists()
