"""A merge that took a stage by an approval: `register` leaves word of it beside the verdict, for `publish` to tell."""

import json
from pathlib import Path

from ci_mlops.files.replacing import replace_file
from ci_mlops.records import Change, Verdict

WORD = "waived.json"


def drop_word(output: Path) -> None:
    """Before anything is decided: what an earlier run left must not speak for a run that fails."""
    (output / WORD).unlink(missing_ok=True)


def leave_word(output: Path, verdict: Verdict, by: str) -> None:
    """`by`: who let the verdict through, and where; empty: nobody did."""
    if by:
        told = {"verdict_digest": verdict.verdict_digest, "by": by}
        replace_file(output / WORD, json.dumps(told).encode())


def word_left(file: Path, verdict: Verdict, change: Change) -> str:
    """
    `by` of the verdict in `file`; empty: nobody let it through.

    Only of a merge: in a pull request's run code of the change could have written it.
    """
    if change.event != "push":
        return ""
    try:
        match json.loads(file.with_name(WORD).read_bytes()):
            case {"verdict_digest": str(about), "by": str(by)} if about == verdict.verdict_digest:
                return by
    except (OSError, ValueError):
        pass
    return ""
