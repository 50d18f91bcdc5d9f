"""A whole drill on rows in memory: every sabotage before the court, and what that says of each rule."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ci_mlops.errors import BadData
from ci_mlops.evaluation.compare import compare
from ci_mlops.evaluation.drill.catalogue import sabotages_for
from ci_mlops.evaluation.drill.fate import Tried, judged, refused
from ci_mlops.evaluation.drill.sabotage import Sabotage, unchanged
from ci_mlops.evaluation.drill.wording import rule_text, titled
from ci_mlops.evaluation.gates import hold
from ci_mlops.evaluation.metric import Metric
from ci_mlops.evaluation.outcome import rule_on
from ci_mlops.evaluation.rows import Floats, Predictions, Rows
from ci_mlops.records import Policy, Skip
from ci_mlops.records.drill import DrilledRule, Fate, Sabotaged
from ci_mlops.records.drill_summary import DrillSummary

Guard = Callable[[Predictions, Floats], None]
"""
Of answers, and of what is true.

Raises:
    BadData: what a prediction file is refused for, before it is compared.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """Where sabotages are tried."""

    rows: Rows
    """Whose `candidate` is the champion."""
    policy: Policy
    metrics: Sequence[Metric]
    guard: Guard

    def tried(self, said: Predictions) -> Tried:
        """
        Raises:
            BadData: answers that are refused.
        """
        self.guard(said, self.rows.labels)
        champion = self.rows.candidate
        rows = replace(self.rows, candidate=said, champion=champion)
        comparison = compare([rows], self.policy, self.metrics)
        held = hold(comparison, self.policy)
        return Tried(
            comparison=comparison, held=held, ruling=rule_on(held.gates), changed=_changed(champion, said)
        )


def drilled(ring: Ring, more: Iterable[Sabotage] = ()) -> tuple[tuple[Sabotaged, ...], tuple[Skip, ...]]:
    """Every sabotage of the catalogue and `more`, and those that could not be made."""
    champion = ring.tried(unchanged(ring.rows))
    metric = told_in(ring.policy)
    done, left_out = [], []
    for sabotage in (*more, *sabotages_for(ring.rows, ring.policy)):
        said = sabotage.apply(ring.rows)
        if isinstance(said, str):
            left_out.append(Skip(what=titled(sabotage.title, sabotage.about), reason=said))
            continue
        try:
            done.append(judged(sabotage, ring.tried(said), champion, ring.policy, metric))
        except BadData as error:
            done.append(refused(sabotage, error.what))
    return tuple(done), tuple(left_out)


def told_in(policy: Policy) -> str:
    """The metric that effects are told in: money, else what the first rule is about."""
    if policy.cost is not None and "expected_cost" in (*policy.metrics, *(g.metric for g in policy.gates)):
        return "expected_cost"
    blocking = [gate for gate in policy.gates if gate.severity == "block"]
    return (blocking or policy.gates)[0].metric if policy.gates else policy.metrics[0]


def rules_of(done: Sequence[Sabotaged], policy: Policy) -> tuple[DrilledRule, ...]:
    """What each rule has stopped; a rule that the champion itself does not keep can't tell anything apart."""
    harm = [one for one in done if one.harmful and one.gates]
    own = next((one.stopped_by for one in done if one.name == "champion"), ())
    found = []
    for number, rule in enumerate(policy.gates):
        stopped = [one for one in harm if _by_its_limit(one, number)]
        undefined = [one for one in harm if number in one.stopped_by and one not in stopped]
        found.append(
            DrilledRule(
                number=number,
                text=rule_text(rule).strip("`"),
                severity=rule.severity,
                where=rule.where,
                stopped=tuple(one.name for one in stopped),
                alone=tuple(one.name for one in stopped if one.stopped_by == (number,)),
                undefined=tuple(one.name for one in undefined),
                decoration=rule.severity == "block" and bool(harm) and not stopped,
                stops_champion=number in own,
            )
        )
    return tuple(found)


def _by_its_limit(one: Sabotaged, number: int) -> bool:
    """
    A rule on what can't be measured stops it too, wherever its limit lies: that is no merit of the limit. Of a rule
    that only warns, what it would have stopped.
    """
    return any(
        gate.number == number and gate.candidate is not None and (gate.blocks or gate.status == "broken")
        for gate in one.gates
    )


def summed_up(
    done: Sequence[Sabotaged], rules: Sequence[DrilledRule], *, policy: str, test: str
) -> DrillSummary:
    harmful = [one for one in done if one.harmful]

    def titles(fate: Fate, of: Sequence[Sabotaged] = done) -> tuple[str, ...]:
        return tuple(titled(one.title, one.about) for one in of if one.fate == fate)

    return DrillSummary(
        sabotages=len(done),
        harmful=len(harmful),
        stopped=sum(one.fate in ("stopped", "refused") for one in harmful),
        let_through=titles("not_stopped"),
        undecided=titles("undecided"),
        allowed=titles("allowed"),
        unwatched=titles("unwatched", of=harmful),
        blocked=titles("blocked"),
        decoration=tuple(rule.text for rule in rules if rule.decoration),
        policy=policy,
        test=test,
    )


def _changed(champion: Predictions, said: Predictions) -> int:
    differing = champion.decisions != said.decisions
    if champion.scores is not None and said.scores is not None:
        apart = champion.scores != said.scores
        differing = differing | (apart.any(axis=1) if apart.ndim == 2 else apart)
    elif (champion.scores is None) != (said.scores is None):
        return len(differing)
    return int(np.count_nonzero(differing))
