"""Who we are on GitHub: a person may ask, a workflow's token may not."""

from functools import cached_property

from github import Github
from github.GithubException import GithubException

from ci_mlops.platforms.github.client import PASSING, create_once, is_limit
from ci_mlops.platforms.patience import Patience

# What GITHUB_TOKEN writes as.
ACTIONS = "github-actions[bot]"
QUERY = "query { viewer { login } }"


class Identity:
    def __init__(self, client: Github, patience: Patience) -> None:
        self._client = client
        self._patience = patience

    def is_me(self, login: str) -> bool:
        if self._person is not None:
            return login == self._person
        if login == ACTIONS:
            return True
        # the token of an App of the team's own; asked only when a bot other than Actions carries our marker
        return login.endswith("[bot]") and login == self._app

    @cached_property
    def _person(self) -> str | None:
        try:
            return self._client.get_user().login
        except GithubException as error:
            if error.status != 403 or is_limit(error):
                raise
            return None

    @cached_property
    def _app(self) -> str:
        def ask() -> str:
            _, answer = self._client.requester.graphql_query(QUERY, {})
            return str(answer["data"]["viewer"]["login"])

        try:
            return create_once(ask, lambda: None, self._patience)
        except GithubException as error:
            if is_limit(error) or error.status in PASSING:
                raise
            return ""
