"""The fake Azure DevOps' two doors on loopback: the collection, and a storage that must not see a token."""

import base64
import binascii
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.fakes.azure_plan import Answer
from tests.fakes.resetting import TOO_LATE, reset

if TYPE_CHECKING:
    from tests.fakes.azure import FakeAzure


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else every answer waits 40 ms for its second half

    def log_message(self, *_: object) -> None:
        """Tests read `seen`."""

    @property
    def azure(self) -> "FakeAzure":
        return self.server.azure  # type: ignore[attr-defined] # set by serve

    def send(self, status: int, data: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def token(self) -> tuple[str, bool]:
        """Its value, and whether it was sent as a person's."""
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        if kind != "Basic":
            return value, False
        try:
            return base64.b64decode(value).decode().partition(":")[2], True
        except (binascii.Error, UnicodeDecodeError):
            return "", True

    def body(self) -> Any:
        length = int(self.headers.get("Content-Length") or 0)
        chunked = self.headers.get("Transfer-Encoding") == "chunked"
        data = b"".join(self.chunks()) if chunked else self.rfile.read(length)
        is_file = self.headers.get("Content-Type", "").startswith("application/octet-stream")
        return data if is_file else json.loads(data) if data else None

    def chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()


class Api(Handler):
    def answer(self) -> None:
        address = urlsplit(self.path)
        body = self.body()
        token, personal = self.token()
        path, query = unquote(address.path), parse_qs(address.query)
        answer = self.azure.answer(self.command, path, query, body, token, personal=personal)
        if answer.end == "reset":
            reset(self)
            return
        if answer.end == "slow":
            time.sleep(TOO_LATE)
        self.say(answer)

    def say(self, answer: Answer) -> None:
        if answer.data:
            kind, data = "application/zip", answer.data
        elif answer.page:
            kind, data = "text/html; charset=utf-8", answer.page.encode()
        else:
            kind, data = "application/json; charset=utf-8; api-version=7.1", json.dumps(answer.body).encode()
        try:
            self.send(answer.status, data, {"Content-Type": kind, **answer.headers})
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # nobody waits for it any more

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_OPTIONS = answer

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            """After a reset there is nothing to flush."""


class Storage(Handler):
    def do_GET(self) -> None:
        self.azure.stored.append(dict(self.headers.items()))
        data = self.azure.archives[int(self.path.rpartition("/")[2])]
        self.send(200, data, {"Content-Type": "application/zip"})


def serve(azure: "FakeAzure", kind: type[Handler]) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    server.daemon_threads = True
    server.azure = azure  # type: ignore[attr-defined] # how a handler finds its fake
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    return server
