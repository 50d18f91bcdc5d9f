"""How many decisions flipped, in a line."""

from ci_mlops.records import Verdict
from ci_mlops.report.numbers import number
from ci_mlops.report.words import counted


def flips_line(verdict: Verdict) -> str:
    """`39 decisions flipped: 29 for the better, 10 for the worse.`; empty where nothing is compared."""
    found = verdict.flips
    if found is None:
        return ""
    if not found.rows:
        return "No decision flipped."
    parts = [f"{number(found.better)} for the better", f"{number(found.worse)} for the worse"]
    if found.otherwise:
        parts.append(f"{number(found.otherwise)} from one error to another")
    return f"{counted(found.rows, 'decision')} flipped: {', '.join(parts)}."
