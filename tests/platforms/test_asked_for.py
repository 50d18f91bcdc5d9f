"""A pull request that a maintainer asked for by its number: whose status, and is it open still?"""

import pytest

from ci_mlops.errors import BadConfig, BadData, PlatformFailed
from ci_mlops.flows.asked_for import publish_asked_for
from ci_mlops.flows.gate import Needed
from ci_mlops.flows.handed import read_handed
from ci_mlops.flows.merged_head import known_head
from ci_mlops.flows.publish import publish
from ci_mlops.platforms.github import GitHub
from ci_mlops.platforms.github.proposals import GitHubProposals
from ci_mlops.records import Change, Contender, Counted, Tool, Verdict
from ci_mlops.report.codec import read_verdict, write_verdict
from tests.e2e.team import Team
from tests.platforms.conftest import BASE, HEAD, HURRY
from tests.platforms.strangers import tools_about

ASKED = {
    "inputs": {"pull_request": "7", "commit": HEAD},
    "repository": {"full_name": "acme/credit", "default_branch": "main"},
}
JUDGED = Verdict(
    model="credit",
    task="classification",
    verdict="passed",
    reason="all rules hold",
    exit_code=0,
    candidate=Contender(origin="trained", commit=HEAD, label="This PR"),
    change=Change(platform="github", event="pull_request", head=HEAD, base=BASE, number=7),
    rows=Counted(compared=500),
    tool=Tool(version="0.1.0"),
)


@pytest.fixture
def tell(fake, github, tmp_path):
    """`tell(verdict)` is the last job of a run that a maintainer started."""

    def tell(verdict=JUDGED):
        platform = github(payload=ASKED, GITHUB_EVENT_NAME="workflow_dispatch")
        environ = platform._environ
        write_verdict(tmp_path / "verdict.json", verdict)
        return publish_asked_for(
            tools_about(platform, tmp_path),
            GitHubProposals(environ, patience=HURRY),
            lambda change: tools_about(GitHub(environ, patience=HURRY, about=change), tmp_path),
            verdict,
            lambda platform, verdict: publish(platform, verdict, tmp_path / "verdict.json"),
        )

    return tell


def test_it_sets_the_real_status_on_the_head_that_was_judged(fake, tell):
    fake.open_pull(7, HEAD)
    published = tell()

    assert (published.comment, published.status) == ("created", "set")
    [status] = fake.statuses[HEAD]
    assert (status["state"], status["context"]) == ("success", "ci-mlops/gate/credit")
    assert fake.comments[7][0]["body"].startswith("### ✅ Model gate passed: `credit` may be merged")


def test_a_push_in_between_is_told_and_gets_no_status(fake, tell):
    later = "7" * 40
    fake.open_pull(7, later)
    tell()

    assert [status["state"] for status in fake.statuses[HEAD]] == ["success"]
    assert not fake.statuses[later]
    assert f"This is about {HEAD[:8]}" in fake.comments[7][0]["body"].replace("`", "")
    assert "nobody has judged" in fake.comments[7][0]["body"]


def test_a_closed_one_is_not_told_of(fake, tell):
    fake.open_pull(7, HEAD, state="closed")
    published = tell()

    assert published.status == "skipped"
    assert "closed" in published.warnings[0]
    assert not any(seen.method == "POST" for seen in fake.seen)


@pytest.mark.parametrize(
    "change",
    [
        None,
        Change(platform="github", event="pull_request", number=7),
        Change(platform="github", event="pull_request", head=HEAD, number=8),
        Change(platform="github", event="pull_request", head="7" * 40, number=7),
    ],
)
def test_a_verdict_on_something_else_is_not_told_of_it(fake, tell, change):
    from dataclasses import replace

    fake.open_pull(7, HEAD)
    published = tell(replace(JUDGED, change=change))

    assert published.status == "skipped"
    assert fake.seen == []


def test_a_waiver_or_the_gate_never_speaks_of_a_commit_that_was_not_judged(fake, github, tmp_path):
    place = tmp_path / "verdicts"
    place.mkdir()
    write_verdict(place / "verdict.json", JUDGED)
    today = Change(platform="github", event="pull_request", head="7" * 40, number=7)
    platform = GitHub(github()._environ, patience=HURRY, about=today)

    sealed = read_verdict(place / "verdict.json").verdict_digest
    needed = {"judge": Needed(result="failure", outputs={"verdict-digest": sealed})}
    with pytest.raises(BadData, match="the verdict is about 3f2c7d00"):
        read_handed(platform, needed, tmp_path / "ci-mlops.yml", place)


def test_a_number_that_github_does_not_know_is_told(tell):
    with pytest.raises(PlatformFailed, match="pull request 7"):
        tell()


def test_the_head_is_that_of_the_merge_that_is_checked_out(tmp_path):
    proposed = Team(tmp_path).propose({"note.txt": "x"})
    asked = Change(platform="github", event="pull_request", number=7, asked=proposed.head)
    found = known_head(asked, proposed.folder)

    assert (found.head, found.base) == (proposed.head, proposed.base)
    assert known_head(found, tmp_path) == found


def test_a_merge_of_another_commit_than_the_one_that_was_read_is_refused(tmp_path):
    proposed = Team(tmp_path).propose({"note.txt": "x"})
    asked = Change(platform="github", event="pull_request", number=7, asked=HEAD)

    with pytest.raises(
        BadConfig, match=f"at {proposed.head[:8]}, and {HEAD[:8]} is the commit that was read"
    ):
        known_head(asked, proposed.folder)


def test_where_no_merge_is_checked_out_there_is_no_head(tmp_path):
    team = Team(tmp_path)
    asked = Change(platform="github", event="pull_request", number=7)

    assert known_head(asked, team.folder) == asked
    assert known_head(asked, tmp_path) == asked


def test_a_verdict_is_never_posted_by_a_run_that_only_saw_another_end(fake, github, publication):
    """Whoever fetches a fork's verdict.json and posts it would post what the fork wrote."""
    platform = github(payload=fake.ended(3, HEAD), GITHUB_EVENT_NAME="workflow_run")

    with pytest.raises(PlatformFailed, match="not told of by a verdict"):
        platform.publish(publication)
    assert fake.seen == []
