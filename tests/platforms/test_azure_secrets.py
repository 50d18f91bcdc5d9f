"""The token goes where it belongs and nowhere else, whatever lies around on the machine."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ci_mlops.platforms.azure.token import read_token
from tests.fakes.azure import FakeAzure, Fault, answers

ROOT = Path(__file__).parents[2]
CANARY = "canary-7f3a9c"
PUBLISH = """
import sys
from ci_mlops.platforms import detect
from ci_mlops.records import Publication
import os
told = detect(os.environ).publish(Publication(
    model="m", summary="", outputs={}, annotations=(), state="success", description="d", comment="### c", key="k"))
print(told.comment, told.status, os.environ["AZURE_DEVOPS_CACHE_DIR"])
"""


def published_by_a_process(devops, home, **environ):
    told = {"PATH": os.environ["PATH"], "HOME": str(home), **devops.variables(), **environ}
    done = subprocess.run(
        [sys.executable, "-c", PUBLISH], cwd=ROOT, env=told, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_nothing_is_left_in_a_home_folder_or_anywhere_else(devops, tmp_path):
    comment, status, folder = published_by_a_process(devops, tmp_path)

    assert (comment, status) == ("created", "set")
    assert list(tmp_path.iterdir()) == []
    assert not Path(folder).exists()


def test_what_an_earlier_step_left_for_the_sdk_to_believe_is_not_read(devops, tmp_path):
    """The SDK keeps what a server told it in a folder; whoever can write there could send our token to himself."""
    with FakeAzure() as evil:
        planted = f'{{"{devops.collection_url.rstrip("/")}": [{{"locationUrl": "{evil.collection_url}"}}]}}'
        for name in ("options.json", "resources.json"):
            (tmp_path / name).write_text(planted)
        folder = str(tmp_path)
        comment, _, used = published_by_a_process(devops, tmp_path, AZURE_DEVOPS_CACHE_DIR=folder)

        assert evil.seen == []
    assert comment == "created"
    assert used != folder


def test_a_netrc_does_not_take_the_tokens_place(devops, azure, publication, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login mallory password stolen\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    assert azure().publish(publication).comment == "created"
    assert {seen.token for seen in devops.seen} == {"writer"}


@pytest.mark.parametrize("fault", [None, answers(500), Fault(kind="revoke"), Fault(kind="reset")])
def test_the_token_is_in_nothing_that_is_said(devops, azure, publication, capfd, tmp_path, fault):
    devops.tokens[CANARY] = devops.tokens["writer"]
    if fault is not None:
        devops.fail("POST", "/threads", *[fault] * 10)
    platform = azure(SYSTEM_ACCESSTOKEN=CANARY)
    platform.announce(publication)
    published = platform.publish(publication)
    printed = capfd.readouterr()

    written = "".join(path.read_text() for path in tmp_path.rglob("*.md"))
    assert CANARY not in f"{published}{printed}{written}{platform._token!r}{devops.threads}"


def test_a_server_that_repeats_what_it_was_sent_is_not_repeated_by_us(devops, azure, publication):
    devops.fail(
        "POST", "/threads", Fault(status=403, message=f"identity '{CANARY}\n##vso[x]' Bearer {CANARY}")
    )
    [warning] = azure().publish(publication).warnings

    assert "Bearer" not in warning
    assert "##vso" not in warning


def test_the_runs_own_token_goes_before_a_persons():
    told = {"SYSTEM_ACCESSTOKEN": "run", "AZURE_DEVOPS_EXT_PAT": "mine"}

    assert (read_token(told).value, read_token(told).personal) == ("run", False)
    assert read_token({**told, "SYSTEM_ACCESSTOKEN": "$(System.AccessToken)"}).personal


def test_a_persons_token_is_sent_as_such(devops, azure, publication):
    published = azure(SYSTEM_ACCESSTOKEN="", AZURE_DEVOPS_EXT_PAT="writer").publish(replace(publication))

    assert "not accept the token" in published.warnings[0]
