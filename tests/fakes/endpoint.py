"""A model on loopback that speaks both dialects, and misbehaves when it is told to."""

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HTML = b"<!doctype html><title>Sign in</title>"


@dataclass
class FakeEndpoint:
    plan: list = field(default_factory=list)
    """What goes wrong, request by request: a status, or (status, headers, body); None: nothing."""
    seen: list = field(default_factory=list)
    """(method, path, rows, Authorization)."""
    bodies: list = field(default_factory=list)
    version: str = "1"
    inputs: list | None = None
    """What the model's metadata says of them."""
    shape: str = "labels"
    """labels, shares, by_class or both."""
    limit: int = 0
    """Rows that it takes at once; 0: all."""
    port: int = 0

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def says(self, debt, income):
        share = min(1.0, max(0.0, debt / max(1.0, income)))
        return ("yes" if share > 0.5 else "no"), share


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Tests read `seen`."""

    def send(self, status, body, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        told = {"Content_Length": str(len(data)), "Content_Type": "application/json", **headers}
        for name, value in told.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        fake = self.server.fake
        fake.seen.append(("GET", self.path, 0, self.headers.get("Authorization")))
        if self.path.endswith("/version"):
            self.send(200, b"3.17.2", Content_Type="text/plain", X_Model_Version=fake.version)
        elif fake.inputs is None:
            self.send(404, {"error": "no metadata"})
        else:
            self.send(200, {"name": "loans", "versions": [fake.version], "inputs": fake.inputs})

    def do_POST(self):
        fake = self.server.fake
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fake.bodies.append(body)
        rows = read_rows(body)
        fake.seen.append(("POST", self.path, len(rows), self.headers.get("Authorization")))
        wrong = fake.plan.pop(0) if fake.plan else None
        if wrong is not None:
            status, headers, text = wrong if isinstance(wrong, tuple) else (wrong, {}, b"{}")
            self.send(status, text, **headers)
        elif fake.limit and len(rows) > fake.limit:
            self.send(413, {})
        else:
            said = [fake.says(float(row["debt"]), float(row["income"])) for row in rows]
            self.send(200, v2(said, fake.shape) if "inputs" in body else mlflow(said, fake.shape))


def read_rows(body):
    if "dataframe_split" in body:
        split = body["dataframe_split"]
        return [dict(zip(split["columns"], row, strict=True)) for row in split["data"]]
    inputs = body["inputs"]
    if len(inputs) == 1:
        count, width = inputs[0]["shape"]
        data = inputs[0]["data"]
        cells = [data[start : start + width] for start in range(0, len(data), width)]
        assert len(cells) == count
        return [dict(zip(("income", "debt"), row, strict=True)) for row in cells]
    columns = {one["name"]: one["data"] for one in inputs}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def mlflow(said, shape):
    if shape == "labels":
        return {"predictions": [label for label, _ in said]}
    if shape == "shares":
        return {"predictions": [share for _, share in said]}
    return {"predictions": [{"no": 1 - share, "yes": share} for _, share in said]}


def v2(said, shape):
    labels = {
        "name": "label",
        "datatype": "BYTES",
        "shape": [len(said)],
        "data": [label for label, _ in said],
    }
    flat = [number for _, share in said for number in (1 - share, share)]
    shares = {"name": "probabilities", "datatype": "FP64", "shape": [len(said), 2], "data": flat}
    return {"outputs": [labels] if shape == "labels" else [shares, labels] if shape == "both" else [shares]}


@contextmanager
def served(fake):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.fake = fake
    fake.port = server.server_port
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
