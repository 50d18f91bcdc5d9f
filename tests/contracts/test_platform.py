"""What every platform keeps, whatever is around us: one suite, on GitHub and Azure DevOps (behind fakes) and a laptop."""

import json
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import get_args

import pytest

from ci_mlops.errors import PlatformFailed
from ci_mlops.platforms.azure import Azure
from ci_mlops.platforms.github import GitHub, Patience
from ci_mlops.platforms.local import Local
from ci_mlops.ports import Platform
from ci_mlops.records import Annotation, Change, Publication
from ci_mlops.records.publication import State
from tests.fakes.azure import HEAD, FakeAzure
from tests.fakes.github import FakeGitHub

POSTING = ["github", "azure"]
HURRY = Patience(attempts=2, backoff=0.01, longest_wait=1, between_requests=0, between_writes=0)

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


@pytest.fixture(params=[*POSTING, "local"])
def kind(request):
    return request.param


@pytest.fixture
def fake(kind):
    if kind == "local":
        yield None
    else:
        with FakeAzure() if kind == "azure" else FakeGitHub() as around:
            yield around


@pytest.fixture
def make(kind, fake, tmp_path):
    """`make()`, `make(run=9)`, `make(token="reader")`"""

    def made(*, run: int = 8, token: str = "writer") -> Platform:
        if kind == "local":
            return Local({})
        if kind == "azure":
            told = fake.variables(build=run, SYSTEM_ACCESSTOKEN=token, AGENT_TEMPDIRECTORY=str(tmp_path))
            return Azure(told, patience=HURRY)
        return GitHub(on_github(fake, tmp_path, run, token), patience=HURRY)

    return made


def on_github(fake, folder: Path, run: int, token: str) -> dict[str, str]:
    event = folder / "event.json"
    event.write_text(
        json.dumps({"pull_request": {"number": 7, "head": {"sha": HEAD}, "base": {"ref": "main"}}})
    )
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REPOSITORY": fake.repository,
        "GITHUB_API_URL": fake.api_url,
        "GITHUB_TOKEN": token,
        "GITHUB_RUN_ID": str(run),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "GITHUB_OUTPUT": str(folder / "output"),
    }


@pytest.fixture
def platform(make) -> Platform:
    return make()


def test_it_has_a_name_and_tells_the_same_change_every_time(platform):
    change = platform.change()

    assert isinstance(change, Change)
    assert change.platform == platform.name
    assert change == platform.change()


def test_the_name_is_the_one_that_it_is_installed_under(platform):
    [point] = entry_points(group="ci_mlops.platforms", name=platform.name)

    assert isinstance(platform, point.load())


def test_announcing_never_fails_and_posts_nothing(platform, fake):
    platform.announce(PUBLICATION)
    platform.announce(replace(PUBLICATION, summary="", outputs={}, annotations=()))

    assert fake is None or fake.seen == []


def test_annotating_nothing_says_nothing(platform, capsys):
    platform.annotate(())

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("kind", ["local"], indirect=True)
def test_where_there_is_no_ci_there_is_nothing_to_publish_to(platform):
    with pytest.raises(PlatformFailed, match="no CI") as failed:
        platform.publish(PUBLICATION)

    assert failed.value.mend


@pytest.mark.parametrize("kind", POSTING, indirect=True)
def test_publishing_says_what_became_of_it(make):
    told = [make(run=run).publish(PUBLICATION) for run in (8, 8, 9)]

    assert [one.comment for one in told] == ["created", "unchanged", "updated"]
    assert {(one.status, one.warnings) for one in told} == {("set", ())}
    assert len({one.comment_url for one in told}) == 1


@pytest.mark.parametrize("kind", POSTING, indirect=True)
def test_a_late_run_says_that_a_newer_one_has_the_word(make):
    make(run=9).publish(PUBLICATION)
    late = make(run=8).publish(replace(PUBLICATION, comment="### Late"))

    assert late.comment == "skipped"
    assert "run 9 is newer" in late.warnings[-1]


@pytest.mark.parametrize("kind", POSTING, indirect=True)
@pytest.mark.parametrize("token", ["reader", "expired", ""])
def test_a_refusal_is_a_warning_and_never_raises(make, token):
    published = make(token=token).publish(PUBLICATION)

    assert (published.comment, published.status) == ("failed", "failed")
    assert published.warnings


@pytest.mark.parametrize("kind", POSTING, indirect=True)
@pytest.mark.parametrize("state", get_args(State))
def test_every_state_can_be_said(make, state):
    assert make().publish(replace(PUBLICATION, state=state)).warnings == ()


def test_an_artifact_that_nobody_made_is_none(platform, tmp_path: Path):
    assert platform.artifact("ci-mlops-0000", tmp_path / "into") is None
    assert not (tmp_path / "into").exists()
