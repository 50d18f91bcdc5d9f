"""Stories with environments that the team declares: each model in its own."""

import io
from dataclasses import replace

import msgspec
import pytest
from click.testing import CliRunner

from ci_mlops.cli.pin import command
from ci_mlops.datasets.lock import format_lock, parse_lock
from ci_mlops.environments.digest import environment_digest
from ci_mlops.errors import BadConfig, BadData
from ci_mlops.flows import store
from ci_mlops.flows.fingerprint import fingerprint
from ci_mlops.flows.hand_over import read_candidate
from ci_mlops.flows.pin import check_pins, pin
from ci_mlops.flows.predict import predict
from ci_mlops.flows.register import register
from ci_mlops.flows.train import train
from ci_mlops.records import TrainedModel
from tests.environments.wheels import declare, shelf
from tests.fakes.registry import FakeRegistry
from tests.flows.lenders import judged
from tests.flows.loans import CONFIG, found_team, git

TRAIN = (
    "import lending, pathlib\npathlib.Path('model.bin').write_text(lending.VERSION)\nprint('trained once')\n"
)
# says yes or no by the version that scores, so that the file tells which environment it was
SCORE = """\
import csv, lending, sys
model, features, output = sys.argv[1:]
with open(output, "w") as out:
    out.write("id,prediction\\n")
    for row in csv.DictReader(open(features)):
        out.write(f"{row['loan']},{'yes' if lending.VERSION == '2.0' else 'no'}\\n")
"""
DECLARED = (
    CONFIG.replace("task: classification\n", "task: classification\nenvironment: requirements.txt\n")
    + 'predict: {run: "python score.py {model} {features} {output}"}\n'
    + 'registry: {uri: "sqlite:///registry/mlflow.db", stages: [staging, production]}\ncompare_with: base\n'
)


def solve(team):
    pin(team.folder / "ci-mlops.yml", team.cache)


@pytest.fixture
def team(tmp_path):
    """Base lends by version 1, and the change by version 2."""
    team = found_team(tmp_path, config=CONFIG, train=TRAIN)
    team.write("ci-mlops.yml", DECLARED)
    team.write("score.py", SCORE)
    shelf(team.folder / "shelf")
    declare(team.folder, "lending<2")
    solve(team)
    team.commit("Declare the environment")
    team.commit("Nothing")
    git(team.folder, "branch", "-f", "main")
    declare(team.folder, "lending>=2")
    solve(team)
    team.commit("Lend by version 2")
    team.registries[f"sqlite:///{team.folder}/registry/mlflow.db"] = FakeRegistry(tmp_path / "registry")
    return team


def model_of(team, role):
    card, path = store.get(team.output / "models" / role)
    return card, (path / "model.bin").read_text() if path.is_dir() else path.read_text()


def answers(team, role):
    import pyarrow.parquet as parquet

    return set(parquet.read_table(team.output / "predictions" / f"{role}.parquet")["prediction"].to_pylist())


def test_candidate_and_champion_are_trained_and_scored_each_in_its_own(team):
    trained = train(team.tools, team.project(base="main"), team.output)
    predict(team.tools, team.project(base="main"), team.output)

    assert model_of(team, "candidate")[1] == "2.0"
    assert model_of(team, "champion")[1] == "1.0"
    assert answers(team, "candidate") == {"yes"}
    assert answers(team, "champion") == {"no"}
    assert trained.candidate.environment != trained.champion.environment
    assert [one.version for one in trained.champion.resolved.packages] == ["1.0"]


def test_the_environment_is_part_of_the_fingerprint_by_its_lock_alone(team):
    trained = train(team.tools, team.project(base="main"), team.output)

    assert dict(trained.candidate.parts)["environment"] == environment_digest(team.project().lock.environment)


def test_a_declaration_that_was_changed_and_not_solved_again_is_refused_before_any_training(team):
    declare(team.folder, "lending")

    with pytest.raises(BadConfig) as caught:
        train(team.tools, team.project(base="main"), team.output)

    assert "requirements.txt was changed since it was solved" in caught.value.what
    assert "ci-mlops pin" in caught.value.mend
    assert team.trainings() == 0


def test_pin_check_tells_it_too_and_needs_nothing_but_the_files(team, monkeypatch):
    check_pins(team.folder / "ci-mlops.yml", team.cache)
    declare(team.folder, "lending")

    monkeypatch.setenv("PATH", "")
    with pytest.raises(BadConfig, match="was changed since"):
        check_pins(team.folder / "ci-mlops.yml", team.cache)


def test_pin_says_what_moved_in_words(team, monkeypatch):
    monkeypatch.chdir(team.folder)
    declare(team.folder, "scoring")
    first = CliRunner().invoke(command, []).output
    again = CliRunner().invoke(command, []).output
    declare(team.folder, "lending<2")
    back = CliRunner().invoke(command, []).output

    assert "added    scoring 1.0" in first
    assert "2 packages for Python" in first
    assert "from requirements.txt in ci-mlops.lock: 1 changed; commit it" in first
    assert "nothing changed" in again
    assert "removed  scoring 1.0" in back
    assert "moved    lending 2.0 -> 1.0" in back


def test_a_declaration_that_can_not_be_solved_leaves_the_lock_as_it_was(team):
    before = (team.folder / "ci-mlops.lock").read_bytes()
    declare(team.folder, "scoring", "lending<2")

    with pytest.raises(BadConfig, match="can't be installed together"):
        solve(team)

    assert (team.folder / "ci-mlops.lock").read_bytes() == before


