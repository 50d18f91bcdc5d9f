"""What can become of a call, before anybody gives it words."""


class Failed(Exception):
    """Azure DevOps did not do what was asked, or nobody knows whether it did."""


class Answered(Failed):
    def __init__(self, status: int, message: str, *, wait: float | None = None) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.message = message
        self.wait = wait
        """Seconds that it asks us to wait."""


class SignInPage(Failed):
    """A page for people, where a program asked: the token is not accepted."""


class Unreachable(Failed):
    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Missing(Failed):
    """What has to be there is not."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
