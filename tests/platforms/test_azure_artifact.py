"""The judged model, found by name among the pipeline's runs for pull requests of this repository."""

import io
import zipfile
from dataclasses import replace

import pytest

from ci_mlops.errors import PlatformFailed
from ci_mlops.platforms.azure.artifacts import MOST_RUNS, fetch_artifact
from ci_mlops.platforms.azure.place import read_place
from ci_mlops.platforms.azure.token import Token
from tests.fakes.azure import Identity, answers
from tests.platforms.conftest import HURRY

NAME = "ci-mlops-0123"


def test_the_newest_artifact_of_the_name_is_fetched_and_unpacked(devops, azure, tmp_path):
    devops.store(NAME, {"verdict.json": "old"})
    devops.store(NAME, {"verdict.json": "new", "models/a/b": "deep"})
    devops.store("another", {"verdict.json": "other"})
    found = azure().artifact(NAME, tmp_path / "into")

    assert found == tmp_path / "into"
    assert (found / "verdict.json").read_text() == "new"
    assert (found / "models/a/b").read_text() == "deep"


def test_no_artifact_of_the_name_is_none(devops, azure, tmp_path):
    devops.store("another", {"verdict.json": "other"})

    assert azure().artifact(NAME, tmp_path / "into") is None
    assert not (tmp_path / "into").exists()


@pytest.mark.parametrize(
    "stranger",
    [
        {"reason": "manual"},
        {"reason": "individualCI", "branch": "refs/heads/main"},
        {"pipeline": 13},
        {"repository": "00000000-0000-0000-0000-000000000000"},
        {"branch": "refs/heads/main"},
    ],
    ids=["by hand", "a push", "another pipeline", "another repository", "no pull request"],
)
def test_what_was_not_judged_by_this_pipeline_on_a_pull_request_is_passed_over(
    devops, azure, tmp_path, stranger
):
    devops.store(NAME, {"verdict.json": "ours"})
    devops.store(NAME, {"verdict.json": "theirs"}, **stranger)

    assert (azure().artifact(NAME, tmp_path / "into") / "verdict.json").read_text() == "ours"


def test_a_forks_run_is_passed_over(devops, azure, tmp_path):
    devops.store(NAME, {"verdict.json": "ours"})
    devops.store(NAME, {"verdict.json": "theirs"}, branch="refs/pull/9/merge")
    devops.forks.add(9)

    assert (azure().artifact(NAME, tmp_path / "into") / "verdict.json").read_text() == "ours"


def test_a_forks_run_of_a_repository_on_github_is_known_by_what_its_trigger_said(devops, azure, tmp_path):
    devops.store(NAME, {"verdict.json": "ours"})
    devops.store(NAME, {"verdict.json": "theirs"})
    devops.builds[-1]["triggerInfo"] = {"pr.isFork": "True"}
    devops.store(NAME, {"verdict.json": "whose?"})
    devops.builds[-1]["triggerInfo"] = {}

    found = azure(BUILD_REPOSITORY_PROVIDER="GitHub").artifact(NAME, tmp_path / "into")
    assert (found / "verdict.json").read_text() == "ours"


def test_no_more_runs_are_looked_up_than_is_worth_it(devops, azure, tmp_path):
    devops.store(NAME, {"verdict.json": "long ago"})
    for index in range(MOST_RUNS):
        devops.store(f"m-{index}", {"a": "1"})

    assert azure().artifact(NAME, tmp_path / "into") is None
    assert len(devops.calls("GET", "/artifacts")) == MOST_RUNS


def test_the_storage_never_sees_our_token(devops, azure, tmp_path):
    devops.redirects_to_storage = True
    devops.store(NAME, {"verdict.json": "ours"})
    azure().artifact(NAME, tmp_path / "into")

    [headers] = devops.stored
    assert "writer" not in str(headers)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/x", "https://evil.example/x", "https://visualstudio.com.evil/x"]
)
def test_an_address_that_is_not_azures_own_is_not_asked(devops, azure, tmp_path, address):
    devops.store_archive(NAME, b"", address=address)

    with pytest.raises(PlatformFailed, match="not its own"):
        azure().artifact(NAME, tmp_path / "into")


@pytest.mark.parametrize("member", ["../x", "/x", "a/../../x", "a\\..\\x"])
def test_an_archive_that_leads_out_of_its_folder_is_refused(devops, azure, tmp_path, member):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(member, "x")
    devops.store_archive(NAME, packed.getvalue())

    with pytest.raises(PlatformFailed, match="leads out of its folder"):
        azure().artifact(NAME, tmp_path / "deep" / "into")
    assert not (tmp_path / "x").exists()
    assert not (tmp_path / "deep" / "into").exists()


def test_what_is_no_archive_is_refused(devops, azure, tmp_path):
    devops.store_archive(NAME, b"not a zip")

    with pytest.raises(PlatformFailed, match="no readable zip"):
        azure().artifact(NAME, tmp_path / "into")


def test_an_artifact_that_is_too_large_is_given_up(devops, tmp_path):
    build = devops.store_archive(NAME, b"x" * 1000)
    place = read_place(devops.variables())
    address = devops.artifacts[build][0]["resource"]["downloadUrl"]

    with pytest.raises(PlatformFailed, match="larger than 999 bytes"):
        fetch_artifact(address, NAME, place, Token("writer"), tmp_path / "into", HURRY, largest=999)


def test_a_download_survives_a_passing_failure(devops, azure, tmp_path):
    build = devops.store(NAME, {"verdict.json": "ours"})
    devops.fail("GET", f"Containers/{build}", answers(503), answers(502))

    assert azure().artifact(NAME, tmp_path / "into")


@pytest.mark.parametrize(
    ("token", "told"),
    [("", "no token"), ("expired", "not accept the token"), ("blind", "`View builds`")],
)
def test_why_artifacts_cannot_be_looked_up_is_told(devops, azure, tmp_path, token, told):
    devops.tokens["blind"] = Identity(permissions=frozenset())

    with pytest.raises(PlatformFailed, match=told) as failed:
        azure(SYSTEM_ACCESSTOKEN=token).artifact(NAME, tmp_path / "into")
    assert failed.value.mend


def test_a_server_that_does_not_answer_is_told(devops, azure, tmp_path):
    devops.fail("GET", "/builds", *[answers(500)] * 10)

    with pytest.raises(PlatformFailed, match="500 again and again"):
        azure(patience=replace(HURRY, attempts=1)).artifact(NAME, tmp_path / "into")
