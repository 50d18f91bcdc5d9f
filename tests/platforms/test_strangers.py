"""The trust boundary, below `act`: what the run of a fork may leave, and what is said of it."""

import io
import json
import stat
import subprocess
import zipfile
from base64 import b64encode

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from ci_mlops.datasets.lock import write_lock
from ci_mlops.datasets.pins import pin_data
from ci_mlops.flows.publish_run import HAND_OVER
from ci_mlops.platforms.github import proposals
from tests.e2e.team import BETTER, CONFIG, Team, train_on
from tests.fakes.github import FakeGitHub, Token
from tests.platforms.strangers import CANARY, RUN, Stranger, handed_over, packed

CHANGE = train_on(BETTER)
CANDIDATE = "predictions/candidate.parquet"
MERGE = "refs/pull/7/merge"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    home = tmp_path_factory.mktemp("fork")
    team = Team(home)
    team.commit(
        {
            ".github/workflows/ci-mlops.yml": "# ci-mlops inputs.pull_request\n",
            ".github/workflows/lint.yml": "# lint\n",
        }
    )
    proposed = team.propose(CHANGE)
    return team, proposed, handed_over(proposed, home)


@pytest.fixture
def stranger(made, tmp_path):
    team, proposed, left = made
    git(team, "update-ref", MERGE, git(proposed, "rev-parse", "HEAD"))
    with FakeGitHub() as github:
        github.tokens = {CANARY: Token()}
        github.git = team.folder / ".git"
        github.open_pull(7, proposed.head)
        one = Stranger(github=github, team=team, proposed=proposed, left=dict(left), home=tmp_path)
        yield one
        said = one.everything_said()
        assert CANARY not in said
        assert b64encode(f"x-access-token:{CANARY}".encode()).decode() not in said
        told = [status["state"] for statuses in github.statuses.values() for status in statuses]
        assert set(told) <= {"pending"}
        assert not list(tmp_path.rglob("PWN"))


