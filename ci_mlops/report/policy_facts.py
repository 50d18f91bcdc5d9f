"""By what the verdict was reached, beside the rules themselves: how sure, on how much, and what counts as fair."""

from ci_mlops.records import Verdict
from ci_mlops.report.inline import name, shortened
from ci_mlops.report.numbers import number, percent

_OVERLAP = {
    "exclude": "test rows that a training holds are left out for both models",
    "refuse": "test rows that a training holds are refused",
    "tell": "test rows that a training holds are told",
}


def policy_facts(verdict: Verdict) -> str:
    """Empty where the verdict does not hold its policy."""
    source = verdict.policy
    if source is None or source.rules is None:
        return ""
    rules = source.rules
    facts = [name(shortened(source.digest)) if source.digest else ""]
    if source.level is not None and source.power is not None:
        facts.append(f"{percent(source.level)} intervals, losses that {percent(source.power)} of runs find")
    facts.append(f"at least {number(rules.floor)} events for a decision")
    if verdict.proof is not None:
        facts.append(_OVERLAP[rules.overlap])
        facts.append(f"a test pin is worn out after {number(rules.worn_out)} merges")
    facts.append(f"rows weighted by {name(rules.weight)}" if rules.weight is not None else "")
    facts.append(f"rows of one {name(rules.group)} belong together" if rules.group is not None else "")
    facts.append(f"rows are of the time {name(rules.time)}" if rules.time is not None else "")
    return "; ".join(filter(None, facts))
