"""Artifacts of earlier runs: the newest that is alive, and nothing that bites."""

import io
import stat
import zipfile

import pytest

from ci_mlops.errors import PlatformFailed
from ci_mlops.platforms.github.artifacts import fetch_artifact, newest_artifact
from ci_mlops.platforms.github.client import connect
from ci_mlops.platforms.unpacking import unpack
from tests.fakes.github import WORKFLOW, Fault, Token, bad_gateway
from tests.platforms.conftest import HURRY


def zipped(*members, text="x", link=False):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in members:
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            if link:
                member.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(member, text)
    return packed.getvalue()


def test_the_newest_unexpired_artifact_of_that_name_is_unpacked(fake, github, tmp_path):
    fake.store("ci-mlops-ab12", {"verdict.json": "old"}, created="2026-11-01")
    fake.store("ci-mlops-ab12", {"verdict.json": "new", "models/m/model.bin": "1"}, created="2026-11-03")
    fake.store("ci-mlops-ab12", {"verdict.json": "gone"}, created="2026-11-05", expired=True)
    fake.store("ci-mlops-other", {"verdict.json": "other"}, created="2026-11-06")
    into = github().artifact("ci-mlops-ab12", tmp_path / "found")

    assert (into / "verdict.json").read_text() == "new"
    assert (into / "models/m/model.bin").read_text() == "1"


def test_only_expired_ones_are_none(fake, github, tmp_path):
    fake.store("ci-mlops-ab12", {"a": "1"}, expired=True)

    assert github().artifact("ci-mlops-ab12", tmp_path / "found") is None


def test_a_fork_cannot_plant_an_artifact_under_our_name(fake, github, tmp_path):
    fake.store("m", {"a": "ours"}, created="2026-11-01")
    fake.store("m", {"a": "theirs"}, created="2026-11-09", fork=True)
    into = github().artifact("m", tmp_path / "found")

    assert (into / "a").read_text() == "ours"


@pytest.mark.parametrize(
    "run",
    [
        {"event": "push"},
        {"event": "workflow_dispatch"},
        {"event": "pull_request_target"},
        {"workflow": ".github/workflows/planting.yml"},
        {"workflow": ".github/workflows/ci-mlops.yml.yml@main"},
    ],
    ids=lambda run: "-".join(run.values()),
)
def test_another_workflow_or_event_cannot_plant_one_either(fake, github, tmp_path, run):
    fake.store("m", {"a": "judged"}, created="2026-11-01")
    fake.store("m", {"a": "planted"}, created="2026-11-09", **run)
    into = github().artifact("m", tmp_path / "found")

    assert (into / "a").read_text() == "judged"


@pytest.mark.parametrize("run", [{"event": "merge_group"}, {"workflow": f"{WORKFLOW}@refs/heads/main"}])
def test_a_merge_queue_judges_too_and_a_file_may_be_named_with_its_branch(fake, github, tmp_path, run):
    fake.store("m", {"a": "judged"}, **run)

    assert github().artifact("m", tmp_path / "found") is not None


def test_the_artifact_of_a_run_that_is_gone_is_not_found(fake, github, tmp_path):
    fake.store("m", {"a": "1"})
    fake.runs.clear()

    assert github().artifact("m", tmp_path / "found") is None


def test_a_workflow_whose_file_is_not_told_finds_none(fake, github, tmp_path):
    fake.store("m", {"a": "1"})

    assert github(GITHUB_WORKFLOW_REF="").artifact("m", tmp_path / "found") is None


def test_a_name_that_is_flooded_is_given_up(fake, github, tmp_path):
    fake.store("m", {"a": "judged"}, created="2026-11-01")
    for _ in range(30):
        fake.store("m", {"a": "planted"}, created="2026-11-09", event="push")

    assert github().artifact("m", tmp_path / "found") is None
    assert len(fake.calls("GET", "/actions/runs/")) == 20


