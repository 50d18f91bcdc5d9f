"""A fork's change to several models of one repository: what each of them left is vetted, and each is told of."""

import re
from pathlib import Path

import pytest

from ci_mlops.flows.artifact import predictions_artifact_name
from ci_mlops.report.codec import read_verdict
from tests.e2e.team import BETTER, CONFIG, WORSE
from tests.e2e.teams import MODELS, Several, train_all_on
from tests.fakes.github import FakeGitHub, Token
from tests.platforms.strangers import CANARY, RUN, Stranger, handed_over, packed

METRIC = "def kept(truth, prediction):\n    return (truth == prediction).astype(float)\n"
OWN = 'metrics: ["metrics/own.py:kept", accuracy, recall]'
TOUCHED = ("churn", "credit")
CHANGE = train_all_on(churn=BETTER, credit=WORSE)


def configs(also=""):
    """Of all three; `churn` has a metric of its own."""
    inputs = CONFIG.replace("  run: python train.py\n", "  run: python train.py\n  inputs: [train.py]\n")
    texts = {f"{model}/ci-mlops.yml": inputs.replace("credit", model) + also for model in MODELS}
    return {
        **texts,
        "churn/ci-mlops.yml": texts["churn/ci-mlops.yml"].replace("metrics: [accuracy, recall]", OWN),
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    home = tmp_path_factory.mktemp("fork")
    team = Several(home)
    # a link that stays inside makes no model a touched one
    (team.folder / "fraud" / "again.py").symlink_to("train.py")
    team.commit(
        {**configs(), "churn/metrics/own.py": METRIC, ".github/workflows/ci-mlops.yml": "# ci-mlops\n"}
    )
    proposed = team.propose(CHANGE)
    return team, proposed, {model: handed_over(proposed, home, model) for model in TOUCHED}


@pytest.fixture
def stranger(made, tmp_path):
    team, proposed, left = made
    main = team._git("rev-parse", "main")
    team._git("update-ref", "refs/pull/7/merge", git_head(team, proposed))
    with FakeGitHub() as github:
        github.tokens = {CANARY: Token()}
        github.git = team.folder / ".git"
        github.open_pull(7, proposed.head)
        one = Stranger(github=github, team=team, proposed=proposed, left={}, home=tmp_path, config=None)
        one.models.update(left)
        yield one
        assert CANARY not in one.everything_said()
        told = [status["state"] for statuses in github.statuses.values() for status in statuses]
        assert set(told) <= {"pending"}
    team._git("checkout", "--quiet", "main")
    team._git("reset", "--quiet", "--hard", main)


def git_head(team, proposed):
    return team._git("-C", str(proposed.folder), "rev-parse", "HEAD")


def push(stranger, files):
    """Another push, or one on another base; its author writes the commits into the cards, as anybody can."""
    before = stranger.proposed
    stranger.proposed = after = stranger.team.propose(files)
    stranger.github.open_pull(7, after.head)
    commits = ((before.head, after.head), (before.base, after.base))
    for model in stranger.models:
        for old, new in commits:
            left = stranger.models[model].items()
            stranger.models[model] = {name: text.replace(old.encode(), new.encode()) for name, text in left}


def tell(stranger, **run):
    for model, left in stranger.models.items():
        stranger.github.store_archive(predictions_artifact_name(model), packed(left), fork=True, run=RUN)
    return stranger.tell_of_what_is_there(**run)


def comments(stranger):
    """Model -> the comment about it; nothing -> the one for all."""
    bodies = [comment["body"] for comment in stranger.github.comments[7]]
    return {re.search(r"model=(\S*) key=", body)[1]: body for body in bodies}


def states(stranger):
    told = stranger.github.statuses[stranger.proposed.head]
    return {status["context"]: status["state"] for status in told}


def verdicts(stranger):
    found = (stranger.home / "output").glob("*/verdict.json")
    return {path.parent.name: read_verdict(path).verdict for path in found}


def test_each_touched_model_has_its_own_comment_and_its_status_stays_pending(stranger):
    told = tell(stranger)

    assert [(one.comment, one.status) for one in told.published] == [("created", "set")] * 2
    assert verdicts(stranger) == {"churn": "passed", "credit": "blocked"}
    assert states(stranger) == {f"ci-mlops/gate/{model}": "pending" for model in TOUCHED}
    said = comments(stranger)
    assert said["churn"].startswith("### 🔵 For information: model gate passed: `churn` keeps every rule\n")
    assert said["credit"].startswith("### 🔵 For information: model gate blocked")
    # base's workflow can't be started for a pull request: a command that can't work is none
    read = f"`git fetch origin pull/7/head && git push origin {stranger.proposed.head}:refs/heads/read-7`"
    for body in said.values():
        assert read in body
        assert "gh workflow run" not in body


def test_one_comment_for_all_says_at_the_top_that_nothing_is_decided(stranger):
    one = "pull_request: {comment: one}\n"
    stranger.team.commit(configs(also=one))
    push(stranger, CHANGE)
    tell(stranger)

    [body] = comments(stranger).values()
    assert body.startswith(
        "### 🔵 For information: model gate blocked: 1 of 2 models\n\n**This decides nothing"
    )
    assert body.count("This decides nothing") == 1
    assert re.findall(r"(?m)^\| 🔵 \| `(\w+)` \|", body) == ["credit", "churn"]
    assert states(stranger) == {f"ci-mlops/gate/{model}": "pending" for model in TOUCHED}


def test_edits_of_metric_files_and_of_what_is_told_are_flagged_at_the_top(stranger):
    edited = configs(also="pull_request: {comment: none, skip_label: allow}\n")["credit/ci-mlops.yml"]
    shows = "report: {flipped_rows: {columns: [income]}}\n"
    forged = METRIC.replace("(truth == prediction)", "(truth == truth)")
    files = {**CHANGE, "credit/ci-mlops.yml": edited + shows, "churn/metrics/own.py": forged}
    push(stranger, files)
    tell(stranger)

    assert verdicts(stranger) == {"churn": "passed", "credit": "blocked"}
    tops = {model: body.partition("| Metric |")[0] for model, body in comments(stranger).items()}
    for top in tops.values():
        assert "This change also edits the gate policy" in top
    assert re.search(r"metrics/own\.py: sha256:\w+ -> sha256:\w+", tops["churn"])
    for edit in (
        "pull_request.comment: each -> none",
        "pull_request.skip_label: refuse -> allow",
        "report.flipped_rows.columns: none -> income",
    ):
        assert edit in tops["credit"], edit
    # base's function, on the rows of both
    churn = read_verdict(stranger.home / "output" / "churn" / "verdict.json")
    kept = {one.metric: one.candidate for one in churn.measurements}
    assert kept["metrics/own.py:kept"] == kept["accuracy"] < 1
    assert not list(stranger.home.rglob("flipped.json"))


def test_what_one_model_left_or_did_not_leave_says_nothing_of_another(stranger):
    stranger.models = {"churn": stranger.models["churn"], "fraud": stranger.models["credit"]}
    tell(stranger)

    assert verdicts(stranger) == {"churn": "passed", "credit": "not_evaluated"}
    assert "left no artifact ci-mlops-predictions-credit" in comments(stranger)["credit"]
    assert states(stranger) == {f"ci-mlops/gate/{model}": "pending" for model in TOUCHED}


def test_models_that_the_change_adds_or_takes_away_are_no_way_to_write_comments(stranger):
    more = {f"more{n}/ci-mlops.yml": CONFIG.replace("credit", f"more{n}") for n in range(3)}
    push(stranger, {**CHANGE, **more})
    stranger.team._git("checkout", "--quiet", "feature")
    (stranger.team.folder / "churn" / "ci-mlops.yml").unlink()
    head = stranger.team.commit({})
    stranger.team._git("checkout", "--quiet", "-B", "merged", "main")
    stranger.team._git("merge", "--quiet", "--no-ff", "--message", "merge", "feature")
    stranger.team._git("update-ref", "refs/pull/7/merge", "merged")
    stranger.team._git("checkout", "--quiet", "main")
    stranger.github.open_pull(7, head)
    tell(stranger, head=head)

    assert verdicts(stranger).keys() == set(TOUCHED)
    assert verdicts(stranger)["churn"] == "not_evaluated"
    assert "takes churn/ci-mlops.yml away" in comments(stranger)["churn"].replace("`", "")
    assert comments(stranger).keys() == set(TOUCHED)


def test_a_change_that_touches_no_model_is_told_of_by_nobody(stranger):
    push(stranger, {"README.md": "Words.\n"})
    told = tell(stranger)

    assert (told.published, told.reason) == ((), "the change touches none of base's models")
    assert not any(seen.method == "POST" for seen in stranger.github.seen)


def test_where_not_even_the_models_are_known_one_comment_says_so_and_no_status_waits_for_ever(stranger):
    tell(stranger, path=".github/workflows/mine.yml")

    [(model, body)] = comments(stranger).items()
    assert model == ""
    assert body.startswith("### 🔵 For information: model gate could not evaluate")
    assert "workflow that the base branch does not have" in body
    assert states(stranger) == {}


def test_two_pull_requests_of_one_head_are_told_apart_by_nobody(stranger):
    stranger.github.open_pull(9, stranger.proposed.head, base="release")
    told = tell(stranger)

    assert "share a head" in told.reason
    assert not any(stranger.github.comments.values())
    assert Path(stranger.home / "summary.md").read_text().count("have the same head")
