"""Merges that are registered in another order than they were made: the later one has the word."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from ci_mlops.errors import BadData
from ci_mlops.flows import after_merge as story
from ci_mlops.flows.after_merge import after_merge
from ci_mlops.flows.later import is_of_later_merge
from ci_mlops.flows.register import register
from ci_mlops.flows.standing import StandsNoMore
from ci_mlops.flows.validate import validate
from ci_mlops.ladder.chain import link
from ci_mlops.records import Change, Version
from ci_mlops.report.codec import read_verdict, write_verdict
from tests.flows.lenders import lenders
from tests.flows.loans import Told, git

RUNS = "https://github.com/acme/loans/actions/runs/"
BUILDS = "https://dev.azure.com/acme/loans/_build/results?buildId="


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """Three commits, and a clone of the second that knows nothing of the third."""
    folder = tmp_path_factory.mktemp("history") / "whole"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    made = []
    for word in "abc":
        (folder / "file").write_text(word)
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", word)
        made.append(git(folder, "rev-parse", "HEAD").strip())
    shallow = folder.parent / "shallow"
    git(folder, "branch", "middle", made[1])
    git(folder, "clone", "-q", "--depth", "2", "--branch", "middle", folder.as_uri(), str(shallow))
    return SimpleNamespace(whole=folder, shallow=shallow, a=made[0], b=made[1], c=made[2])


def is_later(folder, merged, run="", *, ours, our_run=""):
    tags = {"ci_mlops.merged": merged, "ci_mlops.merged_run": run}
    change = Change(platform="github", event="push", head=ours, run_url=our_run)
    version = Version(name="loans", number="2", digest="sha256:b", tags=tags)
    return is_of_later_merge(version, SimpleNamespace(change=change, commit=ours, folder=folder))


def test_a_clone_that_holds_both_commits_tells_which_came_later(history):
    assert is_later(history.whole, history.c, ours=history.b)
    assert not is_later(history.whole, history.a, ours=history.b)
    assert not is_later(history.whole, history.b, ours=history.b)
    assert not is_later(history.whole, "", ours=history.b)


@pytest.mark.parametrize("place", [RUNS, BUILDS])
def test_where_a_clone_is_too_shallow_the_later_run_is_the_later_merge(history, place):
    def told(run, merged=history.c, our_run=f"{place}9"):
        return is_later(history.shallow, merged, run, ours=history.b, our_run=our_run)

    assert told(f"{place}10")
    assert not told(f"{place}8")
    # what its own history holds came before it, in whatever order their runs were counted
    assert not told(f"{place}10", merged=history.a)
    # runs of another place are counted by themselves
    assert not told("https://ci.example/other/10")
    assert not told("")
    assert not told(f"{place}10", our_run="")


def test_a_branch_that_was_set_back_takes_the_stage_by_its_later_run(history):
    assert not is_later(history.whole, history.c, f"{RUNS}9", ours=history.b, our_run=f"{RUNS}10")


def test_a_version_that_something_else_registered_is_of_no_merge(history):
    foreign = Version(name="loans", number="2", digest="sha256:b")
    project = SimpleNamespace(change=Change(platform="", event="local"), commit=None, folder=history.whole)

    assert not is_of_later_merge(foreign, project)
    assert not is_of_later_merge(None, project)


@dataclass
class Runs(Told):
    kept: dict[str, Path] | None = None

    def artifact(self, name: str, into: Path) -> Path | None:
        if name not in (self.kept or {}):
            return None
        shutil.copytree(self.kept[name], into)
        return into


@pytest.fixture
def team(tmp_path):
    team = lenders(tmp_path)
    team.platform = Runs(kept={})
    return team


@pytest.fixture
def store(team):
    return next(iter(team.registries.values()))


@pytest.fixture
def merges(team, tmp_path):
    """Two merges, each judged in its pull request before the other was registered: their commits, in order."""
    made = []
    for number, factor in enumerate(("0.9", "0.8"), 1):
        team.replace("train.py", "* 1.0" if number == 1 else "* 0.9", f"* {factor}")
        team.commit()
        output = tmp_path / f"pull-request-{number}"
        verdict = validate(team.tools, team.project(base="HEAD^"), output)
        write_verdict(output / "verdict.json", verdict)
        team.platform.kept[f"ci-mlops-{verdict.fingerprint[:16]}"] = output
        made.append(git(team.folder, "rev-parse", "HEAD").strip())
    git(team.folder, "branch", "-f", "main")
    return made


def pushed(team, commit, run, attempt=1):
    """The push of that commit, registered in a workspace of its own."""
    git(team.folder, "checkout", "-q", "--detach", commit)
    team.platform.told = Change(
        platform="github", event="push", head=commit, base=f"{commit}^", run_url=f"{RUNS}{run}"
    )
    return after_merge(team.tools, team.project(), team.folder.parent / f"run-{run}.{attempt}")


def test_in_the_order_of_the_merges_each_is_registered_and_the_last_holds_the_stage(team, store, merges):
    older, younger = merges
    first, second = pushed(team, older, 11), pushed(team, younger, 12)

    assert [one.stage for one in (first, second)] == ["staging", "staging"]
    assert store.pointer("loans", "staging").number == second.version.number


def test_an_older_merge_that_comes_late_is_stored_as_it_was_judged_and_takes_no_stage(team, store, merges):
    older, younger = merges
    pushed(team, younger, 12)
    team.said.clear()
    late = pushed(team, older, 11)

    assert late.exit_code == 0
    assert late.stage is None
    assert late.said[1] == "no pointer moves: a later merge has registered version 1, which holds a stage"
    assert len(store.versions("loans")) == 2
    assert store.pointer("loans", "staging").number == "1"
    # its own verdict: nothing is held against a champion that came after it
    assert "the judged model is found, and its verdict stands" in team.said
    assert not any("judged again" in line or "training" in line for line in team.said)
    # and whoever runs it again finds it there
    assert pushed(team, older, 11, attempt=2).version.number == late.version.number


def test_what_takes_the_stage_while_a_model_is_stored_is_seen_before_it_moves(team, store, merges):
    older, younger = merges
    seen = {}
    store_model = store.register

    def registered_meanwhile(registration):
        version = store_model(registration)
        if not seen:
            seen["first"] = version
            told = team.platform.told
            pushed(team, younger, 12)
            git(team.folder, "checkout", "-q", "--detach", older)
            team.platform.told = told
        return version

    store.register = registered_meanwhile
    late = pushed(team, older, 11)

    assert late.stage is None
    holder = store.pointer("loans", "staging")
    assert holder.tags["ci_mlops.merged"] == younger
    assert holder.tags["ci_mlops.merged_run"] == f"{RUNS}12"


def test_a_champion_that_an_older_merge_made_meanwhile_is_judged_against(team, store, merges):
    older, younger = merges
    store_model, done = store.register, []

    def registered_meanwhile(registration):
        version = store_model(registration)
        if not done:
            done.append(version)
            told = team.platform.told
            pushed(team, older, 11)
            git(team.folder, "checkout", "-q", "--detach", younger)
            team.platform.told = told
        return version

    store.register = registered_meanwhile
    last = pushed(team, younger, 12)

    assert last.stage == "staging"
    verdict = read_verdict(team.folder.parent / "run-12.1" / "verdict.json")
    # 1: the younger, stored before; 2: the older, which took the stage meanwhile
    assert verdict.champion.version == "2"
    assert store.pointer("loans", "staging").number == last.version.number == "1"
    assert any("judged again, because staging has come to point to version" in line for line in team.said)


def test_a_champion_that_never_rests_ends_the_story_with_what_to_do(team, store, merges, monkeypatch):
    def restless(*_, **__):
        raise StandsNoMore("The verdict does not stand any more", mend="Run `ci-mlops validate` again.")

    monkeypatch.setattr(story, "register", restless)

    with pytest.raises(BadData, match="does not stand any more"):
        pushed(team, merges[1], 12)
    assert sum("judged again" in line for line in team.said) == story.MOST_TIMES - 1


def test_a_verdict_of_another_champion_is_refused_where_nobody_judges_again(team, store, merges):
    older, younger = merges
    pushed(team, older, 11)
    git(team.folder, "checkout", "-q", "--detach", younger)

    with pytest.raises(StandsNoMore) as refused:
        register(team.tools, team.project(), team.folder.parent / "pull-request-2")
    assert refused.value.exit_code == BadData.exit_code


def test_a_later_merge_that_took_the_change_back_has_the_word_though_it_registers_nothing(
    team, store, tmp_path
):
    made = []
    for number, factor in enumerate(("0.9", "0.8", "0.9")):
        old = {0: "* 1.0", 1: "* 0.9", 2: "* 0.8"}[number]
        team.replace("train.py", old, f"* {factor}")
        team.commit()
        output = tmp_path / f"pull-request-{number}"
        verdict = validate(team.tools, team.project(base="HEAD^"), output)
        write_verdict(output / "verdict.json", verdict)
        team.platform.kept[f"ci-mlops-{verdict.fingerprint[:16]}"] = output
        made.append(git(team.folder, "rev-parse", "HEAD").strip())
    git(team.folder, "branch", "-f", "main")
    first, older, taken_back = made

    pushed(team, first, 10)
    pushed(team, taken_back, 12)
    late = pushed(team, older, 11)

    assert late.stage is None
    assert "a later merge has registered version 1" in late.said[1]
    assert store.pointer("loans", "staging").number == "1"
    assert [event.run for event in link(store.entries("loans")).events] == [
        f"{RUNS}{n}" for n in (10, 12, 11)
    ]
