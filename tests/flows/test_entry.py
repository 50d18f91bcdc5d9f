"""What a stage asks of a version is asked before it is promoted; and a verdict that an approval waived goes the whole way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ci_mlops.errors import PlatformFailed, RegistryFailed, TrainingFailed
from ci_mlops.flows.history import history
from ci_mlops.flows.promote import promote
from ci_mlops.flows.register import register
from ci_mlops.ladder.chain import link
from ci_mlops.records import Approval, Change
from ci_mlops.report.codec import seal, write_verdict
from ci_mlops.report.history import render_history
from tests.flows.lenders import judged, lenders

STAGES = "stages: [staging, production]"
SMOKE = """\
import pathlib, sys
model = pathlib.Path(sys.argv[1])
print("loaded", model.name)
sys.exit(f"limit {model.read_text()} is odd" if "odd" in sys.argv else 0)
"""
PULL_REQUEST = Change(
    platform="github", event="pull_request", number=7, run_id="100", repository="acme/loans"
)


@pytest.fixture
def team(tmp_path):
    return lenders(tmp_path)


@pytest.fixture
def store(team):
    return next(iter(team.registries.values()))


@pytest.fixture
def staged(team):
    judged(team)
    register(team.tools, team.project(), team.output)
    return team


def asks(team, entry):
    """Production asks for it from now on."""
    team.replace("ci-mlops.yml", STAGES, f"{STAGES}, entry: {{production: {entry}}}")


def with_reviewers(team, **by_environment):
    """A CI whose environments asked these; others asked nobody."""
    return replace(team.tools, approvers=lambda environment, run: by_environment.get(environment, ()))


def newest(store):
    return link(store.entries("loans")).events[-1]


def told(event):
    return {one.name: one.told for one in event.conditions}


def test_every_condition_is_held_and_goes_into_the_event(staged, store):
    staged.write("smoke.py", SMOKE)
    asks(staged, '{approval: true, after: 24h, smoke: "python smoke.py {model}", scores: true}')
    staged.today += timedelta(days=2)
    tools = with_reviewers(staged, production=["ada", "`Bob B.`"])

    dry = promote(tools, staged.project(), dry_run=True)
    still = store.pointers("loans")
    done = promote(tools, staged.project())

    assert still == {"staging": "1"}
    assert dry.exit_code == 0
    assert dry.said[0].startswith("would move production to loans version 1, sha256:")
    assert dry.said[1:] == (
        "  held: ladder: it has taken staging by the ladder",
        "  held: verdict: its verdict is passed",
        "  held: approval: ada, Bob B. approved in the environment production",
        "  held: after: it has held staging for 2 d, and 24 h are asked for",
        "  would be tried: files: the stored files are fetched and held against what was judged",
        "  would be tried: smoke: `python smoke.py {model}`, in the version's own environment",
        "  would be tried: scores: it scores the pinned test rows, as when it was judged",
    )
    assert done.exit_code == 0
    assert store.pointers("loans")["production"] == "1"
    event = newest(store)
    assert [one.by for one in event.approvals] == ["ada", "Bob B."]
    assert all(one.held for one in event.conditions)
    assert told(event)["smoke"] == "the smoke test ended with 0"
    assert told(event)["scores"] == "version 1 scored 40 rows, and 1 metric is what it was when it was judged"
    assert list(told(event)) == ["ladder", "verdict", "approval", "after", "files", "smoke", "scores"]
    page = render_history(history(tools, staged.project()), "markdown")
    assert "held: approval, after, smoke, scores" in page
    assert "`ada` approved" in page


def test_all_that_does_not_hold_is_told_and_nothing_is_run_in_vain(staged, store):
    asks(staged, '{approval: risk-board, after: 24h, smoke: "python smoke.py {model}"}')
    staged.said.clear()

    refused = promote(with_reviewers(staged, production=["ada"]), staged.project())

    assert refused.exit_code == 1
    assert refused.said == (
        "loans version 1 stays at staging, for production asks for more:",
        (
            "  not held: approval: nobody approved this run in the environment risk-board: it asks for no reviewers "
            "(require them there, and run this in a job with that environment)"
        ),
        "  not held: after: it has held staging for 0 s, and 24 h are asked for: from 2026-01-02 00:00 UTC on",
        "  not tried: smoke: `python smoke.py {model}`, in the version's own environment",
    )
    assert store.pointers("loans") == {"staging": "1"}
    assert len(store.entries("loans")) == 1


def test_on_a_laptop_nobody_was_asked_and_a_platform_that_does_not_tell_is_no_approval(staged, store):
    asks(staged, "{approval: true}")

    def mute(environment, run):
        raise PlatformFailed(
            "GitHub does not tell who approved this run", mend="Give the job `permissions: actions: read`."
        )

    alone = promote(staged.tools, staged.project())
    unknown = promote(replace(staged.tools, approvers=mute), staged.project())

    assert (alone.exit_code, unknown.exit_code) == (1, 1)
    assert "There is no CI around us that could have asked anybody" in alone.said[0]
    assert "`permissions: actions: read`" in unknown.said[0]
    assert store.pointers("loans") == {"staging": "1"}


def test_a_smoke_test_that_fails_is_told_with_its_last_lines_and_one_that_hangs_moves_nothing(staged, store):
    staged.write("smoke.py", SMOKE)
    asks(staged, '{smoke: [python, smoke.py, "{model}", odd]}')
    failed = promote(staged.tools, staged.project())
    staged.write("smoke.py", "import time\ntime.sleep(60)\n")
    staged.replace("ci-mlops.yml", "odd]", "odd], time_limit: 1s")

    with pytest.raises(TrainingFailed, match="time limit of 1 s"):
        promote(staged.tools, staged.project())

    assert failed.exit_code == 1
    assert "the smoke test ended with 1: loaded model.bin; limit " in failed.said[0]
    assert failed.said[0].endswith("is odd")
    assert store.pointers("loans") == {"staging": "1"}


def test_a_version_that_scores_differently_than_it_did_stays(staged, store):
    asks(staged, "{scores: true}")
    staged.replace("score.py", "> limit", "< limit")

    refused = promote(staged.tools, staged.project())

    assert refused.exit_code == 1
    assert "when it was judged" in refused.said[0]
    assert store.pointers("loans") == {"staging": "1"}


def test_damaged_files_stop_it_before_anything_is_run(staged, store, tmp_path):
    staged.write("smoke.py", f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    asks(staged, '{smoke: "python smoke.py {model}"}')
    (tmp_path / "registry" / "loans" / "1" / "model.bin").write_text("7")

    with pytest.raises(RegistryFailed, match="not what was judged"):
        promote(staged.tools, staged.project())
    assert not (tmp_path / "ran").exists()


def blocked(team, outcome="blocked", exit_code=1):
    """What a pull request's run has left, and the push that merges it all the same."""
    verdict = judged(team, outcome, exit_code)
    write_verdict(team.output / "verdict.json", seal(replace(verdict, change=PULL_REQUEST)))
    team.platform.told = replace(PULL_REQUEST, event="push", number=None, run_id="101")


