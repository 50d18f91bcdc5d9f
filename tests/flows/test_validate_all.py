"""Several models in one repository: which of them a change touches."""

from pathlib import PurePosixPath

import pytest

from ci_mlops.errors import BadConfig
from ci_mlops.flows.validate_all import find_models, gravest, slugs, untouched
from tests.flows.two_models import found_two


@pytest.fixture
def team(tmp_path):
    return found_two(tmp_path)


def decided(team):
    return {one.name: (one.decision, one.reason) for one in find_models(team.tools, team.folder)}


def test_a_change_of_nothing_touches_no_model(team):
    team.write("README.md", "words")
    team.commit()

    assert decided(team) == dict.fromkeys(
        ("cards", "loans"), ("untouched", "code, data, environment, settings and policy are base's")
    )
    assert team.trainings() == 0


def test_the_workflow_of_the_same_name_is_no_model(team):
    team.write(".github/workflows/ci-mlops.yml", "name: Model gate\non: [pull_request]\njobs: {}\n")
    team.commit()

    assert set(decided(team)) == {"cards", "loans"}


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("train.py", "SHARE = 0.6", "SHARE = 0.5", "code (train.py)"),
        ("score.py", "/ 10", "/ 20", "code (score.py)"),
        ("ci-mlops.yml", "min: 0.6", "min: 0.5", "policy (gates.accuracy.min: 0.6 -> 0.5)"),
        ("ci-mlops.yml", "run: python train.py", "run: python -u train.py", "settings (ci-mlops.yml), run"),
        ("data/train.csv", "no\n", "yes\n", "data that is not as pinned (data/train.csv)"),
        ("data/test.csv", "no\n", "yes\n", "data that is not as pinned (data/test.csv)"),
        ("ci-mlops.lock", "rows = 600", "rows = 601", "data.test"),
    ],
    ids=["code", "scoring", "a rule", "the command", "training data", "test rows", "the lock"],
)
def test_a_model_is_judged_for_what_the_change_touches_of_it(team, file, old, new, reason):
    team.replace(f"models/loans/{file}", old, new)
    team.commit()
    found = decided(team)

    assert found["loans"] == ("judge", reason)
    assert found["cards"][0] == "untouched"


def test_a_new_pin_of_training_data_touches_the_model(team):
    team.replace("models/loans/data/train.csv", "no\n", "yes\n")
    lock = team.folder / "models/loans/ci-mlops.lock"
    from ci_mlops.flows.pin import pin

    pin(team.folder / "models/loans/ci-mlops.yml", team.cache)
    team.commit()

    assert "data.train" in lock.read_text() or lock.is_file()
    assert decided(team)["loans"][1].startswith("data.train")


def test_code_that_scores_a_model_touches_it_though_no_input_names_it(team):
    team.write("models/loans/features.py", "SHIFT = 1\n")
    team.commit()
    found = decided(team)

    assert found["loans"] == ("judge", "code (models/loans/features.py)")
    assert found["cards"][0] == "untouched"


def test_code_outside_of_the_folder_and_the_inputs_touches_no_model(team):
    team.write("shared.py", "FACTOR = 2\n")
    team.commit()

    assert {decision for decision, _ in decided(team).values()} == {"untouched"}


@pytest.mark.parametrize(("link", "target"), [("train.py", "code/train.py"), ("lib", "code")])
def test_what_a_named_link_leads_to_touches_the_model(team, link, target):
    team.git("checkout", "-q", "main")
    team.write("code/train.py", (team.folder / "models/loans/train.py").read_text())
    place = team.folder / "models/loans" / link
    place.unlink(missing_ok=True)
    place.symlink_to(f"../../{target}")
    team.replace("models/loans/ci-mlops.yml", "inputs: [train.py", "inputs: [lib, train.py")
    team.commit("Share the code")
    team.git("checkout", "-q", "-B", "change")
    team.commit("Begin a change")
    untouched_yet = decided(team)["loans"][0]
    team.replace("code/train.py", "SHARE = 0.6", "SHARE = 0.1")
    team.commit()
    found = decided(team)

    assert untouched_yet == "untouched"
    assert found["loans"] == ("judge", f"code ({link})")
    assert found["cards"][0] == "untouched"


def test_an_included_requirement_that_was_not_solved_yet_touches_the_model(team):
    from dataclasses import replace

    from ci_mlops.datasets.lock import read_lock, write_lock
    from ci_mlops.environments.declaration import read_declaration
    from ci_mlops.records import ResolvedEnvironment

    folder = team.folder / "models/loans"
    team.replace("models/loans/ci-mlops.yml", "data:\n", "environment: requirements.txt\ndata:\n")
    team.write("models/loans/requirements.txt", "-r ../../common.txt\n")
    team.write("common.txt", "numpy\n")
    digest = read_declaration(folder, "requirements.txt").digest
    solved = ResolvedEnvironment(source="requirements.txt", declared=digest, python="3.11", packages=())
    write_lock(folder / "ci-mlops.lock", replace(read_lock(folder / "ci-mlops.lock"), environment=solved))
    team.commit()
    team.git("branch", "-f", "main")
    team.commit()

    assert decided(team)["loans"][0] == "untouched"
    team.write("common.txt", "numpy<2\n")
    team.commit()
    assert decided(team)["loans"] == ("judge", "environment")


