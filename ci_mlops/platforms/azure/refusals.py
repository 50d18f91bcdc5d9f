"""Failures in words that name the way out: which permission, whose, and where it is clicked."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ci_mlops.platforms.azure.failures import Answered, Missing, SignInPage, Unreachable
from ci_mlops.platforms.azure.place import Place
from ci_mlops.platforms.azure.transport import PASSING

IDENTITY = re.compile(r"identity '([^'\r\n]{1,200})'")
UNSEEN = re.compile(r"[^\w .,:;@()\\/-]")


class Refused(Exception):
    """Azure DevOps answered, and the answer was no; `why` ends a sentence."""

    def __init__(self, why: str, *, mend: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.mend = mend


class OutOfReach(Exception):
    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """As the menu spells it, and where that menu is."""

    name: str
    menu: str


def contribute_to_pull_requests(place: Place) -> Permission:
    return Permission(name="Contribute to pull requests", menu=_repository_menu(place))


def contribute(place: Place) -> Permission:
    """What a status of a commit asks for; it also allows to push."""
    return Permission(name="Contribute", menu=_repository_menu(place))


def read(place: Place) -> Permission:
    return Permission(name="Read", menu=_repository_menu(place))


def view_builds(place: Place) -> Permission:
    return Permission(name="View builds", menu="Pipelines > All > (the pipeline) > ... > Manage security")


def _repository_menu(place: Place) -> str:
    return f"Project settings > Repositories > {place.repository_name} > Security"


@contextmanager
def asking(permission: Permission, place: Place) -> Iterator[None]:
    """
    Raises:
        Refused, OutOfReach
    """
    from ci_mlops.platforms.azure.client import UNREADABLE

    try:
        yield
    except Unreachable as failure:
        raise OutOfReach(failure.why) from failure
    except SignInPage as failure:
        why = "Azure DevOps shows its sign-in page: it does not accept the token"
        raise Refused(why, mend=_token_mend()) from failure
    except Missing as failure:
        raise Refused(failure.why) from failure
    except Answered as failure:
        raise _in_our_words(failure, permission, place) from failure
    except UNREADABLE as failure:
        why = f"Azure DevOps gave an answer that can't be read ({type(failure).__name__})"
        raise Refused(why) from failure


def _in_our_words(answer: Answered, permission: Permission, place: Place) -> Refused | OutOfReach:
    if answer.status == 429:
        return Refused("Azure DevOps' rate limit is used up for longer than we wait")
    if answer.status == 401:
        return Refused("Azure DevOps does not accept the token (401)", mend=_token_mend())
    if answer.status in (403, 404):
        return _lacking(answer, permission, place)
    if answer.status in PASSING:
        return OutOfReach(f"Azure DevOps answered {answer.status} again and again")
    return Refused(f"Azure DevOps refused it ({answer.status})")


def _lacking(answer: Answered, permission: Permission, place: Place) -> Refused:
    builder = f"`{place.project} Build Service ({place.organisation})`"
    everywhere = f"`Project Collection Build Service ({place.organisation})`"
    mend = (
        f"Set `{permission.name}` to Allow under {permission.menu}, for {builder}, or for {everywhere} where the "
        "job's authorization scope is not limited to the project."
    )
    if answer.status == 404:
        # often a 403 that does not want to tell what there is
        return Refused("Azure DevOps does not show what is asked for (404)", mend=mend)
    told = IDENTITY.search(answer.message)
    # what a server wrote is shown as far as an identity needs
    whose = f" of the identity `{UNSEEN.sub('?', told[1])}`" if told else ""
    return Refused(f"the permission `{permission.name}`{whose} is missing ({answer.status})", mend=mend)


def _token_mend() -> str:
    return "Map `SYSTEM_ACCESSTOKEN: $(System.AccessToken)` into the step's `env:`."
