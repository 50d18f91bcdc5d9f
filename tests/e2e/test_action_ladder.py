"""A model's way up and, on a bad day, down again: each step a workflow run, each told in the audit trail."""

import re
from uuid import uuid4

import pytest

from ci_mlops.registries.mlflow import MlflowRegistry
from tests.e2e.conftest import ROOT
from tests.e2e.table import posted, row
from tests.e2e.team import BETTER, CONFIG, train_on

pytestmark = pytest.mark.e2e
TEMPLATES = ROOT / "templates" / "github"
RUNS = "https://github.com/acme/credit/actions/runs"
PLANTED = 'alarms since 02:10 $(touch planted) `touch planted` ${{ github.token }} "; touch planted #'


@pytest.fixture
def name(team, mlflow_server):
    """A model of its own: the server is shared, and outlives every job."""
    name = f"credit-{uuid4().hex[:8]}"
    config = CONFIG.replace("model: credit", f"model: {name}")
    team.commit({"ci-mlops.yml": f"{config}registry: {{uri: '{mlflow_server}'}}\n"})
    return name


@pytest.fixture
def registry(mlflow_server):
    return MlflowRegistry(mlflow_server, ("staging", "production"))


def dispatched(**inputs):
    """As GitHub sends them: words, a boolean too."""
    return {"inputs": inputs, "repository": {"default_branch": "main"}}


def approved(environment, by):
    return {
        "state": "approved",
        "comment": "",
        "user": {"login": by},
        "environments": [{"name": environment}],
    }


def told(ran):
    """Number -> what happened, who did it and in which run, as the run's summary has it."""
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| (.+?) \| (.+?) \| .* \| (\S+) \|$", ran.summary, re.MULTILINE)
    return {
        int(number): (what.replace("`", ""), who.replace("`", ""), run) for number, what, who, run in rows
    }


def newest(ran):
    return re.findall(r"newest event: `(sha256:[0-9a-f]{64})`", ran.summary)[-1]


def test_the_whole_ladder_from_a_merge_to_a_bad_day_and_back(act, fake, team, name, registry):
    def run(template, number, proposed, **inputs):
        return act(
            proposed,
            "workflow_dispatch",
            workflow=TEMPLATES / template,
            payload=dispatched(**inputs),
            flags=["--actor", "mary"],
            GITHUB_RUN_ID=str(number),
        )

    def merged(files, number):
        proposed = team.merge(files)
        ran = act(proposed, "push", flags=["--actor", "ada"], GITHUB_RUN_ID=str(number))
        assert ran.exit_code == 0, ran.log
        return proposed, ran

    fake.approvals = [approved("production", "grace")]
    first, pushed = merged({}, 11)
    promoted = run("ci-mlops-promote.yml", 12, first, stage="production", reason="the first one")
    second, _ = merged(train_on(BETTER), 13)
    again = run("ci-mlops-promote.yml", 14, second, stage="production", reason="")
    bad_day = registry.pointers(name)
    posted(fake)
    back = run("ci-mlops-rollback.yml", 15, second, stage="production", reason=PLANTED, unscored="false")
    row("by hand, rollback", posted(fake), back.gate)
    looked = run("ci-mlops-history.yml", 16, second)
    row("the clock, history", posted(fake), looked.gate)

    for ran in (promoted, again, back, looked):
        assert ran.exit_code == 0, ran.log
    assert bad_day == {"staging": "2", "production": "2"}
    assert registry.pointers(name) == {"staging": "2", "production": "1"}
    # it scored before the pointer moved, and trained nothing
    assert "candidate: scoring 500 rows" in back.log
    assert "candidate: training" not in back.log
    assert told(looked) == {
        1: ("staging: version 1, registered", "ada", f"{RUNS}/11"),
        2: ("production: version 1, promoted", "mary", f"{RUNS}/12"),
        3: ("staging: version 2 (was 1), registered", "ada", f"{RUNS}/13"),
        4: ("production: version 2 (was 1), promoted", "mary", f"{RUNS}/14"),
        5: ("production: version 1 (was 2), rolled back", "mary", f"{RUNS}/15"),
    }
    # the words of whoever started it are words to the shell and to the runner
    assert registry.entries(name)[-1].text.count("$(touch planted)") == 1
    assert not list(second.folder.rglob("planted"))
    # what each run told in its log, where whoever writes to the registry can't reach it
    heads = [newest(ran) for ran in (pushed, promoted, again, back)]
    assert heads == [entry.digest for entry in registry.entries(name) if entry.number != 3]
    assert all(head in ran.log for head, ran in zip(heads, (pushed, promoted, again, back), strict=True))


def test_a_trail_that_was_cut_off_fails_the_run_that_knows_its_head_and_says_why(act, team, name, registry):
    pushed = act(team.merge({}), "push", GITHUB_RUN_ID="21")
    proposed = team.merge({"note.txt": "x"})
    registry.move(name, "production", "1")
    ran = act(
        proposed,
        "workflow_dispatch",
        workflow=TEMPLATES / "ci-mlops-history.yml",
        payload=dispatched(),
        flags=["--var", "CI_MLOPS_HEAD=sha256:" + "0" * 64],
    )

    assert pushed.exit_code == 0, pushed.log
    assert (ran.exit_code, ran.gate) == (1, 5), ran.log
    for text in (ran.log, ran.summary):
        assert "production points to version 1, but the trail has nothing there" in text
        assert "is not in the trail" in text
    nothing = act(
        proposed,
        "workflow_dispatch",
        workflow=TEMPLATES / "ci-mlops-rollback.yml",
        payload=dispatched(stage="staging", unscored="true", at="2020-01-01"),
    )
    assert nothing.gate == 1, nothing.log
    assert "nothing to roll back: staging held nothing at 2020-01-01 23:59 UTC" in nothing.log
    results = {line["step"]: line["stepResult"] for line in nothing.lines if "stepResult" in line}
    # act says nothing of a step that it leaves out
    assert "Roll back" in results
    assert "Install what the scoring needs" not in results
