"""What the fake GitHub grants, how it fails, and what it saw."""

import time
from dataclasses import dataclass, field
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

    status: int
    message: str = "Server Error"
    headers: dict[str, str] = field(default_factory=dict)
    when: Literal["before", "after"] = "before"


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
