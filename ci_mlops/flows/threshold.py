"""From which score on each model decides: as the policy says, or as is best on the validation rows."""

from ci_mlops.records import Decided, Policy, ThresholdReport


def told_by_policy(policy: Policy, *, has_champion: bool) -> ThresholdReport | None:
    """None: each model decides itself."""
    if policy.threshold is None or policy.threshold.value is None:
        return None
    both = Decided(threshold=policy.threshold.value)
    return ThresholdReport(by=None, champion=both if has_champion else None, candidate=both)