def waived(team, asked=None):
    def approvers(environment, run):
        if asked is not None:
            asked.append((environment, run))
        return {("model-waiver", "100"): ["ada"], ("production", ""): ["bob"]}.get((environment, run), ())

    return replace(team.tools, approvers=approvers)


def test_a_verdict_that_an_approval_waived_takes_the_first_stage_and_the_next_and_each_event_says_who(
    team, store
):
    blocked(team)
    asked = []

    dry = register(waived(team), team.project(), team.output, dry_run=True)
    done = register(waived(team, asked), team.project(), team.output)
    asks(team, "{approval: true}")
    up = promote(waived(team), team.project())

    assert ("model-waiver", "100") in asked
    said = "its verdict is blocked, and was waived: ada approved in the environment model-waiver"
    assert dry.said[1:] == (said, "would move staging to it")
    assert (done.exit_code, done.stage, done.said[1:]) == (0, "staging", (said, "staging points to it"))
    assert up.exit_code == 0
    assert store.pointers("loans") == {"staging": "1", "production": "1"}
    first, second = link(store.entries("loans")).events
    who = "verdict blocked: ada approved in the environment model-waiver"
    assert (first.waivers, first.verdict) == ((who,), "blocked")
    assert first.approvals == (Approval(by="ada", environment="model-waiver"),)
    assert second.waivers == (who,)
    assert [(one.by, one.environment) for one in second.approvals] == [
        ("ada", "model-waiver"),
        ("bob", "production"),
    ]
    assert told(second)["verdict"] == said


def test_a_blocked_verdict_that_nobody_waived_takes_no_stage_and_a_tag_does_not_waive_it(team, store):
    blocked(team)

    done = register(with_reviewers(team, production=["bob"]), team.project(), team.output)
    store.move("loans", "staging", "1")

    assert (done.exit_code, done.stage) == (1, None)
    assert done.said[-1] == "no pointer moves: its verdict is blocked"
    with pytest.raises(RegistryFailed, match="does not add up"):
        promote(waived(team), team.project())
    assert newest(store).waivers == ()


@pytest.mark.parametrize(
    "change",
    [
        {"repository": "acme/other"},
        {"run_id": "100"},
    ],
)
def test_only_the_run_that_judged_it_before_the_merge_is_asked(team, change):
    blocked(team)
    team.platform.told = replace(team.platform.told, **change)

    done = register(waived(team), team.project(), team.output, dry_run=True)

    assert done.said[-1] == "would move no pointer: its verdict is blocked"


def test_where_the_platform_does_not_tell_it_is_said_and_nothing_is_waived(team):
    blocked(team, "undecided", 10)

    done = register(team.tools, team.project(), team.output, dry_run=True)

    assert done.exit_code == 10
    assert any("whether the verdict was waived is not known" in line for line in team.said)
