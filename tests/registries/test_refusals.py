"""A server that says no, says nonsense, or says nothing: one clear error each, exit 5, and no secret in it."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from ci_mlops.errors import RegistryFailed
from ci_mlops.records import Version
from ci_mlops.registries.mlflow import MlflowRegistry
from ci_mlops.registries.rest import Connection


@dataclass
class Answers:
    """What the little server says next; the last answer is said again and again."""

    uri: str = ""
    script: list[tuple[int, bytes]] = field(default_factory=list)
    heard: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    wait_seconds: float = 0.0

    def json(self, status: int, body: Any) -> None:
        self.script.append((status, json.dumps(body).encode()))


@pytest.fixture
def server() -> Iterator[Answers]:
    answers = Answers()

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answers.heard.append((self.path, dict(self.headers)))
            time.sleep(answers.wait_seconds)
            status, body = answers.script.pop(0) if len(answers.script) > 1 else answers.script[0]
            self.send_response(status)
            for name, value in answers.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(answers.length or len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = answers.length is not None

        def log_message(self, *_: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    answers.uri = f"http://127.0.0.1:{listening.server_port}"
    yield answers
    listening.shutdown()
    listening.server_close()
    thread.join()


def refused(uri: str, **environ: str) -> RegistryFailed:
    with pytest.raises(RegistryFailed) as caught:
        MlflowRegistry(uri, ("staging",), environ=environ).pointer("credit", "staging")
    assert caught.value.exit_code == 5
    assert caught.value.where
    assert caught.value.mend
    return caught.value


def test_a_401_names_the_secrets_to_set(server: Answers) -> None:
    server.script = [(401, b"You are not authenticated.")]

    error = refused(server.uri)

    assert "(401)" in error.what
    assert "MLFLOW_TRACKING_TOKEN" in error.mend
    assert len(server.heard) == 1


def test_a_403_names_the_right_that_is_missing(server: Answers) -> None:
    server.json(403, {"error_code": "PERMISSION_DENIED", "message": "Permission denied."})

    error = refused(server.uri, MLFLOW_TRACKING_TOKEN="s3cret")

    assert "(403)" in error.what
    assert "EDIT" in error.mend


def test_a_404_without_mlflows_words_is_a_wrong_address(server: Answers) -> None:
    server.script = [(404, b"<h1>Not found</h1>")]

    assert "no MLflow API" in refused(server.uri + "/wrong").what
    assert server.heard[0][0].startswith("/wrong/api/2.0/mlflow/registered-models/get?name=credit")


def test_a_failing_server_is_asked_three_times_and_its_words_are_told(server: Answers) -> None:
    server.json(500, {"error_code": "INTERNAL_ERROR", "message": "disk\nfull"})

    assert "disk full" in refused(server.uri).what
    assert len(server.heard) == 3


def test_a_server_that_comes_back_is_read(server: Answers) -> None:
    server.script = [(503, b"busy"), (429, b"slow down")]
    server.json(404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no such model"})

    assert MlflowRegistry(server.uri, ("staging",), environ={}).pointer("credit", "staging") is None


@pytest.mark.parametrize(
    "body", [b"<html>Please log in</html>", b"[]", b"\xff\x00", b"{}", b'{"registered_model": 3}']
)
def test_an_answer_that_is_not_mlflows_is_told_as_such(server: Answers, body: bytes) -> None:
    server.script = [(200, body)]

    assert "does not speak MLflow's API" in refused(server.uri).what


def test_a_redirect_is_told_with_the_address_it_names(server: Answers) -> None:
    server.script = [(302, b"")]
    server.headers["Location"] = "https://login.example/"

    assert "https://login.example/" in refused(server.uri).what


def test_a_server_that_says_nothing_is_not_waited_for_for_ever(server: Answers) -> None:
    server.script = [(200, b"{}")]
    server.wait_seconds = 0.5
    began = time.monotonic()

    error = refused(server.uri, MLFLOW_HTTP_REQUEST_TIMEOUT="0.1")

    assert "did not answer within 0.1 seconds" in error.what
    assert time.monotonic() - began < 5


def test_nobody_listening_is_unreachable() -> None:
    from tests.registries.server import free_port

    error = refused(f"http://127.0.0.1:{free_port()}")

    assert "can't be reached" in error.what


def test_a_password_in_the_address_is_used_and_never_shown(server: Answers) -> None:
    server.script = [(401, b"")]

    error = refused(server.uri.replace("http://", "http://robot:p%40ss@"))

    assert server.heard[0][1]["Authorization"] == "Basic cm9ib3Q6cEBzcw=="
    assert "p%40ss" not in str(error)
    assert "p@ss" not in str(error)


@pytest.mark.parametrize(
    ("environ", "sent"),
    [
        ({}, None),
        ({"MLFLOW_TRACKING_TOKEN": "abc\n"}, "Bearer abc"),
        ({"MLFLOW_TRACKING_USERNAME": "robot", "MLFLOW_TRACKING_PASSWORD": "pass"}, "Basic cm9ib3Q6cGFzcw=="),
    ],
)
def test_credentials_come_from_the_variables_that_mlflow_reads(
    server: Answers, environ: dict[str, str], sent: str | None
) -> None:
    server.script = [(401, b"")]

    refused(server.uri, **environ)

    assert server.heard[0][1].get("Authorization") == sent


def test_an_artifact_that_is_cut_short_is_not_kept(server: Answers, tmp_path: Any) -> None:
    server.script = [(200, b"half")]
    server.length = 8

    with pytest.raises(RegistryFailed, match="4 bytes are missing"):
        Connection(server.uri, {}).save("0/run/artifacts/model.pkl", tmp_path / "model.pkl")

    assert len(server.heard) == 3


def test_a_file_name_that_leaves_its_folder_is_refused(server: Answers, tmp_path: Any) -> None:
    files = [{"path": "model/data/m/../../../../evil", "is_dir": False}]
    server.json(200, {"run": {"info": {"artifact_uri": "mlflow-artifacts:/0/r/artifacts"}}})
    server.json(200, {"files": files})
    told = {"ci_mlops.files": "data/m", "ci_mlops.kind": "folder"}
    version = Version(name="m", number="1", digest="sha256:0", tags=told, uri="runs:/r/model")

    with pytest.raises(RegistryFailed, match="outside its folder"):
        MlflowRegistry(server.uri, ("staging",), environ={}).fetch(version, tmp_path / "into")

    assert [path.name for path in tmp_path.rglob("*")] == ["into"]


def test_a_version_that_somebody_else_registered_is_not_taken_for_a_judged_one(tmp_path: Any) -> None:
    version = Version(name="m", number="7", digest="", uri="models:/m-123")

    with pytest.raises(RegistryFailed, match="was not registered by ci-mlops"):
        MlflowRegistry("http://127.0.0.1:1", ("staging",), environ={}).fetch(version, tmp_path)
