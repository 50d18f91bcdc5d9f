"""When a stage, a job or a step runs: `condition:`, and the job status functions."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.azure.expressions import evaluate
from tests.azure.values import Names

GOOD = ("Succeeded", "SucceededWithIssues")


def step_runs(condition: str, variables: Mapping[str, str], status: str) -> bool:
    functions = {
        "always": lambda given: True,
        "canceled": lambda given: status == "Canceled",
        "failed": lambda given: status == "Failed",
        "succeeded": lambda given: status in GOOD,
        "succeededOrFailed": lambda given: status != "Canceled",
    }
    return bool(evaluate(condition or "succeeded()", {"variables": Names(variables)}, functions))


def runs(
    condition: str,
    named: Mapping[str, Any],
    *,
    before: Mapping[str, str],
    canceled: bool,
) -> bool:
    """
    A stage or a job.

    Args:
        before: Name -> result of all that it depends on, directly or not.
    """

    def asked(given: Sequence[Any]) -> list[str]:
        return [before[str(name)] for name in given] if given else list(before.values())

    functions = {
        "always": lambda given: True,
        "canceled": lambda given: canceled,
        "failed": lambda given: "Failed" in asked(given),
        "succeeded": lambda given: not canceled and all(result in GOOD for result in asked(given)),
        # without names it holds whatever went before, what was skipped too
        "succeededOrFailed": lambda given: (
            not canceled and (not given or any(result in (*GOOD, "Failed") for result in asked(given)))
        ),
    }
    return bool(evaluate(condition or "succeeded()", named, functions))
