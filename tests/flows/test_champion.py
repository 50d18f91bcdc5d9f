"""Who the candidate is compared with: the highest stage that holds a version, else base, else nobody."""

import pytest

from ci_mlops.errors import BadConfig, RegistryFailed
from ci_mlops.flows.champion import FromBase, FromRegistry, NoChampion, find_champion
from ci_mlops.flows.train import train
from ci_mlops.records import Registration, Version
from tests.fakes.registry import FakeRegistry
from tests.flows.loans import CONFIG, found_team, git

REGISTRY = "registry: {uri: 'fake://', stages: [staging, production]}\n"


@pytest.fixture
def team(tmp_path):
    return found_team(tmp_path, config=CONFIG + REGISTRY)


def version(number):
    return Version(name="loans", number=number, digest="sha256:x")


def pointers(**held):
    return held.get


def test_the_highest_stage_that_holds_one_is_the_champion(team):
    project = team.project()

    assert find_champion(project, pointers(staging=version("7"), production=version("5"))) == FromRegistry(
        version=version("5"), stage="production"
    )
    assert find_champion(project, pointers(staging=version("7"))) == FromRegistry(
        version=version("7"), stage="staging"
    )


def test_without_any_version_it_is_base_and_that_is_said(team):
    project = team.project()
    found = find_champion(project, pointers())

    assert isinstance(found, FromBase)
    assert found.commit == project.base.commit
    assert "no stage" in found.notice


def with_base(team, line):
    git(team.folder, "checkout", "-q", "main")
    team.write("ci-mlops.yml", CONFIG + REGISTRY + line)
    team.commit()
    git(team.folder, "checkout", "-q", "-B", "change")
    team.commit("Begin a change")
    return team.project()


def test_a_named_stage_overrules_the_ladder(team):
    project = with_base(team, "compare_with: staging\n")
    found = find_champion(project, pointers(staging=version("7"), production=version("5")))

    assert found == FromRegistry(version=version("7"), stage="staging")


def test_base_can_be_wanted_though_there_is_a_registry(team):
    project = with_base(team, "compare_with: base\n")
    found = find_champion(project, pointers(production=version("5")))

    assert isinstance(found, FromBase)
    assert not found.notice


def test_the_change_can_not_choose_its_own_opponent(team):
    team.write("ci-mlops.yml", CONFIG + REGISTRY + "compare_with: base\n")
    found = find_champion(team.project(), pointers(production=version("5")))

    assert isinstance(found, FromRegistry)


def test_a_base_that_pins_nothing_or_trains_nothing_has_no_model(team):
    git(team.folder, "checkout", "-q", "main")
    git(team.folder, "rm", "-q", "--cached", "ci-mlops.lock")
    git(team.folder, "commit", "-q", "-m", "Without lock")
    git(team.folder, "checkout", "-q", "-B", "change")
    found = find_champion(team.project(), pointers())

    assert isinstance(found, NoChampion)
    assert "ci-mlops.lock" in found.reason


@pytest.fixture
def registered(team, tmp_path):
    """A registry with the model of an earlier training at production."""
    registry = FakeRegistry(tmp_path / "registry")
    team.registries["fake://"] = registry
    first = train(team.tools, team.project(), team.output).candidate
    made = registry.register(
        Registration(
            name="loans",
            model=team.output / "models" / "candidate" / first.model.path,
            digest=first.model.digest,
            stage="production",
            tags={"ci_mlops.fingerprint": first.fingerprint, "ci_mlops.commit": "c0ffee"},
            evidence=(),
        )
    )
    registry.move("loans", "production", made.number)
    return registry, first


def test_a_registered_champion_is_fetched_and_not_trained(team, registered):
    _, first = registered
    team.replace("train.py", "import hashlib", "# another model\nimport hashlib")
    team.trainings()
    trained = train(team.tools, team.project(), team.output)

    assert team.trainings() == 1
    assert trained.champion.origin == "registry"
    assert trained.champion.version == "1"
    assert trained.champion.commit == "c0ffee"
    assert trained.champion.fingerprint == first.fingerprint
    assert trained.champion.model == first.model


def test_a_registered_model_that_is_not_what_was_judged_is_refused(team, registered):
    registry, _ = registered
    for file in registry.room.rglob("model.bin"):
        file.write_text("swapped")

    with pytest.raises(RegistryFailed):
        train(team.tools, team.project(), team.output)


def test_a_stage_that_is_not_on_the_ladder_is_refused(team):
    with pytest.raises(BadConfig, match="canary"):
        find_champion(with_base(team, "compare_with: canary\n"), pointers())
