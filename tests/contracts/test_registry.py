"""What every registry does, ours or anybody's: a real MLflow server, a database, and the fake."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from ci_mlops.errors import RegistryFailed
from ci_mlops.files.digest import tree_digest
from ci_mlops.ports import Registry
from ci_mlops.records import Registration
from ci_mlops.registries.mlflow import MlflowRegistry
from tests.fakes.registry import FakeRegistry

STAGES = ("staging", "production")
Decide = Callable[..., Registration]


@pytest.fixture(params=["server", "sqlite", "fake"])
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Registry:
    if request.param == "fake":
        return FakeRegistry(tmp_path / "fake", STAGES)
    fixture = {"server": "mlflow_server", "sqlite": "sqlite_registry_uri"}[request.param]
    return MlflowRegistry(request.getfixturevalue(fixture), STAGES, environ={})


@pytest.fixture
def decide(tmp_path: Path) -> Decide:
    """A registration of a model under a name of its own: the server is shared."""
    name = f"credit risk-{uuid4().hex[:8]}"

    def registration(content: bytes = b"\x00weights\xff", **changes: object) -> Registration:
        model = tmp_path / "judged" / "model.joblib"
        model.parent.mkdir(exist_ok=True)
        model.write_bytes(content)
        report = tmp_path / "report.md"
        report.write_text("# passed\n")
        decided = Registration(
            name=name,
            model=model,
            digest=tree_digest(model),
            stage="staging",
            tags={
                "ci_mlops.verdict": "passed",
                "ci_mlops.verdict_digest": "sha256:1",
                "ci_mlops.commit": "c1",
            },
            evidence=(report,),
            metrics={"recall": 0.9},
        )
        return replace(decided, **changes)

    return registration


def test_an_unknown_name_has_no_versions_and_no_pointer(registry: Registry) -> None:
    assert registry.versions("nobody") == []
    assert registry.pointer("nobody", "staging") is None


def test_a_registered_version_tells_its_digest_and_tags(registry: Registry, decide: Decide) -> None:
    decided = decide()

    version = registry.register(decided)

    assert version.number == "1"
    assert version.digest == decided.digest
    assert version.tags.items() >= {**decided.tags, "ci_mlops.digest": decided.digest}.items()
    assert registry.versions(decided.name) == [version]


def test_registering_moves_no_pointer(registry: Registry, decide: Decide) -> None:
    version = registry.register(decide())

    assert version.stages == ()
    assert registry.pointer(version.name, "staging") is None


def test_a_pointer_moves_to_the_version_it_is_told(registry: Registry, decide: Decide) -> None:
    first = registry.register(decide())
    second = registry.register(decide(b"better"))

    registry.move(first.name, "staging", first.number)
    registry.move(first.name, "production", first.number)
    registry.move(first.name, "staging", second.number)

    staging = registry.pointer(first.name, "staging")
    production = registry.pointer(first.name, "production")
    assert staging is not None
    assert production is not None
    assert (staging.number, staging.stages) == ("2", ("staging",))
    assert (production.number, production.stages) == ("1", ("production",))


def test_the_newest_version_comes_first_beyond_nine(registry: Registry, decide: Decide) -> None:
    name = decide().name
    for content in range(11):
        registry.register(decide(str(content).encode()))

    assert [version.number for version in registry.versions(name)] == [
        str(number) for number in range(11, 0, -1)
    ]


def test_the_same_model_and_verdict_is_the_same_version(registry: Registry, decide: Decide) -> None:
    first = registry.register(decide())

    again = registry.register(decide())

    assert again == first
    assert len(registry.versions(first.name)) == 1


def test_the_same_model_with_another_verdict_is_another_version(registry: Registry, decide: Decide) -> None:
    first = registry.register(decide())

    other = registry.register(
        decide(tags={"ci_mlops.verdict": "blocked", "ci_mlops.verdict_digest": "sha256:2"})
    )

    assert (first.number, other.number) == ("1", "2")


def test_a_second_attempt_of_one_commit_is_the_same_version(registry: Registry, decide: Decide) -> None:
    told = {"ci_mlops.fingerprint": "f", "ci_mlops.commit": "c", "ci_mlops.verdict": "passed"}
    first = registry.register(decide(tags={**told, "ci_mlops.verdict_digest": "sha256:attempt-1"}))

    again = registry.register(decide(tags={**told, "ci_mlops.verdict_digest": "sha256:attempt-2"}))

    assert again == first


def test_a_model_that_was_not_judged_is_not_registered(registry: Registry, decide: Decide) -> None:
    decided = decide(digest="sha256:" + "0" * 64)

    with pytest.raises(RegistryFailed):
        registry.register(decided)

    assert registry.versions(decided.name) == []


def test_a_fetched_file_is_the_judged_one_byte_for_byte(
    registry: Registry, decide: Decide, tmp_path: Path
) -> None:
    version = registry.register(decide(b"\x00\r\n" * 1000))

    fetched = registry.fetch(version, tmp_path / "into")

    assert fetched == tmp_path / "into" / "model.joblib"
    assert fetched.read_bytes() == b"\x00\r\n" * 1000
    assert [path.name for path in (tmp_path / "into").iterdir()] == ["model.joblib"]


def test_a_fetched_folder_is_the_judged_one(registry: Registry, decide: Decide, tmp_path: Path) -> None:
    folder = tmp_path / "my model"
    (folder / "a b" / "deep").mkdir(parents=True)
    (folder / "model.pkl").write_bytes(b"1")
    (folder / "a b" / "deep" / "größe (1) + 'a'.txt").write_text("x")
    version = registry.register(decide(model=folder, digest=tree_digest(folder)))

    fetched = registry.fetch(version, tmp_path / "into")

    assert fetched.name == "my model"
    assert tree_digest(fetched) == version.digest


def test_fetching_twice_replaces_what_was_there(registry: Registry, decide: Decide, tmp_path: Path) -> None:
    version = registry.register(decide())
    fetched = registry.fetch(version, tmp_path)
    fetched.write_bytes(b"spoiled")

    assert registry.fetch(version, tmp_path).read_bytes() == b"\x00weights\xff"


def test_a_version_whose_digest_is_another_is_not_fetched(
    registry: Registry, decide: Decide, tmp_path: Path
) -> None:
    version = registry.register(decide())

    with pytest.raises(RegistryFailed):
        registry.fetch(replace(version, digest="sha256:" + "0" * 64), tmp_path / "into")

    assert list((tmp_path / "into").glob("*")) == []


def test_a_pointer_does_not_move_to_a_version_that_is_not_there(registry: Registry, decide: Decide) -> None:
    version = registry.register(decide())

    with pytest.raises(RegistryFailed):
        registry.move(version.name, "staging", "99")

    assert registry.pointer(version.name, "staging") is None


def test_what_was_registered_beside_a_model_is_fetched_by_its_name(
    registry: Registry, decide: Decide
) -> None:
    version = registry.register(decide())

    assert registry.evidence(version, "report.md") == b"# passed\n"


def test_what_was_not_registered_is_not_there(registry: Registry, decide: Decide) -> None:
    version = registry.register(decide())
    bare = registry.register(decide(b"bare", evidence=()))

    assert registry.evidence(version, "ci-mlops.lock") is None
    assert registry.evidence(bare, "report.md") is None


def test_what_is_kept_beside_a_model_later_is_fetched_too_and_the_last_one_counts(
    registry: Registry, decide: Decide
) -> None:
    version = registry.register(decide())

    registry.keep(version, "passport.jsonl", b"first")
    registry.keep(version, "passport.jsonl", b"second")

    assert registry.evidence(version, "passport.jsonl") == b"second"
    assert registry.evidence(version, "report.md") == b"# passed\n"


def test_entries_get_numbers_in_order_and_are_told_as_they_were_written(
    registry: Registry, decide: Decide
) -> None:
    version = registry.register(decide())
    assert registry.entries(version.name) == []

    numbers = [registry.add_entry(version, f'{{"n": {at}, "é": "\\n"}}', f"d{at}") for at in range(3)]
    registry.settle(version, 2, "d1")

    told = [(one.number, one.text, one.digest, one.settled) for one in registry.entries(version.name)]
    assert numbers == [1, 2, 3]
    assert told == [(at + 1, f'{{"n": {at}, "é": "\\n"}}', f"d{at}", at == 1) for at in range(3)]
    (again,) = registry.versions(version.name)
    assert again.tags["ci_mlops.last_event"] == "2 d1"


def test_pointers_are_told_all_at_once(registry: Registry, decide: Decide) -> None:
    first = registry.register(decide())
    second = registry.register(decide(b"better"))
    assert registry.pointers(first.name) == {}

    registry.move(first.name, "staging", second.number)
    registry.move(first.name, "production", first.number)

    assert registry.pointers(first.name) == {"staging": "2", "production": "1"}


def test_an_unknown_name_has_no_pointers_and_no_entries(registry: Registry) -> None:
    assert registry.pointers("nobody") == {}
    assert registry.entries("nobody") == []


def test_entries_are_told_in_the_order_of_their_numbers_beyond_nine_and_as_long_as_reasons_make_them(
    registry: Registry, decide: Decide
) -> None:
    version = registry.register(decide())
    texts = [f"{at} {'größer, ' * 1000 if at == 5 else ''}" for at in range(11)]

    numbers = [registry.add_entry(version, text, "d") for text in texts]

    told = registry.entries(version.name)
    assert numbers == [one.number for one in told] == list(range(1, 12))
    assert [one.text for one in told] == texts


def test_a_trail_is_of_one_name_and_no_version_of_it(registry: Registry, decide: Decide) -> None:
    version = registry.register(decide())
    other = registry.register(decide(name=f"{version.name}-2"))
    registry.add_entry(version, "{}", "d")

    assert registry.entries(other.name) == []
    assert [one.number for one in registry.versions(version.name)] == [version.number]
    assert registry.pointers(version.name) == {}


def test_a_version_names_the_newest_entry_about_it_and_no_other_version_does(
    registry: Registry, decide: Decide
) -> None:
    first, second = registry.register(decide()), registry.register(decide(b"better"))
    for at in (1, 2):
        registry.add_entry(first, f"{at}", f"d{at}")
        registry.settle(first, at, f"d{at}")

    tagged = {one.number: one.tags.get("ci_mlops.last_event") for one in registry.versions(first.name)}
    assert tagged == {first.number: "2 d2", second.number: None}
    assert [one.settled for one in registry.entries(first.name)] == [True, True]


def test_a_pointer_goes_back_as_it_went_up_and_a_move_to_where_it_is_changes_nothing(
    registry: Registry, decide: Decide
) -> None:
    first, second = registry.register(decide()), registry.register(decide(b"better"))
    for number in (first.number, second.number, second.number, first.number):
        registry.move(first.name, "production", number)
        assert registry.pointers(first.name) == {"production": number}
