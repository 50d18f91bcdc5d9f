"""What every part of the scoring raises to say why it does not go on: words, and a way out."""

from __future__ import annotations

import traceback


class Refused(Exception):
    """`kind`: model (can't be loaded or used) or data (it does not fit the rows); `facts`: what these words are of."""

    def __init__(self, kind: str, what: str, mend: str, **facts: list[str]) -> None:
        super().__init__(what)
        self.answer = {"kind": kind, "what": what, "mend": mend, **facts}

    def show_cause(self) -> None:
        """What the team's own code raised, for their log; where nothing was raised our lines would tell them nothing."""
        cause = self.__cause__
        if cause is not None:
            traceback.print_exception(type(cause), cause, cause.__traceback__)
