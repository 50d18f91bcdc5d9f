"""Commits, branches and files, as a reader knows them."""

import shlex

from ci_mlops.records import Verdict
from ci_mlops.report.inline import name, prose

CONFIG = "ci-mlops.yml"

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
    # a first report has its rules from the change: that commit is not on the branch
    change = verdict.change
    own = verdict.candidate is not None and verdict.candidate.commit == source
    branch = change.base_ref if change and not own else ""
    return f"{name(branch)} at {name(source[:7])}" if branch else f"commit {name(source[:7])}"


def policy_named(verdict: Verdict) -> tuple[str, ...]:
    """`ci-mlops.yml`, and where it was read if that is another place: `main` at `a41c9e2`. Empty without rules."""
    policy = verdict.policy
    if policy is None:
        return ()
    known = policy.source not in ("", policy.path)
    return (name(policy.path), policy_place(verdict)) if known else (name(policy.path),)


def validate_again(verdict: Verdict, options: str = "") -> str:
    """`git checkout 3f2c7d0 && ci-mlops validate`, from the repository's top; without a commit the command alone."""
    path = verdict.policy.path if verdict.policy else CONFIG
    config = "" if path in ("", CONFIG) else f" --config {shlex.quote(path)}"
    head = verdict.change.head if verdict.change else None
    return f"{f'git checkout {head[:7]} && ' if head else ''}ci-mlops validate{config}{options}"
