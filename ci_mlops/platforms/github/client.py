"""PyGithub, hardened. Import this inside functions only: PyGithub is slow to load."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self, TypeVar

import requests
from github import Auth, Github
from github.GithubException import (
    GithubException,
    RateLimitExceededExceedsMaxWait,
    RateLimitExceededException,
)
from github.GithubRetry import GithubRetry
from urllib3 import BaseHTTPResponse
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import MaxRetryError

from ci_mlops.platforms import patience as repeating
from ci_mlops.platforms.patience import Patience

T = TypeVar("T")

# POST is missing on purpose: after a 502 nobody knows whether it was done, so `create_once` looks first.
REPEATABLE = frozenset({"GET", "HEAD", "PATCH", "PUT", "DELETE"})
PASSING = (408, 429, *range(500, 600))


class Refused(Exception):
    """GitHub answered, and the answer was no; `why` ends a sentence."""

    def __init__(self, why: str, *, lacking: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.lacking = lacking
        """The permission that would have helped."""


class Unreachable(Exception):
    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class PatientRetry(GithubRetry):
    """GithubRetry that also gives up a `Retry-After` beyond the longest wait; it would sleep through it."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> Self:
        if response is not None and self.max_rate_limit_wait is not None:
            asked = self.get_retry_after(response)
            if asked is not None and asked > self.max_rate_limit_wait:
                raise RateLimitExceededExceedsMaxWait(response.status, {}, dict(response.headers), wait=asked)
        # GithubRetry declares a narrower response than urllib3, which calls it
        return super().increment(method, url, response, error, _pool, _stacktrace)  # type: ignore[arg-type,return-value]


def connect(api_url: str, token: str, patience: Patience) -> Github:
    # it tells every expected 403 on stderr; what matters is said by our warnings
    logging.getLogger("github").setLevel(logging.WARNING)
    return Github(
        auth=Auth.Token(token),
        base_url=api_url,
        per_page=100,
        timeout=patience.timeout,
        seconds_between_requests=patience.between_requests,
        seconds_between_writes=patience.between_writes,
        retry=retries(patience),
        lazy=True,
    )


def retries(patience: Patience) -> PatientRetry:
    return PatientRetry(
        total=patience.attempts,
        connect=min(3, patience.attempts),
        backoff_factor=patience.backoff,
        secondary_rate_wait=patience.secondary_wait,
        max_rate_limit_wait=patience.longest_wait,
        allowed_methods=REPEATABLE,
        status_forcelist=list(PASSING),
    )


def create_once(create: Callable[[], T], find: Callable[[], T | None], patience: Patience) -> T:
    """Raises what PyGithub raises."""
    return repeating.create_once(
        create,
        find,
        attempts=patience.attempts,
        failures=(GithubException, requests.RequestException),
        pause=lambda error, attempt: pause_before_repeating(error, attempt, patience),
    )


def pause_before_repeating(error: Exception, attempt: int, patience: Patience) -> float | None:
    """Seconds to wait before a POST may be repeated; None: it is no use, or takes too long."""
    pause: float = patience.backoff * 2**attempt
    if isinstance(error, GithubException):
        if not is_limit(error) and error.status not in PASSING:
            return None
        pause = max(pause, _asked_for(error, patience))
    return pause if pause <= patience.longest_wait else None


def is_limit(error: GithubException) -> bool:
    """A 403 says either "never" or "not now"."""
    limited = isinstance(error, RateLimitExceededException) or error.status == 429
    return limited or (error.status == 403 and "retry-after" in _headers(error))


def _asked_for(error: GithubException, patience: Patience) -> float:
    headers = _headers(error)
    after, reset = headers.get("retry-after", ""), headers.get("x-ratelimit-reset", "")
    if after.isdigit():
        return float(after)
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        return max(0.0, float(reset) - time.time()) + 1
    return patience.secondary_wait if isinstance(error, RateLimitExceededException) else 0.0


def _headers(error: GithubException) -> dict[str, str]:
    return {name.lower(): str(value) for name, value in (error.headers or {}).items()}


@contextmanager
def asking(permission: str) -> Iterator[None]:
    """
    GitHub's failures in our words.

    Raises:
        Refused, Unreachable
    """
    try:
        yield
    except GithubException as error:
        raise _in_our_words(error, permission) from error
    except (requests.RequestException, MaxRetryError) as error:
        raise Unreachable(f"GitHub can't be reached ({type(error).__name__})") from error


def _in_our_words(error: GithubException, permission: str) -> Refused | Unreachable:
    if is_limit(error):
        return Refused("GitHub's rate limit is used up for longer than we wait")
    if error.status == 401:
        return Refused("GitHub does not accept the token (401)")
    if error.status in (403, 404):
        return Refused(f"the token lacks the permission `{permission}` ({error.status})", lacking=permission)
    if error.status in PASSING:
        return Unreachable(f"GitHub answered {error.status} again and again")
    return Refused(f"GitHub refused it ({error.status})")