def test_the_newest_is_found_behind_the_first_page(fake, github, tmp_path):
    fake.store("m", {"a": "new"}, created="2026-11-09")
    for _ in range(120):
        fake.store("m", {"a": "old"})
    into = github().artifact("m", tmp_path / "found")

    assert (into / "a").read_text() == "new"


def test_the_storage_never_sees_our_token(fake, github, tmp_path):
    fake.store("m", {"a": "1"})
    github().artifact("m", tmp_path / "found")

    [headers] = fake.stored
    assert "Authorization" not in headers
    assert "writer" not in str(headers)


def test_what_was_there_is_replaced_as_a_whole(fake, github, tmp_path):
    (tmp_path / "found").mkdir()
    (tmp_path / "found" / "stale").write_text("x")
    fake.store("m", {"a": "1"})
    github().artifact("m", tmp_path / "found")

    assert [path.name for path in (tmp_path / "found").iterdir()] == ["a"]


def test_a_502_on_the_way_is_survived(fake, github, tmp_path):
    fake.store("m", {"a": "1"})
    fake.fail("GET", "/artifacts", bad_gateway(), bad_gateway())

    assert github().artifact("m", tmp_path / "found") is not None


def test_a_missing_permission_is_named(fake, github, tmp_path):
    fake.tokens["bare"] = Token(permissions=frozenset())

    with pytest.raises(PlatformFailed, match="`actions: read`"):
        github(GITHUB_TOKEN="bare").artifact("m", tmp_path / "found")


def test_an_artifact_that_expires_under_our_hands_is_told(fake, github, tmp_path):
    fake.store("m", {"a": "1"})
    fake.fail("GET", "/zip", Fault(status=410, message="gone"))

    with pytest.raises(PlatformFailed, match="410"):
        github().artifact("m", tmp_path / "found")

    assert not (tmp_path / "found").exists()


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/x", "..\\x", "C:/x", "a/..", "//x"], ids=ascii)
def test_a_name_that_leads_out_is_refused(fake, github, tmp_path, name):
    fake.store_archive("m", zipped("fine", name))

    with pytest.raises(PlatformFailed, match="leads out"):
        github().artifact("m", tmp_path / "deep" / "found")

    assert list(tmp_path.rglob("x")) == []
    assert not (tmp_path / "deep" / "found").exists()


def test_a_symbolic_link_is_refused(fake, github, tmp_path):
    fake.store_archive("m", zipped("link", text="/etc/passwd", link=True))

    with pytest.raises(PlatformFailed, match="link or a device"):
        github().artifact("m", tmp_path / "found")


@pytest.mark.parametrize("data", [b"", b"no zip", zipped("a")[:-30]], ids=["empty", "text", "torn"])
def test_what_is_no_zip_is_refused(fake, github, tmp_path, data):
    fake.store_archive("m", data)

    with pytest.raises(PlatformFailed, match="no readable zip"):
        github().artifact("m", tmp_path / "found")


def test_a_zip_that_names_one_file_twice_is_refused(tmp_path):
    packed = tmp_path / "twice.zip"
    with pytest.warns(UserWarning, match="Duplicate name"):
        packed.write_bytes(zipped("a", "a"))

    with pytest.raises(PlatformFailed, match="twice"):
        unpack(packed, tmp_path / "into")


def test_a_bomb_is_stopped_while_it_unpacks(tmp_path):
    packed = tmp_path / "bomb.zip"
    packed.write_bytes(zipped("zeros", text="0" * 3_000_000))

    with pytest.raises(PlatformFailed, match="unpacks to more"):
        unpack(packed, tmp_path / "into", largest=1_000_000)


def test_an_endless_download_is_stopped(fake, tmp_path):
    fake.store_archive("m", b"0" * 3_000_000)
    artifact = newest_artifact(
        connect(fake.api_url, "writer", HURRY), fake.repository, "m", workflow=WORKFLOW
    )

    with pytest.raises(PlatformFailed, match="larger than"):
        fetch_artifact(artifact, "writer", tmp_path / "found", HURRY, largest=1_000_000)

    assert list(tmp_path.iterdir()) == []
