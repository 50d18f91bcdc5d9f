"""What the fake Azure DevOps grants, how it fails, and what it saw."""

from dataclasses import dataclass, field
from typing import Any, Literal

PROJECT = "Credit Risk"
REPOSITORY = "2f3d611a-f012-4b39-b157-8db63f380226"
LONGEST_COMMENT = 150_000
ALL = frozenset({"GenericRead", "GenericContribute", "PullRequestContribute", "ViewBuilds"})
READ_ONLY = frozenset({"GenericRead", "ViewBuilds"})


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who a token stands for; the build of a project has a number for a name."""

    id: str = "5c9d1b1e-0000-4000-8000-000000000001"
    name: str = "Credit Risk Build Service (acme)"
    descriptor: str = r"Build\c1d6f5c5-0000-4000-8000-00000000000a"
    permissions: frozenset[str] = ALL
    personal: bool = False
    """A personal access token goes by Basic authorization, a run's by Bearer."""


STRANGER = Identity(
    id="99999999-0000-4000-8000-000000000009", name="Mallory", descriptor="mallory@acme.example"
)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One planned failure. `after`: the server has done what was asked, and then fails to say so."""

    status: int = 500
    message: str = "Server Error"
    headers: dict[str, str] = field(default_factory=dict)
    when: Literal["before", "after"] = "before"
    kind: Literal["answer", "reset", "slow", "revoke", "headers"] = "answer"
    """reset: the connection ends without an answer. slow: it comes too late. revoke: the token is none from here on.
    headers: all goes well, and the answer carries these."""


def answers(status: int, when: Literal["before", "after"] = "before", **headers: str) -> Fault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(status=status, when=when, headers=named)


def reset(when: Literal["before", "after"] = "before") -> Fault:
    return Fault(kind="reset", when=when)


def slow(when: Literal["before", "after"] = "before") -> Fault:
    return Fault(kind="slow", when=when)


@dataclass(frozen=True, kw_only=True)
class Seen:
    method: str
    path: str
    """Below the collection."""
    query: dict[str, list[str]]
    body: Any
    token: str
    status: int


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    page: str = ""
    """HTML instead of JSON."""
    data: bytes = b""
    """A file instead of JSON."""
    end: Literal["", "reset", "slow"] = ""


class Refusal(Exception):
    def __init__(self, status: int, message: str, key: str = "VssServiceException") -> None:
        super().__init__(message)
        self.status = status
        self.body = {
            "$id": "1",
            "innerException": None,
            "message": message,
            "typeName": f"Microsoft.TeamFoundation.{key}, Microsoft.TeamFoundation",
            "typeKey": key,
            "errorCode": 0,
            "eventId": 3000,
        }


def lacking(permission: str, identity: Identity) -> Refusal:
    message = (
        f"TF401027: You need the Git '{permission}' permission to perform this action. "
        f"Details: identity '{identity.descriptor}', scope 'repository'."
    )
    return Refusal(403, message, "GitNeedsPermissionException")


def need(who: Identity, permission: str) -> None:
    if permission not in who.permissions:
        raise lacking(permission, who)


SIGN_IN = (
    "<!DOCTYPE html><html><head><title>Azure DevOps Services | Sign In</title></head><body></body></html>"
)
SIGN_IN_PAGES: dict[str, Answer] = {
    "203": Answer(status=203, page=SIGN_IN),
    "200": Answer(status=200, page=SIGN_IN),
    "302": Answer(
        status=302, page=SIGN_IN, headers={"Location": "https://spsprodweu5.vssps.visualstudio.com/_signin"}
    ),
    "401": Answer(status=401, page=SIGN_IN),
}
