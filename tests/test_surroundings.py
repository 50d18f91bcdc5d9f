"""What conftest.py promises to every test holds."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parent / "conftest.py"
ONE_SKIP = (
    "import pytest\n\ndef test_a(): pass\n\n@pytest.mark.skip(reason='no chromium')\ndef test_b(): pass\n"
)


def run_tests(folder, text, **variables):
    (folder / "conftest.py").write_text(CONFTEST.read_text().replace('"tests.registries.server"', ""))
    (folder / "test_it.py").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\n")
    environ = {name: value for name, value in os.environ.items() if name != "CI"} | variables
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider"],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_skip_is_listed_with_its_reason_and_lets_a_laptop_pass(tmp_path):
    done = run_tests(tmp_path, ONE_SKIP)

    assert done.returncode == 0
    assert "SKIPPED [1] test_it.py:5: no chromium" in done.stdout
    assert "1 passed, 1 skipped" in done.stdout.splitlines()[-1]


def test_a_skip_fails_ci(tmp_path):
    done = run_tests(tmp_path, ONE_SKIP, CI="true")

    assert done.returncode == 1
    assert "1 skipped: CI accepts no skip" in done.stdout


def test_ci_passes_where_nothing_is_skipped(tmp_path):
    done = run_tests(tmp_path, "def test_a(): pass\n", CI="true")

    assert done.returncode == 0


def test_a_test_can_not_talk_to_another_machine():
    with socket.socket() as outward, pytest.raises(AssertionError, match=r"192\.0\.2\.1"):
        outward.connect(("192.0.2.1", 80))


def test_no_ci_and_no_git_settings_are_around_a_test():
    around = [name for name in os.environ if name.startswith("GITHUB_") or name == "CI"]

    assert around == []
    assert os.environ["GIT_CONFIG_GLOBAL"] == os.devnull
