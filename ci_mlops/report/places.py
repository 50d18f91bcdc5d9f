"""Commits and branches, as a reader knows them."""

from ci_mlops.records import Verdict
from ci_mlops.report.inline import name, prose

_COMMIT = 40


def is_commit(text: str | None) -> bool:
    return bool(text) and all(c in "0123456789abcdef" for c in text or "")


def policy_place(verdict: Verdict) -> str:
    """Where the rules were read: `main` at `a41c9e2`."""
    if verdict.policy is None:
        return "nowhere"
    source = verdict.policy.source
    if not is_commit(source) or len(source) != _COMMIT:
        return prose(source)
    branch = verdict.change.base_ref if verdict.change else ""
    return f"{name(branch)} at {name(source[:7])}" if branch else f"commit {name(source[:7])}"
