"""The fake's git: `git http-backend` on a real repository, for whoever may read its contents."""

import os
import subprocess
from base64 import b64decode
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from tests.fakes.github_server import Api


def serve_git(request: "Api") -> None:
    token = _token(request.headers.get("Authorization", ""))
    granted = request.github.tokens.get(token)
    request.github.fetches.append(token)
    if granted is None or "contents: read" not in granted.permissions or request.github.git is None:
        request.send(401 if granted is None else 403, b"no", {"WWW-Authenticate": "Basic"})
        return
    address = urlsplit(request.path)
    name = f"/{request.github.repository}.git"
    if not address.path.startswith(f"{name}/"):
        request.send(404, b"no", {})
        return
    length = int(request.headers.get("Content-Length") or 0)
    backend = subprocess.run(
        ["git", "http-backend"],
        input=request.rfile.read(length),
        env={
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
            "PATH_TRANSLATED": str(request.github.git) + address.path.removeprefix(name),
            "QUERY_STRING": address.query,
            "REQUEST_METHOD": request.command,
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
            "REMOTE_ADDR": "127.0.0.1",
        },
        capture_output=True,
        check=False,
    )
    head, _, body = backend.stdout.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
    status = int(headers.pop("Status", "200 OK").split()[0])
    request.send(status, body, headers)


def _token(header: str) -> str:
    kind, _, value = header.partition(" ")
    if kind != "Basic":
        return ""
    try:
        user, _, token = b64decode(value).decode().partition(":")
    except ValueError:
        return ""
    return token if user == "x-access-token" else ""
