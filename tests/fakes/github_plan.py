"""What the fake GitHub grants, how it fails, and what it saw."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

LONGEST_BODY = 65_536


@dataclass(frozen=True, kw_only=True)
class Token:
    login: str = "github-actions[bot]"
    permissions: frozenset[str] = frozenset(
        {
            "pull-requests: read",
            "pull-requests: write",
            "statuses: read",
            "statuses: write",
            "actions: read",
            "contents: read",
        }
    )
    user: bool = False
    """A person's token may ask who it is; an installation's may not."""
    viewer: bool = True
    """May ask the same by GraphQL."""


READ_ONLY = frozenset({"pull-requests: read", "statuses: read", "actions: read", "contents: read"})


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One planned failure. `after`: the server has done what was asked, and then fails to say so."""

    status: int = 500
    message: str = "Server Error"
    headers: dict[str, str] = field(default_factory=dict)
    when: Literal["before", "after"] = "before"
    kind: Literal["answer", "reset", "slow", "revoke"] = "answer"
    """reset: the connection ends without an answer. slow: it comes too late. revoke: the token is none from here on."""


def reset(when: Literal["before", "after"] = "before") -> Fault:
    return Fault(kind="reset", when=when)


def slow(when: Literal["before", "after"] = "before") -> Fault:
    return Fault(kind="slow", when=when)


SECONDARY = Fault(status=403, message="You have exceeded a secondary rate limit. Please wait.")


def bad_gateway(when: Literal["before", "after"] = "before") -> Fault:
    return Fault(status=502, message="Bad Gateway", when=when)


def hour_long() -> Fault:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 3600)}
    return Fault(status=403, message="API rate limit exceeded for installation.", headers=headers)


@dataclass(frozen=True, kw_only=True)
class Seen:
    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    token: str
    status: int


class Refusal(Exception):
    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, **more}


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    end: Literal["", "reset", "slow"] = ""


def faulty(fault: Fault | None, do: Callable[[], Answer]) -> Answer:
    """What is answered in place of what `do` would say; it is done where the plan says so."""
    if fault is None or fault.kind == "revoke":
        return do()
    refused = Answer(status=fault.status, body={"message": fault.message}, headers=fault.headers)
    done = do() if fault.when == "after" else refused
    return refused if fault.kind == "answer" else replace(done, end=fault.kind)


def need(token: Token, permission: str) -> None:
    if permission not in token.permissions:
        raise not_accessible()


def not_accessible() -> Refusal:
    return Refusal(
        403, "Resource not accessible by integration", documentation_url="https://docs.github.com/rest"
    )


def text_of(body: Any) -> str:
    text = body.get("body") if isinstance(body, dict) else None
    if not isinstance(text, str) or not text:
        raise Refusal(422, "Validation Failed", errors=[{"field": "body", "code": "missing_field"}])
    if len(text) > LONGEST_BODY:
        raise Refusal(
            422, "Validation Failed", errors=[{"message": "Body is too long (maximum is 65536 characters)"}]
        )
    return text
