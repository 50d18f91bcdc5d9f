"""MLflow's REST API over one kept connection, with the standard library: ten times faster than its client."""

import json
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from ci_mlops import __version__
from ci_mlops.errors import RegistryFailed
from ci_mlops.registries.refusals import refusal

API = "/api/2.0/mlflow/"
WAIT_SECONDS = 30.0
ATTEMPTS = 3
TRANSIENT = {408, 429, 500, 502, 503, 504}
POOL_IS_EMPTY = "QueuePool limit"
"""MLflow says so, as a bad request, where others have held all of its database's connections for half a minute."""
CHUNK = 1 << 20


class Connection:
    def __init__(self, uri: str, environ: Mapping[str, str]) -> None:
        self._socket: HTTPConnection | None = None
        parts = urlsplit(uri)
        self.shown = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"
        self._parts = parts
        self._environ = environ
        self._wait_seconds = float(environ.get("MLFLOW_HTTP_REQUEST_TIMEOUT") or WAIT_SECONDS)
        self._headers = {
            "User-Agent": f"ci-mlops/{__version__}",
            **_credentials(parts.username, parts.password, environ),
        }

    def get(self, endpoint: str, **query: str) -> dict[str, Any]:
        return self._json("GET", f"{API}{endpoint}?{urlencode(query)}", None)

    def part(self, endpoint: str, key: str, **query: str) -> dict[str, Any]:
        """The one record that an answer is expected to hold."""
        found = self.get(endpoint, **query).get(key)
        if not isinstance(found, dict):
            raise self._no_mlflow()
        return found

    def post(self, endpoint: str, body: Mapping[str, Any], *, method: str = "POST") -> dict[str, Any]:
        """Only for writes that may be said twice: a lost answer is asked for again."""
        return self._json(method, API + endpoint, json.dumps(body).encode())

    def save(self, path: str, into: Path) -> None:
        """Stream an artifact of the server's own store to a file."""

        def write(response: HTTPResponse) -> None:
            with into.open("wb") as file:
                while chunk := response.read(CHUNK):
                    file.write(chunk)
            # read(n) of http.client ends quietly where a server hangs up early
            if response.length:
                raise HTTPException(f"{response.length} bytes are missing")

        self._ask("GET", f"/api/2.0/mlflow-artifacts/artifacts/{quote(path)}", None, write)

    def _json(self, method: str, target: str, body: bytes | None) -> dict[str, Any]:
        answer: dict[str, Any] = {}

        def parse(response: HTTPResponse) -> None:
            text = response.read()
            try:
                parsed = json.loads(text or b"{}")
            except ValueError:
                parsed = None
            if not isinstance(parsed, dict):
                raise self._no_mlflow()
            answer.update(parsed)

        self._ask(method, target, body, parse)
        return answer

    def _ask(self, method: str, target: str, body: bytes | None, use: Callable[[HTTPResponse], None]) -> None:
        deadline = time.monotonic() + 2 * self._wait_seconds
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS or time.monotonic() > deadline
            try:
                response = self._send(method, target, body)
                if response.status == 200:
                    use(response)
                    return
                refused = refusal(
                    response.status, response.read(), response.getheader("Location", ""), self.shown
                )
            except (OSError, HTTPException) as error:
                self.close()
                # a kept connection that the server has closed meanwhile is no failure of the server
                if last:
                    raise self._unreachable(error) from error
            else:
                passes = refused.status in TRANSIENT or POOL_IS_EMPTY in refused.what
                if last or not passes:
                    raise refused
            time.sleep(0.2 * 2**attempt if attempt > 1 else 0.05)

    def _send(self, method: str, target: str, body: bytes | None) -> HTTPResponse:
        if self._socket is None:
            self._socket = self._connect()
        headers = {**self._headers, "Content-Type": "application/json"} if body is not None else self._headers
        self._socket.request(method, quote(self._parts.path.rstrip("/"), safe="/%") + target, body, headers)
        return self._socket.getresponse()

    def _connect(self) -> HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        secure = self._parts.scheme == "https"
        proxy = _proxy(self._parts.scheme, host, self._environ)
        near = proxy or (host, port)
        connection: HTTPConnection
        if secure:
            connection = HTTPSConnection(*near, timeout=self._wait_seconds, context=_trust(self._environ))
        else:
            connection = HTTPConnection(*near, timeout=self._wait_seconds)
        if proxy:
            connection.set_tunnel(host, port or (443 if secure else 80))
        return connection

    def _no_mlflow(self) -> RegistryFailed:
        return RegistryFailed(
            "What answers there does not speak MLflow's API",
            where=self.shown,
            mend="Is `registry.uri` the address of the MLflow server itself, not of a login page or a proxy?",
        )

    def _unreachable(self, error: Exception) -> RegistryFailed:
        if isinstance(error, ssl.SSLError):
            return RegistryFailed(
                f"The registry's certificate is not trusted: {error}",
                where=self.shown,
                mend="Name your own authority in MLFLOW_TRACKING_SERVER_CERT_PATH.",
            )
        if isinstance(error, TimeoutError):
            what = f"The registry did not answer within {self._wait_seconds:g} seconds"
        else:
            what = f"The registry can't be reached: {str(error) or type(error).__name__}"
        return RegistryFailed(
            what,
            where=self.shown,
            mend="Is the server up, the address right, and can this machine reach it? Then run it again.",
        )

    def __del__(self) -> None:
        # the port knows no end of a registry: the kept connection ends with its owner
        self.close()

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None


def _credentials(user: str | None, password: str | None, environ: Mapping[str, str]) -> dict[str, str]:
    user = unquote(user or "") or environ.get("MLFLOW_TRACKING_USERNAME", "")
    password = unquote(password or "") or environ.get("MLFLOW_TRACKING_PASSWORD", "")
    # secrets are pasted with a line's end, which a header may not hold
    token = environ.get("MLFLOW_TRACKING_TOKEN", "").strip()
    # the same order as MLflow's client: a name and a password win over a token
    if user and password:
        return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}
    return {"Authorization": f"Bearer {token}"} if token else {}


def _trust(environ: Mapping[str, str]) -> ssl.SSLContext:
    authority = environ.get("MLFLOW_TRACKING_SERVER_CERT_PATH") or environ.get("REQUESTS_CA_BUNDLE")
    trust = ssl.create_default_context(cafile=authority or None)
    if environ.get("MLFLOW_TRACKING_INSECURE_TLS", "").lower() in ("true", "1"):
        trust.check_hostname = False
        trust.verify_mode = ssl.CERT_NONE
    return trust


def _proxy(scheme: str, host: str, environ: Mapping[str, str]) -> tuple[str, int | None] | None:
    address = environ.get(f"{scheme}_proxy") or environ.get(f"{scheme.upper()}_PROXY")
    if not address:
        return None
    near = (environ.get("no_proxy") or environ.get("NO_PROXY") or "").split(",")
    domains = [name.strip().lstrip(".") for name in near if name.strip()]
    if any(name in ("*", host) or host.endswith(f".{name}") for name in domains):
        return None
    parts = urlsplit(address if "//" in address else f"//{address}")
    return (parts.hostname or "", parts.port)