def test_the_lock_holds_no_address_and_reads_back_the_same(team):
    text = (team.folder / "ci-mlops.lock").read_text()

    assert "[environment]" in text
    assert "shelf" not in text
    assert "://" not in text
    assert format_lock(parse_lock(text)) == text


def test_a_registered_champion_is_scored_in_the_environment_that_it_was_registered_with(team):
    git(team.folder, "checkout", "-q", "main")
    judged(team)
    register(team.tools, team.project(), team.output)
    git(team.folder, "checkout", "-q", "change")
    team.replace("ci-mlops.yml", "compare_with: base\n", "")
    git(team.folder, "branch", "-f", "main", team.commit())
    predict_after_training(team)

    card, _ = model_of(team, "champion")
    assert card.origin == "registry"
    assert [one.version for one in card.resolved.packages] == ["1.0"]
    assert card.findings == ()
    assert answers(team, "champion") == {"no"}
    assert answers(team, "candidate") == {"yes"}


def test_a_registered_champion_whose_environment_is_not_known_is_scored_in_the_candidates_and_that_is_told(
    team,
):
    git(team.folder, "checkout", "-q", "main")
    judged(team)
    register(team.tools, team.project(), team.output)
    registry = next(iter(team.registries.values()))
    for files in registry.beside.values():
        del files["ci-mlops.lock"]
    git(team.folder, "checkout", "-q", "change")
    team.replace("ci-mlops.yml", "compare_with: base\n", "")
    git(team.folder, "branch", "-f", "main", team.commit())
    predict_after_training(team)

    card, _ = model_of(team, "champion")
    (finding,) = card.findings
    assert (finding.code, finding.role, finding.detail) == ("own_environment", "champion", "unknown")
    assert answers(team, "champion") == {"yes"}


def test_a_lock_that_is_not_the_one_a_version_was_trained_with_is_not_believed(team):
    git(team.folder, "checkout", "-q", "main")
    judged(team)
    register(team.tools, team.project(), team.output)
    registry = next(iter(team.registries.values()))
    for files in registry.beside.values():
        lock = parse_lock(files["ci-mlops.lock"].decode())
        files["ci-mlops.lock"] = format_lock(
            replace(lock, environment=replace(lock.environment, packages=()))
        ).encode()
    git(team.folder, "checkout", "-q", "change")
    team.replace("ci-mlops.yml", "compare_with: base\n", "")
    git(team.folder, "branch", "-f", "main", team.commit())
    predict_after_training(team)

    assert [one.code for one in model_of(team, "champion")[0].findings] == ["own_environment"]


def test_the_registered_model_names_its_requirements_with_their_hashes(team):
    asked = []
    registry = next(iter(team.registries.values()))
    keep = registry.register
    registry.register = lambda registration: asked.append(registration) or keep(registration)
    git(team.folder, "checkout", "-q", "main")
    judged(team)
    register(team.tools, team.project(), team.output)

    (requirement,) = asked[0].requirements
    assert requirement.startswith("lending==1.0 --hash=sha256:")


def predict_after_training(team):
    train(team.tools, team.project(base="main"), team.output)
    predict(team.tools, team.project(base="main"), team.output)


def test_a_lock_of_an_environment_is_read_the_short_way(team, monkeypatch):
    def refuse(text, name):
        raise AssertionError

    monkeypatch.setattr("ci_mlops.datasets.lock.checked", refuse)

    assert parse_lock((team.folder / "ci-mlops.lock").read_text()).environment is not None


def test_a_hand_made_package_without_a_hash_is_refused_with_its_line(team):
    text = (team.folder / "ci-mlops.lock").read_text()
    lines = io.StringIO(text).readlines()
    kept = [line for line in lines if not line.startswith("    ")]

    with pytest.raises(BadData) as caught:
        parse_lock("".join(kept))

    assert "`lending` has no hashes" in caught.value.what


def test_a_candidate_that_was_trained_in_another_environment_than_the_pinned_one_is_not_judged(team):
    train(team.tools, team.project(base="main"), team.output)
    predict(team.tools, team.project(base="main"), team.output)
    card_file = team.output / "models" / "candidate" / "model.json"
    card = msgspec.json.decode(card_file.read_bytes(), type=TrainedModel)
    parts = tuple((name, "sha256:0" if name == "environment" else value) for name, value in card.parts)
    forged = replace(card, parts=parts, fingerprint=fingerprint(parts))
    card_file.write_bytes(msgspec.json.encode(forged))

    with pytest.raises(BadData, match=r"parts \(environment\)"):
        read_candidate(team.project(base="main"), team.output)


def test_a_card_can_not_lead_the_bases_champion_into_another_environment(team):
    train(team.tools, team.project(base="main"), team.output)
    cards = {role: team.output / "models" / role / "model.json" for role in ("candidate", "champion")}
    candidate, champion = (
        msgspec.json.decode(cards[role].read_bytes(), type=TrainedModel) for role in ("candidate", "champion")
    )
    cards["champion"].write_bytes(msgspec.json.encode(replace(champion, resolved=candidate.resolved)))

    predict(team.tools, team.project(base="main"), team.output)

    assert answers(team, "champion") == {"no"}
