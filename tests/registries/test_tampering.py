"""What is done to the trail behind our back is found and named, on a real database and through a real server's API."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest

from tests.registries.diary import Place, act, history, project, tools

NAME, TRAIL = "diary", "diary.trail"


@pytest.fixture(scope="session")
def lived(migrated_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database in which something has happened: nine events."""
    folder = tmp_path_factory.mktemp("lived")
    shutil.copyfile(migrated_database, folder / "mlflow.db")
    place = Place(f"sqlite:///{folder}/mlflow.db", folder)
    for number, what in enumerate(
        ["register", "promote", "register", "promote", "waive", "promote", "rollback"]
    ):
        assert act(place, what, number) == 0
    return folder


def codes(place: Place, **asked: str) -> set[tuple[str, int]]:
    return {(one.code, one.number) for one in history(tools(place), project(place), **asked).faults}


@pytest.fixture
def place(lived: Path, tmp_path: Path) -> Place:
    shutil.copyfile(lived / "mlflow.db", tmp_path / "mlflow.db")
    return Place(f"sqlite:///{tmp_path}/mlflow.db", tmp_path)


def sql(*statements: str) -> Callable[[Place], None]:
    def act_on(place: Place) -> None:
        with sqlite3.connect(place.folder / "mlflow.db") as database:
            for statement in statements:
                assert database.execute(statement).rowcount > 0, statement

    return act_on


def tag(number: int, key: str) -> str:
    return f"where name = '{TRAIL}' and version = {number} and key = 'ci_mlops.{key}'"


DONE = {
    "the text of an event": (
        sql(f"update model_version_tags set value = replace(value, 'job ', 'jab ') {tag(3, 'event')}"),
        {("edited", 3)},
    ),
    "its text and its digest": (
        sql(
            f"update model_version_tags set value = replace(value, 'job ', 'jab ') {tag(3, 'event')}",
            f"update model_version_tags set value = 'sha256:1' {tag(3, 'event_digest')}",
        ),
        {("edited", 3), ("unlinked", 4)},
    ),
    "an event was deleted": (
        sql(
            f"update model_versions set current_stage = 'Deleted_Internal' where name = '{TRAIL}' and version = 4"
        ),
        {("missing", 4), ("unlinked", 5)},
    ),
    "the end was cut off": (
        sql(
            f"update model_versions set current_stage = 'Deleted_Internal' where name = '{TRAIL}' and version > 6"
        ),
        {("cut_short", 0), ("moved_elsewhere", 0)},
    ),
    "the whole trail is gone": (
        sql(f"update model_versions set current_stage = 'Deleted_Internal' where name = '{TRAIL}'"),
        {("cut_short", 0)},
    ),
    "a stage was moved by hand": (
        sql("update registered_model_aliases set version = 1 where alias = 'production'"),
        {("moved_elsewhere", 0)},
    ),
    "a stage was taken away": (
        sql("delete from registered_model_aliases where alias = 'staging'"),
        {("moved_elsewhere", 0)},
    ),
    "a version was deleted": (
        sql(
            f"update model_versions set current_stage = 'Deleted_Internal' where name = '{NAME}' and version = 1"
        ),
        {("unknown_version", 0)},
    ),
    "a version's digest was edited": (
        sql(
            f"update model_version_tags set value = 'sha256:0' where name = '{NAME}' and version = 2 and key = 'ci_mlops.digest'"
        ),
        {("unknown_version", 0)},
    ),
}


def test_what_nobody_touched_adds_up(place: Place) -> None:
    assert codes(place) == set()


@pytest.mark.parametrize("done", DONE)
def test_tampering_with_a_database_is_found_and_named(place: Place, done: str) -> None:
    tamper, expected = DONE[done]

    tamper(place)

    assert codes(place) == expected


def test_a_chain_that_was_made_anew_lacks_the_event_that_was_written_down(place: Place) -> None:
    written_down = place.open().entries(NAME)[6].digest
    sql(f"update model_version_tags set value = replace(value, 'job ', 'jab ') {tag(7, 'event')}")(place)
    sql(f"update model_version_tags set value = 'sha256:1' {tag(7, 'event_digest')}")(place)

    assert ("cut_short", 0) in codes(place, head=written_down)


def test_tampering_through_a_servers_own_api_is_found(mlflow_server: str, tmp_path: Path) -> None:
    def post(endpoint: str, method: str = "POST", **body: str) -> None:
        asked = Request(
            f"{mlflow_server}/api/2.0/mlflow/{endpoint}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
            method=method,
        )
        with urlopen(asked, timeout=60) as answer:
            assert answer.status == 200

    name = f"diary-{uuid4().hex[:8]}"
    place = Place(mlflow_server, tmp_path, name)
    for number, what in enumerate(["register", "promote", "register", "promote"]):
        assert act(place, what, number) == 0
    ladder = place.open()
    there = ladder.pointers(name)
    numbers = [one.number for one in ladder.entries(name)]
    assert codes(place) == set()

    ladder.move(name, "production", str(int(there["staging"]) - 1))
    moved = codes(place)
    ladder.move(name, "production", there["production"])
    last = str(numbers[-1])
    post(
        "model-versions/set-tag",
        name=f"{name}.trail",
        version=last,
        key="ci_mlops.event_digest",
        value="sha256:1",
    )
    edited = codes(place)
    post("model-versions/delete", "DELETE", name=f"{name}.trail", version=last)
    deleted = codes(place)

    assert moved == {("moved_elsewhere", 0)}
    assert ("edited", numbers[-1]) in edited
    assert {("cut_short", 0), ("moved_elsewhere", 0)} <= deleted
