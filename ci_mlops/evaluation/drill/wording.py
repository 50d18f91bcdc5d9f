"""Rules in the words of the config, short enough for a cell of a table."""

from collections.abc import Sequence

from ci_mlops.records import GateRule, Policy

_SIGNS = {"min": ">=", "max": "<="}


def rule_text(rule: GateRule) -> str:
    """
    >>> from ci_mlops.records import Limit
    >>> rule_text(GateRule(metric="precision", limit=Limit(kind="min", value=0.55)))
    '`precision >= 0.55`'
    """
    limit = rule.limit
    if limit.kind in _SIGNS:
        said = f"{rule.metric} {_SIGNS[limit.kind]} {limit.value:g}"
    elif limit.kind == "improve":
        said = f"{rule.metric} must improve"
    else:
        said = f"{rule.metric} {limit.kind} {limit.value:g}"
    # between backticks: a metric, a class or a slice may be called anything
    return f"`{of_slice(said, rule.slice).replace(chr(96), chr(39))}`"


def rules_text(numbers: Sequence[int], policy: Policy) -> str:
    """What the court holds beside the policy's gates is none of its rules."""
    named = [rule_text(policy.gates[number]) for number in numbers if number < len(policy.gates)]
    return listed(named + ["what is held beside the gates"] * (len(named) < len(numbers)))


def titled(title: str, about: str) -> str:
    return title.replace("{}", about)


def of_slice(words: str, slice_: str | None) -> str:
    return f"{words} on {slice_}" if slice_ else words


def listed(names: Sequence[str], most: int = 4) -> str:
    """`a, b and c`, and how many more."""
    shown = list(names[:most])
    if len(names) > most:
        return f"{', '.join(shown)} and {len(names) - most} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)