def git(place, *arguments):
    done = subprocess.run(
        ["git", "-C", str(place.folder), *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def assert_nothing_was_judged(stranger, why):
    assert stranger.verdict.verdict == "not_evaluated"
    assert why in stranger.verdict.reason
    assert stranger.comment.startswith("### 🔵 For information: model gate could not evaluate `credit`")
    assert stranger.status["state"] == "pending"
    assert "a maintainer must run" in stranger.status["description"]


# --- whose run it was ---------------------------------------------------------------------------------------------


def test_an_honest_fork_is_told_for_information_and_its_status_stays_pending(stranger):
    told = stranger.tell()

    assert [(one.comment, one.status) for one in told.published] == [("created", "set")]
    assert stranger.comment.startswith(
        "### 🔵 For information: model gate passed: `credit` keeps every rule\n"
    )
    again = f"gh workflow run ci-mlops.yml -f pull_request=7 -f commit={stranger.proposed.head}"
    assert f"`{again}`" in stranger.comment
    assert "may be merged" not in stranger.comment
    assert "If you merge" not in stranger.comment
    assert stranger.status["context"] == "ci-mlops/gate/credit"
    assert stranger.status["state"] == "pending"
    assert stranger.verdict.verdict == "passed"
    assert 'class="hero informs"' in (stranger.home / "output" / "report.html").read_text()
    assert "verdict<<" in (outputs := (stranger.home / "outputs").read_text())
    assert "passed" not in outputs.partition("reason<<")[0]
    # the gate's own comment, so that a maintainer's run writes it over
    assert "key=.github%2Fworkflows%2Fci-mlops.yml run=900.1 " in stranger.comment


@pytest.mark.parametrize(
    ("pull", "why"),
    [
        ({"state": "closed"}, "no open pull request"),
        ({"head": "9" * 40}, "no open pull request"),
        ({"branch": "another"}, "no open pull request"),
        ({"source": "mallory/another"}, "no open pull request"),
        ({"source": None}, "no open pull request"),
    ],
    ids=str,
)
def test_only_an_open_pull_request_that_has_this_head_today_is_told_of(stranger, pull, why):
    stranger.github.open_pull(7, **{"head": stranger.proposed.head, **pull})
    told = stranger.tell()

    assert why in told.reason
    assert told.published == ()
    assert not any(seen.method == "POST" for seen in stranger.github.seen)


def test_a_pull_request_of_the_same_fork_into_another_repository_is_not_ours(stranger):
    stranger.github.pulls[7]["base"]["repo"]["full_name"] = "mallory/credit"

    assert stranger.tell().published == ()


def test_a_fork_whose_branch_is_called_like_the_base_is_found_by_its_owner(stranger):
    stranger.github.open_pull(3, "8" * 40, branch="main", source="acme/credit")
    stranger.github.open_pull(7, stranger.proposed.head, branch="main")
    stranger.tell(b"nothing", branch="main")

    assert stranger.comment.startswith("### 🔵 For information")
    assert list(stranger.github.comments) == [7]


def test_two_pull_requests_of_one_head_are_told_apart_by_nobody(stranger):
    stranger.github.open_pull(9, stranger.proposed.head, base="release")
    told = stranger.tell()

    assert "share a head" in told.reason
    assert not any(stranger.github.comments.values())
    assert stranger.status["state"] == "pending"
    assert stranger.verdict.verdict == "not_evaluated"


def test_a_pull_request_that_moves_on_while_it_is_judged_is_left_to_the_next_run(stranger, monkeypatch):
    asked = proposals.GitHubProposals.merge_ref

    def moved_on(self, change):
        stranger.github.open_pull(7, "7" * 40)
        return asked(self, change)

    monkeypatch.setattr(proposals.GitHubProposals, "merge_ref", moved_on)

    assert "moved on" in stranger.tell(b"nothing").reason
    assert not any(stranger.github.statuses.values())


@pytest.mark.parametrize("event", ["push", "merge_group", "workflow_dispatch", "pull_request_target"])
def test_a_run_that_was_no_pull_requests_had_its_rights(stranger, event):
    assert stranger.tell(event=event).published == ()
    assert stranger.github.seen == []


@pytest.mark.parametrize(
    "status",
    [
        {"state": "pending", "target_url": "RUN/attempts/1", "description": "Evaluating"},
        {"state": "pending", "description": "a maintainer's run has begun"},
        {"state": "success", "description": "✅ passed"},
        {"state": "failure", "description": "❌ blocked"},
        {"state": "error"},
    ],
    ids=lambda status: status["state"],
)
def test_what_is_told_already_is_never_taken_back(stranger, status):
    head = stranger.proposed.head
    run = f"{stranger.github.server_url}/acme/credit/actions/runs/{RUN}"
    given = {
        "context": "ci-mlops/gate/credit",
        "id": 1,
        "url": "",
        "target_url": "https://other.example",
        **status,
    }
    given["target_url"] = given["target_url"].replace("RUN", run)
    stranger.github.statuses[head].append(given)

    assert stranger.tell().reason == "the verdict on this head is told already"
    assert stranger.github.statuses.pop(head) == [given]


def test_dependabots_run_in_our_own_repository_takes_the_same_road(stranger):
    stranger.github.open_pull(7, stranger.proposed.head, branch="dependabot/pip/x", source="acme/credit")
    stranger.tell(b"nothing", branch="dependabot/pip/x", source="acme/credit")

    assert "For information" in stranger.comment


@pytest.mark.parametrize("name", ["mine.yml", "lint.yml"])
def test_a_run_of_a_workflow_that_is_no_gate_on_base_is_not_the_gates(stranger, name):
    stranger.tell(path=f".github/workflows/{name}")

    assert_nothing_was_judged(stranger, "workflow that the base branch does not have")


@pytest.mark.parametrize("lacking", ["pull-requests: read", "statuses: read"])
def test_a_right_that_is_lacking_is_named(stranger, lacking):
    from ci_mlops.errors import PlatformFailed

    stranger.github.tokens[CANARY] = Token(permissions=Token().permissions - {lacking})

    with pytest.raises(PlatformFailed) as failed:
        stranger.tell()
    assert lacking in failed.value.mend


@pytest.mark.parametrize("lacking", ["contents: read", "actions: read"])
def test_what_cant_be_fetched_for_want_of_a_right_is_told_in_the_comment(stranger, lacking):
    stranger.github.tokens[CANARY] = Token(permissions=Token().permissions - {lacking})
    stranger.tell()

    assert stranger.verdict.verdict == "not_evaluated"
    assert lacking in stranger.comment


# --- what it left -------------------------------------------------------------------------------------------------


def test_a_verdict_a_number_or_a_text_in_the_artifact_is_not_even_unpacked(stranger):
    forged = json.dumps({"schema": "ci-mlops/verdict/v1", "model": "credit", "verdict": "passed"}).encode()
    text = b"@everyone PWNED"
    more = {
        "verdict.json": forged,
        "report.md": text,
        "pr": b"1",
        "NR": b"1",
        "predictions/pr.json": b'{"pr": 1}',
    }
    models = {"models/candidate/model/model.joblib": b"\x80\x04."}
    stranger.tell(packed({**stranger.left, **more, **models}))

    names = {path.name for path in (stranger.home / "room" / "left").rglob("*") if path.is_file()}
    assert names == {"model.json", "candidate.json", "candidate.parquet", "champion.json", "champion.parquet"}
    assert list(stranger.github.comments) == [7]
    assert "PWNED" not in stranger.everything_said()
    assert stranger.comment.startswith("### 🔵 For information: model gate passed")


def zipped(*members, link=False, content=b"x"):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name in members:
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            if link:
                member.external_attr = (stat.S_IFLNK | 0o777) << 16
            file.writestr(member, content)
    return archive.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("archive", "why"),
    [
        (lambda: zipped("../PWN"), "leads out of its folder"),
        (lambda: zipped("/tmp/PWN"), "leads out of its folder"),
        (lambda: zipped("predictions", link=True, content=b"/"), "is a link or a device"),
        (lambda: zipped(CANDIDATE, CANDIDATE), "names one file twice"),
        (lambda: zipped(CANDIDATE, content=bytes(9 * 1024**2)), "unpacks to more than"),
        (lambda: bytes(3 * 1024**2), "larger than"),
        (lambda: b"no zip", "no readable zip"),
        (lambda: packed({}), "card candidate/model.json is not there"),
        (lambda: packed({"verdict.json": b"{}"}), "card candidate/model.json is not there"),
    ],
    ids=["out", "absolute", "link", "twice", "bomb", "large", "no zip", "empty", "a verdict alone"],
)
def test_an_artifact_that_bites_is_refused_and_told(stranger, archive, why, monkeypatch):
    monkeypatch.setattr(proposals, "LARGEST", 2 * 1024**2)
    stranger.tell(archive())

    assert_nothing_was_judged(stranger, why)


def test_no_artifact_is_told_and_so_is_one_of_another_run(stranger):
    stranger.github.store_archive(HAND_OVER, packed(stranger.left), fork=True, run=RUN + 1)
    stranger.tell_of_what_is_there()

    assert_nothing_was_judged(stranger, "left no artifact ci-mlops-predictions")


def test_an_expired_artifact_is_none(stranger):
    stranger.github.store_archive(HAND_OVER, packed(stranger.left), run=RUN, expired=True)
    stranger.tell_of_what_is_there()

    assert_nothing_was_judged(stranger, "left no artifact")


def with_table(change):
    def tampered(left):
        table = parquet.read_table(pa.BufferReader(left[CANDIDATE]))
        written = io.BytesIO()
        parquet.write_table(change(table), written)
        return {**left, CANDIDATE: written.getvalue()}

    return tampered


def scored(table, values=0.5):
    return table.append_column("score", pa.array([values] * len(table)))


def put(table, name, values):
    place = table.column_names.index(name)
    return table.set_column(place, name, values)


def spoilt(table, name, value):
    values = table.column(name).to_pylist() if name in table.column_names else [0.5] * len(table)
    table = scored(table) if name == "score" else table
    values[3] = value
    return put(table, name, pa.array(values))


FALSE_TABLES = {
    "other rows": (lambda t: put(t, "id", pa.array([f"9-{n}" for n in range(500)])), "are for other rows"),
    "another order": (lambda t: t.take(np.arange(500)[::-1]), "are for other rows"),
    "numbers for ids": (lambda t: put(t, "id", pa.array(range(500))), "are for other rows"),
    "fewer rows": (lambda t: t.slice(0, 499), "another number of rows (499)"),
    "many rows": (lambda t: pa.concat_tables([t] * 40), "another number of rows (20,000)"),
    "NaN": (lambda t: spoilt(t, "score", float("nan")), "NaN or infinite"),
    "infinity": (lambda t: spoilt(t, "score", float("inf")), "NaN or infinite"),
    "nothing": (lambda t: spoilt(t, "prediction", None), "say nothing for some rows"),
    "a strange label": (lambda t: spoilt(t, "prediction", "PWNED @everyone"), "don't know"),
    "a long label": (lambda t: spoilt(t, "prediction", "1" * 5_000_000), "too long"),
    "text for numbers": (lambda t: scored(t, "PWNED"), "another type"),
    "a column more": (lambda t: t.append_column("label", t.column("prediction")), "is none of a prediction file"),
    "a text more": (lambda t: t.append_column("PWNED", t.column("prediction")), "is none of a prediction file"),
    "a strange score": (lambda t: t.append_column("score_PWNED", pa.array([0.5] * 500)), "is none of a prediction file"),
    "many columns": (lambda t: pa.table({**{n: t.column(n) for n in t.column_names}, **{f"score_{n}": pa.array([0.5] * 500) for n in range(900)}}), "other columns"),
    "one name twice": (lambda t: pa.Table.from_arrays([*t.columns, t.column("prediction")], names=[*t.column_names, "prediction"]), "other columns"),
    "no ids": (lambda t: t.drop_columns(["id"]), "other columns"),
    "ids alone": (lambda t: t.select(["id"]), "neither"),
    "nested": (lambda t: scored(t, [0.5]), "another type"),
    "seen by a number": (lambda t: t.append_column("seen", pa.array([7] * 500)), "nobody knows"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "why"), FALSE_TABLES.values(), ids=FALSE_TABLES.keys())
def test_predictions_that_are_not_of_the_pinned_rows_are_refused(stranger, change, why):
    stranger.tell(packed(with_table(change)(stranger.left)))

    assert_nothing_was_judged(stranger, why)
    assert "PWNED" not in stranger.everything_said()


@pytest.mark.parametrize("content", [b"", b"PAR1" + bytes(40) + b"PAR1", b"id,prediction\n1,1\n"])
def test_what_is_no_parquet_is_refused(stranger, content):
    stranger.tell(packed({**stranger.left, CANDIDATE: content}))

    assert_nothing_was_judged(stranger, "no readable Parquet file")


def with_card(name, /, **given):
    def tampered(left):
        return {**left, name: json.dumps({**json.loads(left[name]), **given}).encode()}

    return tampered


MODEL, TOLD, CHAMPION = (
    "models/candidate/model.json",
    "predictions/candidate.json",
    "models/champion/model.json",
)
FALSE_CARDS = {
    "another commit": (with_card(MODEL, commit="1" * 40), "made of other commits"),
    "another code": (with_card(MODEL, parts=[["code", f"sha256:{'1' * 64}"]]), "made of other parts"),
    "a part in words": (with_card(MODEL, parts=[["PWNED @everyone", "x"]]), "holds a `parts`"),
    "another fingerprint": (with_card(MODEL, fingerprint="1" * 64), "the fingerprint"),
    "a digest in words": (with_card(MODEL, fingerprint="PWNED"), "holds a `fingerprint`"),
    "a version in words": (with_card(CHAMPION, version="PWNED"), "holds a `version`"),
    "another champion": (with_card(CHAMPION, commit="1" * 40), "the champion in the hand-over is not"),
    "another role": (with_card(CHAMPION, role="candidate"), "holds a `role`"),
    "another model": (with_card(TOLD, model=f"sha256:{'1' * 64}"), "are of another model"),
    "other test data": (with_card(TOLD, test=f"sha256:{'1' * 64}"), "other test data"),
    "another number of rows": (with_card(TOLD, rows=3), "holds a `rows`"),
    "more seen than there are": (with_card(TOLD, seen=10**9), "holds a `seen`"),
    "a number for a text": (with_card(TOLD, source=1), "none by its schema"),
    "a huge text": (with_card(TOLD, source="x" * 2_000_000), "is larger than"),
    "no JSON": (lambda left: {**left, TOLD: b"{"}, "none by its schema"),
    "deep JSON": (lambda left: {**left, TOLD: b"[" * 100_000}, "none by its schema"),
    "no card": (lambda left: {name: left[name] for name in left if name != TOLD}, "is not there"),
    "no champion": (lambda left: {name: left[name] for name in left if "champion" not in name}, "no champion"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "why"), FALSE_CARDS.values(), ids=FALSE_CARDS.keys())
def test_cards_that_are_not_of_this_change_are_refused(stranger, change, why):
    stranger.tell(packed(change(stranger.left)))

    assert_nothing_was_judged(stranger, why)
    assert "PWNED" not in stranger.everything_said()


def test_no_text_of_a_card_is_ever_shown(stranger):
    finding = {
        "code": "schema_coerced",
        "role": "candidate",
        "where": "PWNED",
        "names": ["PWNED"],
        "detail": "PWNED",
    }
    words = {"findings": [finding], "job": "publish"}
    left = stranger.left
    for name in (MODEL, CHAMPION):
        left = with_card(name, name="PWNED", notices=["PWNED @everyone"], **words)(left)
    parts = dict(json.loads(left[CHAMPION])["parts"])
    left = with_card(CHAMPION, parts=list({**parts, "run": "PWNED"}.items()))(left)
    left = with_card(TOLD, libraries={"PWNED": "PWNED"}, columns=["PWNED"], classes=["PWNED"], **words)(left)
    stranger.tell(packed(left))

    assert stranger.verdict.verdict == "passed"
    assert "PWNED" not in stranger.everything_said()


# --- the change itself --------------------------------------------------------------------------------------------


def test_a_merge_into_a_base_that_moved_since_is_not_what_was_predicted(stranger):
    git(stranger.team, "checkout", "--quiet", "main")
    before = git(stranger.team, "rev-parse", "HEAD")
    try:
        stranger.team.commit({"more.py": "x = 1\n"})
        git(stranger.team, "checkout", "--quiet", "--detach", "main")
        committer = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        git(stranger.team, *committer, "merge", "--quiet", "--no-ff", "-m", "m", stranger.proposed.head)
        git(stranger.team, "update-ref", MERGE, "HEAD")
    finally:
        git(stranger.team, "checkout", "--quiet", "main")
        git(stranger.team, "reset", "--quiet", "--hard", before)
    stranger.tell()

    assert_nothing_was_judged(stranger, "made of other parts (code)")


@pytest.mark.parametrize("what", ["the head", "another merge", "none"])
def test_a_merge_that_is_not_of_this_head_is_not_judged(stranger, what):
    if what == "none":
        git(stranger.team, "update-ref", "-d", MERGE)
    else:
        # made by anybody: two parents, neither of them the head that the platform names
        tree = git(stranger.team, "rev-parse", "main^{tree}")
        parents = ("-p", "main", "-p", "main~1") if what == "another merge" else ("-p", "main")
        author = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        git(
            stranger.team,
            "update-ref",
            MERGE,
            git(stranger.team, *author, "commit-tree", tree, *parents, "-m", "x"),
        )
    stranger.tell()

    assert_nothing_was_judged(stranger, "merge of this change")


def test_a_config_that_is_a_link_or_is_taken_away_is_refused(stranger):
    stranger.propose({"other.yml": CONFIG})
    place = stranger.team.folder
    for how in ("link", "gone"):
        git(stranger.team, "checkout", "--quiet", "-B", "feature", "main")
        (place / "ci-mlops.yml").unlink()
        if how == "link":
            (place / "ci-mlops.yml").symlink_to("other.yml")
            (place / "other.yml").write_text(CONFIG.replace("min: 0.3", "min: 0.0"))
        head = stranger.team.commit({})
        git(stranger.team, "checkout", "--quiet", "-B", "merged", "main")
        author = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        git(stranger.team, *author, "merge", "--quiet", "--no-ff", "-m", "m", "feature")
        git(stranger.team, "update-ref", MERGE, "merged")
        git(stranger.team, "checkout", "--quiet", "main")
        stranger.github.open_pull(7, head)
        stranger.tell(head=head)

        assert stranger.verdict.verdict == "not_evaluated"
        assert stranger.verdict.model == "credit"
        assert stranger.github.statuses[head][0]["state"] == "pending"


def test_a_lock_that_leads_to_the_runners_own_secrets_leads_nowhere(stranger, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", CANARY)
    (stranger.team.folder / "x").write_text("")
    git(stranger.team, "checkout", "--quiet", "-B", "feature", "main")
    (stranger.team.folder / "ci-mlops.lock").unlink()
    (stranger.team.folder / "ci-mlops.lock").symlink_to("/proc/self/environ")
    head = stranger.team.commit(CHANGE)
    git(stranger.team, "checkout", "--quiet", "-B", "merged", "main")
    author = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    git(stranger.team, *author, "merge", "--quiet", "--no-ff", "-m", "m", "feature")
    git(stranger.team, "update-ref", MERGE, "merged")
    git(stranger.team, "checkout", "--quiet", "main")
    stranger.github.open_pull(7, head)
    stranger.tell(head=head)

    assert not (stranger.home / "room" / "merge" / "ci-mlops.lock").is_symlink()
    assert stranger.verdict.verdict == "not_evaluated"


def test_labels_that_this_job_alone_may_fetch_are_found_in_its_own_checkout(stranger):
    """Neither base nor the change holds them: git ignores them, and a step of ours fetched them."""
    place = stranger.team.folder / "data" / "test.csv"
    labels, before = place.read_text(), git(stranger.team, "rev-parse", "main")
    try:
        place.unlink()
        stranger.team.commit({".gitignore": ".ci-mlops*/\nmodel/\ndata/test.csv\n"})
        stranger.propose(CHANGE)
        base = git(stranger.team, "rev-parse", "main")
        left = {
            name: content.replace(before.encode(), base.encode()) for name, content in stranger.left.items()
        }
        stranger.tell(packed(left))
        missed = stranger.comment
        place.write_text(labels)
        stranger.tell_of_what_is_there()
    finally:
        git(stranger.team, "reset", "--quiet", "--hard", before)

    assert "data/test.csv is missing" in missed.replace("`", "")
    assert stranger.comment.startswith("### 🔵 For information: model gate passed")


def test_a_policy_that_the_fork_edits_is_told_at_the_top_and_not_used(stranger):
    edited = (
        CONFIG.replace("min: 0.3", "min: 0.99")
        .replace("0.05}", "0.9}")
        .replace("[accuracy, recall]", "[accuracy]")
    )
    edited += "cost: {unit: EUR, false_negative: 5, false_positive: 1}\n"
    edited += "waivers: [{metric: recall, until: 2030-01-01, reason: trust me}]\n"
    folder = stranger.team.folder
    labels = (folder / "data" / "test.csv").read_text()
    moved = labels.replace(",0\n", ",1\n", 100)
    (folder / "data" / "test.csv").write_text(moved)
    sets = {"train": ("data/train.csv",), "test": ("data/test.csv",)}
    write_lock(stranger.home / "moved.lock", pin_data(folder, sets, stranger.home / "pins"))
    (folder / "data" / "test.csv").write_text(labels)
    lock = (stranger.home / "moved.lock").read_text()
    stranger.propose({**CHANGE, "ci-mlops.yml": edited, "ci-mlops.lock": lock, "data/test.csv": moved})
    stranger.tell()

    top = stranger.comment.partition("| Metric |")[0]
    assert "This change also edits the gate policy" in top
    for edit in (
        "gates.accuracy.max_regression: 0.05 -> 0.9",
        "gates.recall.min: 0.3 -> 0.99",
        "cost.false_negative: none -> 5",
        "waivers.recall: none -> until 2030-01-01",
        "metrics: accuracy, recall -> accuracy",
    ):
        assert edit in top, edit
    assert "This change moves the pin of the test data" in top
    assert stranger.verdict.verdict == "passed"


def test_a_comment_of_a_stranger_with_our_marker_is_left_alone_and_our_own_is_written_over(stranger):
    key = ".github%2Fworkflows%2Fci-mlops.yml"
    marker = f"<!-- ci-mlops:report:v1 model=credit key={key} run=999.1 sha={stranger.proposed.head} -->"
    planted = stranger.github.plant(7, f"Passed, says mallory\n\n{marker}")
    stranger.tell(b"nothing")
    stranger.tell_of_what_is_there()

    assert planted["body"].startswith("Passed, says mallory")
    assert [comment["user"]["login"] for comment in stranger.github.comments[7]] == [
        "mallory",
        "github-actions[bot]",
    ]


def test_titles_branches_and_labels_are_never_said(stranger):
    evil = "$(touch PWN) `touch PWN` PWNED\n::set-output name=verdict::passed"
    stranger.github.open_pull(7, stranger.proposed.head, title=evil, branch=evil, labels=(evil,))
    stranger.tell(b"nothing", branch=evil, display_title=evil, head_commit={"message": evil})

    assert "For information" in stranger.comment
    assert "PWNED" not in "".join(
        (stranger.comment, *stranger.said, (stranger.home / "summary.md").read_text())
    )


def test_a_newline_in_a_word_of_the_change_makes_no_output_and_no_command(stranger):
    word = "\\nverdict=passed\\n::set-output name=verdict::passed\\n##[set-output name=verdict]passed"
    stranger.propose({"ci-mlops.yml": CONFIG.replace("[accuracy, recall]", f'["x{word}"]')})
    stranger.tell()
    outputs = (stranger.home / "outputs").read_text()

    assert stranger.verdict.reason == "`metrics[0]` goes over several lines"
    assert not [line for line in outputs.splitlines() if line.startswith(("verdict=", "::", "##["))]
    assert "\nverdict<<" in f"\n{outputs}"
    assert not any(
        line.startswith(("::set-output", "##[")) for said in stranger.said for line in said.splitlines()
    )
