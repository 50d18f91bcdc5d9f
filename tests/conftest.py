"""What every test may rely on: no CI around it but the one it asks for, no network but loopback, no silent skips."""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# a real MLflow server, for whoever asks for it
pytest_plugins = ["tests.registries.server"]

CI_VARIABLES = ("GITHUB_", "RUNNER_", "ACTIONS_", "INPUT_", "SYSTEM_", "BUILD_", "AGENT_", "MLFLOW_", "GIT_")
TERMINAL_VARIABLES = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE")
LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0", "::ffff:127.")


class OutsideWorld(AssertionError):
    """A test reached for a machine that is not this one."""


def pytest_configure() -> None:
    # as with an activated environment: `python`, `act` and `mlflow` are the ones that the tests are installed with
    ours = str(Path(sys.executable).parent)
    os.environ["PATH"] = os.pathsep.join((ours, os.environ.get("PATH", os.defpath)))
    # pytest imports readline, which tells children a width past os.environ
    for name in ("COLUMNS", "LINES"):
        os.unsetenv(name)


@pytest.fixture(autouse=True)
def quiet_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The same test, the same result, on a laptop and on any runner."""
    for name in os.environ:
        if name.startswith(CI_VARIABLES) or name in ("CI", "TF_BUILD", *TERMINAL_VARIABLES):
            monkeypatch.delenv(name)
    # a person's own git settings (hooks, signing, line endings) are no part of a test
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("CI_MLOPS_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
            raise OutsideWorld(f"a test wants to talk to {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def repository_root() -> Path:
    return Path(__file__).parent.parent


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    yield
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped and os.environ.get("CI"):
        terminalreporter.write_line(f"{len(skipped)} skipped: CI accepts no skip", red=True)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
