"""One request after another, with a pause between: asked again where that may help, and told in words where not."""

import json
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from ci_mlops import __version__
from ci_mlops.endpoints.address import Address
from ci_mlops.errors import BadConfig, TrainingFailed

TOKEN = "CI_MLOPS_ENDPOINT_TOKEN"  # noqa: S105 - the name of a variable
ATTEMPTS = 5
WAIT_SECONDS = 60.0
PAUSE = 0.1
LONGEST_PAUSE = 120.0
LARGEST_ANSWER = 1 << 28
_COLUMNS = "Are they the columns that it was fitted on? Its own log tells more."
_AGAIN = {408, 425, 429, 500, 502, 503, 504}


class _NoRedirect(HTTPRedirectHandler):
    """Where it leads is for a person to judge; the token goes nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


class TooMany(Exception):
    """413: the rows of one request."""


@dataclass(kw_only=True)
class Asking:
    """A conversation with one endpoint."""

    address: Address
    token: str | None = None
    time_limit: float = 1800.0
    wait: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic
    rate: float = PAUSE
    """Seconds between two requests, at least."""
    _began: float = field(init=False)
    _last: float = field(init=False, default=float("-inf"))

    def __post_init__(self) -> None:
        self._began = self.now()
        self._opener = build_opener(_NoRedirect)

    def get(self, url: str) -> tuple[Any, Message]:
        return self._answer(url, None)

    def post(self, body: dict[str, Any]) -> tuple[Any, Message]:
        """
        Scoring changes nothing there, so it may be asked again.

        Raises:
            TrainingFailed: it refuses, does not answer in time, or answers what nobody asked for.
            TooMany: the endpoint takes fewer rows at once.
        """
        return self._answer(self.address.ask, json.dumps(body, allow_nan=False).encode())

    def _answer(self, url: str, body: bytes | None) -> tuple[Any, Message]:
        for attempt in range(1, ATTEMPTS + 1):
            self._keep_pace()
            try:
                return self._once(url, body)
            except HTTPError as error:
                problem = self._refusal(error, url)
                pause = _told_pause(error.headers) if error.code in _AGAIN else None
                again = error.code in _AGAIN
                error.close()
            except (URLError, HTTPException, TimeoutError, ConnectionError) as error:
                why = getattr(error, "reason", None) or error
                slow = isinstance(why, TimeoutError)
                said = (
                    f"did not answer within {WAIT_SECONDS:g} seconds" if slow else f"can't be reached: {why}"
                )
                problem = self._failed(said, "Does it run, and may this machine reach it?")
                pause, again = None, True
            if not again or attempt == ATTEMPTS:
                raise problem
            self._pause(pause if pause is not None else 2.0**attempt * random.uniform(0.5, 1.0), problem)  # noqa: S311 - a pause
        raise AssertionError  # the last attempt returns or raises

    def _once(self, url: str, body: bytes | None) -> tuple[Any, Message]:
        headers = {"Accept": "application/json", "User-Agent": f"ci-mlops/{__version__}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = Request(url, data=body, headers=headers)  # noqa: S310 - http or https, the config sees to it
        if self.token:
            # unredirected: whatever a proxy or a handler does, it stays with this request
            request.add_unredirected_header("Authorization", f"Bearer {self.token}")
        with self._opener.open(request, timeout=min(WAIT_SECONDS, self._left())) as response:
            text = response.read(LARGEST_ANSWER + 1)
            if len(text) > LARGEST_ANSWER:
                raise self._failed("sends more than anybody asked for", "Is it the address of a model?")
            return self._read(text, response.headers), response.headers

    def _read(self, text: bytes, headers: Message) -> Any:
        if "html" in headers.get_content_type():
            raise self._failed(
                "answers with a web page, as a sign-in does",
                f"Give {TOKEN}, or an address that programs may ask.",
            )
        try:
            return json.loads(text, parse_constant=_nothing)
        except ValueError:
            return text.decode("utf-8", "replace")[:200]

    def _refusal(self, error: HTTPError, url: str) -> Exception:
        code = error.code
        if code in (401, 403):
            mend = (
                f"{TOKEN} was sent, and is refused: is it still valid, and for this model?"
                if self.token
                else f"No token was sent. Give {TOKEN}; it goes to the host that the base branch's config names, or "
                "that CI_MLOPS_ENDPOINT_HOST names."
            )
            return self._failed(f"refuses us (HTTP {code})", mend)
        if code == 413:
            return TooMany()
        if 300 <= code < 400:
            place = str(error.headers.get("Location", "elsewhere"))[:200]
            return self._failed(
                f"sends us on to {place}, and we don't follow: rows and token are for this address alone",
                "If that is the endpoint, write its own address into `train.model.uri`.",
            )
        said, mend = {
            404: (f"has nothing at {url}", "Is the model's name in the address right?"),
            400: ("does not take these rows", _COLUMNS),
            422: ("does not take these rows", _COLUMNS),
            429: (f"takes no more requests, {ATTEMPTS} times", "Raise its limit, or ask later."),
        }.get(code, ("fails", "Its own log tells why."))
        return self._failed(f"{said} (HTTP {code}){_words(error.read(2000))}", mend)

    def _failed(self, said: str, mend: str) -> TrainingFailed:
        return TrainingFailed(f"The endpoint {said}", where=self.address.ask, mend=mend)

    def _keep_pace(self) -> None:
        early = self._last + self.rate - self.now()
        if early > 0:
            self.wait(early)
        self._last = self.now()

    def _pause(self, seconds: float, problem: Exception) -> None:
        if seconds > min(LONGEST_PAUSE, self._left()):
            raise problem
        self.wait(seconds)

    def _left(self) -> float:
        left = self._began + self.time_limit - self.now()
        if left <= 0:
            raise self._failed(
                f"was not done within {self.time_limit:g} seconds",
                "Ask it of fewer rows, or give it more power.",
            )
        return left


def _nothing(_: str) -> None:
    """NaN and Infinity are no JSON; a row without an answer is told by who counts the answers."""
    return


def _told_pause(headers: Message) -> float | None:
    told = headers.get("Retry-After", "")
    if told.isdigit():
        return float(told)
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time()) if told else None
    except ValueError:
        return None


def _words(text: bytes) -> str:
    """What a server says of a failure: one line, short, and nothing that a terminal or a report obeys."""
    line = " ".join(text.decode("utf-8", "replace").split())[:200]
    plain = "".join(letter for letter in line if letter.isprintable() and letter not in "<>`|")
    return f": {plain}" if plain else ""


def token_for(address: Address, hosts: frozenset[str] | None) -> str | None:
    """
    The token, where this host may have it. `hosts` None: a person's own machine, whose config is the person's own.

    Raises:
        BadConfig: it would travel where anybody can read it.
    """
    token = os.environ.get(TOKEN) or None
    named = os.environ.get("CI_MLOPS_ENDPOINT_HOST", "").lower()
    if token is None or (hosts is not None and address.host not in hosts | {named}):
        return None
    if not address.is_private:
        raise BadConfig(
            "The endpoint's address is http://, and a token is given: it would travel unencrypted",
            where=address.ask,
            mend=f"Write https://, or leave {TOKEN} out.",
        )
    return token
