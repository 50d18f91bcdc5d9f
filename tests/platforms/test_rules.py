"""The rules of a branch, asked of GitHub's API over a real socket."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ci_mlops.errors import PlatformFailed
from ci_mlops.platforms.github.rules import branch_rules
from ci_mlops.platforms.patience import Patience

RULES = [{"type": "pull_request", "parameters": {"require_code_owner_review": True}}]
SWIFT = Patience(attempts=1, backoff=0, between_requests=0, between_writes=0)


class Api(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        known = self.path == "/repos/acme/credit/rules/branches/release%2F1"
        allowed = self.headers.get("Authorization", "").endswith("good")
        status = 200 if known and allowed else 404
        body = json.dumps(RULES if status == 200 else {"message": "Not Found"}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def api():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield {"GITHUB_API_URL": f"http://127.0.0.1:{server.server_port}"}
    server.shutdown()
    thread.join()
    server.server_close()


def test_rules_are_told_as_github_has_them(api):
    assert branch_rules(api, "good", "acme/credit", "release/1", SWIFT) == RULES


def test_a_token_that_may_not_read_them_is_told(api):
    with pytest.raises(PlatformFailed, match="GitHub does not tell the rules of `release/1`"):
        branch_rules(api, "bad", "acme/credit", "release/1", SWIFT)
