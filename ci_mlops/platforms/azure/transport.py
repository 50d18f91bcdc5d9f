"""
One adapter below the whole SDK: repeats what may be repeated, keeps the pace that is asked for, knows a sign-in page.

The SDK's own retries name an option that urllib3 has dropped, so that it repeats neither POST nor PATCH and forgets the
status of a failure on its way up.
"""

import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth
from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from ci_mlops.platforms.azure.failures import Answered, Failed, SignInPage, Unreachable
from ci_mlops.platforms.azure.token import Token
from ci_mlops.platforms.patience import Patience

# POST is missing on purpose: after a 502 nobody knows whether it was done, so `create_once` looks first.
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PATCH", "PUT", "DELETE"})
PASSING = (408, 429, *range(500, 600))
MOST_CONNECTIONS = 3
"""How often a connection that fails is tried again: a server that is not there will not be there in a minute."""
LONGEST_MESSAGE = 2_000


class Bearer(AuthBase):
    """As an object of requests' own kind: a header alone would lose against a `.netrc` in the home folder."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def authorization(token: Token) -> AuthBase:
    return HTTPBasicAuth("", token.value) if token.personal else Bearer(token.value)


class PatientAdapter(HTTPAdapter):
    """
    Raises:
        Failed
    """

    def __init__(self, patience: Patience, *, whole: bool = True) -> None:
        """`whole`: an answer is read before it is given; a file is not, which may be larger than our memory."""
        super().__init__(max_retries=0)
        self._patience = patience
        self._whole = whole
        self._not_before = 0.0

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override] # all of its options pass through
        for attempt in range(self._patience.attempts):
            try:
                return self._send_once(request, **options)
            except Failed as failure:
                pause = pause_before_repeating(failure, attempt, self._patience)
                if pause is None or request.method not in REPEATABLE:
                    raise
                time.sleep(pause)
        return self._send_once(request, **options)

    def _send_once(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        time.sleep(max(0.0, self._not_before - time.monotonic()))
        try:
            response = super().send(request, **options)
            if self._whole:
                # a connection that ends in the middle of an answer is a failure of this call
                _ = response.content
        except (requests.RequestException, OSError) as error:
            raise Unreachable(f"Azure DevOps can't be reached ({type(error).__name__})") from error
        check(response)
        # it slows down whoever asks too much by a `Retry-After` on a success, long before the first 429
        self._not_before = time.monotonic() + min(asked_for(response) or 0.0, self._patience.longest_wait)
        return response


def pause_before_repeating(failure: Exception, attempt: int, patience: Patience) -> float | None:
    """Seconds to wait before a call may be repeated; None: it is no use, or takes too long."""
    pause: float = patience.backoff * 2**attempt
    if isinstance(failure, Answered):
        if failure.status not in PASSING:
            return None
        pause = max(pause, failure.wait or 0.0)
    elif not isinstance(failure, Unreachable) or attempt >= MOST_CONNECTIONS:
        return None
    return pause if pause <= patience.longest_wait else None


def check(response: requests.Response) -> None:
    """
    Raises:
        SignInPage, Answered
    """
    if _leads_to_sign_in(response):
        raise SignInPage(response.url)
    if response.status_code >= 400:
        raise Answered(response.status_code, _message(response), wait=asked_for(response))


def asked_for(response: requests.Response) -> float | None:
    """Seconds of a `Retry-After`, be it a number or a date."""
    told = response.headers.get("Retry-After")
    if told is None:
        return None
    try:
        return Retry().parse_retry_after(told)
    except InvalidHeader:
        return None


def _leads_to_sign_in(response: requests.Response) -> bool:
    if response.is_redirect:
        return "signin" in response.headers["Location"].lower().replace("-", "")
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    return response.status_code == 203 or (is_page and response.status_code < 400)


def _message(response: requests.Response) -> str:
    try:
        answer = response.json()
    except ValueError:
        return ""
    message = answer.get("message") if isinstance(answer, dict) else None
    return message[:LONGEST_MESSAGE] if isinstance(message, str) else ""
