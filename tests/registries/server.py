"""A real MLflow server, and a migrated database to copy: made once per session. A plugin for the root conftest."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

START_SECONDS = 180


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty MLflow database: sixty migrations cost seconds, a copy costs nothing."""
    from ci_mlops.registries.address import read_address
    from ci_mlops.registries.client import open_client

    path = tmp_path_factory.mktemp("migrated") / "mlflow.db"
    open_client(read_address(f"sqlite:///{path}", path.parent))
    return path


@pytest.fixture
def sqlite_registry_uri(migrated_database: Path, tmp_path: Path) -> str:
    place = tmp_path / "registry" / "mlflow.db"
    place.parent.mkdir()
    shutil.copyfile(migrated_database, place)
    return f"sqlite:///{place}"


@pytest.fixture(scope="session")
def mlflow_server(migrated_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a real server on the loopback; it is shared, so tests take model names of their own."""
    folder = tmp_path_factory.mktemp("mlflow-server")
    shutil.copyfile(migrated_database, folder / "mlflow.db")
    port = free_port()
    command = [
        *(sys.executable, "-m", "mlflow", "server", "--workers", "1"),
        *("--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}"),
        *("--artifacts-destination", str(folder / "artifacts")),
        *("--host", "127.0.0.1", "--port", str(port)),
    ]
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, env={**os.environ, **quiet}, start_new_session=True
        )
    try:
        _wait_until_well(server, port, folder / "server.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        # the server's own workers are in its group
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_well(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            time.sleep(0.3)
        finally:
            connection.close()
    pytest.fail(f"mlflow server did not start:\n{log.read_text(errors='replace')[-3000:]}")