def test_without_named_inputs_whatever_lies_beside_a_model_may_be_imported(tmp_path):
    team = found_two(tmp_path, inputs=False)
    team.write("shared.py", "FACTOR = 2\n")
    team.commit()

    assert decided(team) == dict.fromkeys(("cards", "loans"), ("judge", "code (shared.py)"))


def test_the_settings_and_the_lock_of_another_model_are_no_code(tmp_path):
    team = found_two(tmp_path, inputs=False)
    team.replace("models/loans/ci-mlops.yml", "min: 0.6", "min: 0.5")
    team.commit()

    assert decided(team)["cards"][0] == "untouched"


def test_a_data_file_that_is_a_pointer_to_what_is_pinned_is_no_change(team):
    place = team.folder / "models/loans/data/train.csv"
    from ci_mlops.files.digest import file_digest

    digest = file_digest(place)
    place.write_text(
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {place.stat().st_size}\n"
    )
    team.commit()

    assert decided(team)["loans"][0] == "untouched"
    place.write_text(place.read_text().replace(digest, "0" * 64))
    assert decided(team)["loans"][0] == "judge"


def test_a_model_that_the_change_adds_is_judged(team):
    for name in ("ci-mlops.yml", "ci-mlops.lock", "train.py", "score.py", "data/train.csv", "data/test.csv"):
        text = (team.folder / "models/loans" / name).read_text().replace("model: loans", "model: leases")
        team.write(f"models/leases/{name}", text)
    team.commit()

    assert decided(team)["leases"] == ("judge", "the base branch has no such config yet")


def test_a_model_that_the_change_removes_is_refused(team):
    team.git("rm", "-rq", "models/cards")
    team.commit()
    one = next(found for found in find_models(team.tools, team.folder) if found.name == "cards")

    assert one.decision == "judge"
    assert isinstance(one.refused, BadConfig)
    assert one.refused.what == (
        "This change takes models/cards/ci-mlops.yml away, which holds the base branch's policy"
    )


def test_a_model_that_moves_to_another_folder_is_refused_in_both(team):
    team.git("mv", "models/cards", "models/charge")
    team.commit()
    refused = {str(found.folder): found.refused for found in find_models(team.tools, team.folder)}

    assert refused["models/loans"] is None
    assert "takes models/cards/ci-mlops.yml away" in refused["models/cards"].what
    assert "takes models/cards/ci-mlops.yml away" in refused["models/charge"].what


def test_settings_that_can_not_be_read_are_told_and_do_not_hide_the_other_model(team):
    team.write("models/loans/ci-mlops.yml", "model: [\n")
    team.commit()
    found = {one.name: one for one in find_models(team.tools, team.folder)}

    assert found["loans"].refused is not None
    assert found["cards"].decision == "untouched"


@pytest.mark.parametrize("other", ["model: cards", "model: 'cards'"])
def test_two_models_of_one_name_are_refused(team, other):
    team.replace("models/loans/ci-mlops.yml", "model: loans", other)
    team.commit()

    with pytest.raises(BadConfig, match="Two models are called `cards`"):
        find_models(team.tools, team.folder)


def test_a_model_can_not_take_the_name_that_another_one_has_on_base(team):
    team.replace("models/loans/ci-mlops.yml", "model: loans", "model: cards")
    team.replace("models/cards/ci-mlops.yml", "model: cards", "model: fresh")
    team.commit()

    with pytest.raises(BadConfig, match="Two models are called"):
        find_models(team.tools, team.folder)


def test_an_untouched_model_has_a_verdict_that_a_required_status_can_be_set_from(team):
    verdict = untouched(team.tools, find_models(team.tools, team.folder)[0])

    assert (verdict.verdict, verdict.exit_code, verdict.model) == ("not_applicable", 0, "cards")
    assert verdict.reason.startswith("Untouched")


def test_no_model_at_all_is_told(tmp_path):
    from tests.flows.loans import found_team

    team = found_team(tmp_path)
    team.git("rm", "-q", "ci-mlops.yml")
    team.git("commit", "-qm", "none")
    team.git("branch", "-f", "main")
    team.commit()

    with pytest.raises(BadConfig, match="no ci-mlops"):
        find_models(team.tools, team.folder)


def test_folders_get_names_of_their_own():
    named = slugs([PurePosixPath(path) for path in (".", "a/b-c", "a-b/c", "models", "x")])

    assert len(set(named.values())) == 5
    assert named[PurePosixPath("x")] == "x"
    assert named[PurePosixPath("models")].startswith("models-")


@pytest.mark.parametrize(
    ("codes", "worst"), [((0, 0), 0), ((0, 10), 10), ((10, 1), 1), ((1, 6, 4), 4), ((0, 3), 3)]
)
def test_the_gravest_code_is_told(codes, worst):
    assert gravest(codes) == worst
