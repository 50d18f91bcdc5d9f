"""What every part of the scoring raises to say why it does not go on: words, and a way out."""

from __future__ import annotations


class Refused(Exception):
    """`kind`: model (can't be loaded or used) or data (it does not fit the rows)."""

    def __init__(self, kind: str, what: str, mend: str) -> None:
        super().__init__(what)
        self.answer = {"kind": kind, "what": what, "mend": mend}
