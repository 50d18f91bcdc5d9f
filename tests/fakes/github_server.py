"""The fake GitHub's two doors on loopback: the API, and the storage of artifacts."""

import json
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from tests.fakes.github import FakeGitHub

from tests.fakes.git_server import serve_git
from tests.fakes.resetting import TOO_LATE, reset

PREFIX = "/api/v3"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Tests read `seen`."""

    @property
    def github(self) -> "FakeGitHub":
        return self.server.github  # type: ignore[attr-defined] # set by serve

    def send(self, status: int, data: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


class Api(Handler):
    def answer(self) -> None:
        address = urlsplit(self.path)
        if not address.path.startswith(PREFIX) and ".git/" in address.path:
            serve_git(self)
            return
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        token = self.headers.get("Authorization", "").rpartition(" ")[2]
        path = address.path.removeprefix(PREFIX)
        answer = self.github.answer(self.command, path, parse_qs(address.query), body, token)
        if answer.end == "reset":
            reset(self)
            return
        if answer.end == "slow":
            time.sleep(TOO_LATE)
        headers = {"Content-Type": "application/json; charset=utf-8", **answer.headers}
        try:
            self.send(answer.status, json.dumps(answer.body).encode(), headers)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # nobody waits for it any more

    def finish(self) -> None:
        with suppress(OSError):  # after a reset there is nothing to flush
            super().finish()

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer


class Storage(Handler):
    def do_GET(self) -> None:
        self.github.stored.append(dict(self.headers.items()))
        data = self.github.archives[int(self.path.rpartition("/")[2])]
        self.send(200, data, {"Content-Type": "application/zip"})


def serve(github: "FakeGitHub", kind: type[Handler]) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    server.daemon_threads = True
    server.github = github  # type: ignore[attr-defined] # how a handler finds its fake
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server
