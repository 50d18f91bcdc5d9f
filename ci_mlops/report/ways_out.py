"""What the author of a blocked change can do."""

from ci_mlops.records import Verdict
from ci_mlops.report.blocks import Block, Items, Paragraph
from ci_mlops.report.inline import code, name, strong
from ci_mlops.report.places import CONFIG, validate_again


def ways_out(verdict: Verdict) -> list[Block]:
    of_files = verdict.champion is not None and verdict.champion.origin == "file"
    ways = _compared(verdict) if of_files else _validated(verdict)
    return [Paragraph(strong("What you can do")), Items(ways, numbered=True)]


def _validated(verdict: Verdict) -> tuple[str, ...]:
    change = verdict.change
    comments = change is not None and change.event == "pull_request"
    after = " and push: this comment updates itself" if comments else ", and judge it again"
    base = name(change.base_ref) if change and change.base_ref else "the base branch"
    return (
        f"Mend the model or its data{after}.",
        f"Look closer on your own machine, with the same verdict and no server: {code(validate_again(verdict))}.",
        f"Or, if the rule is wrong, change it in {_config(verdict)} in a change of its own: the gate uses the policy on {base}.",
    )


def _compared(verdict: Verdict) -> tuple[str, ...]:
    """Of files: there is no training that could be run again, and no base branch."""
    return (
        "Mend the model or its data, and compare its predictions again.",
        f"Or, if the rule is wrong, change it in {_config(verdict)}.",
    )


def _config(verdict: Verdict) -> str:
    return name(verdict.policy.path if verdict.policy else CONFIG)
