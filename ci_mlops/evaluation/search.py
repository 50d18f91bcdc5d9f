"""
Which slices got worse, among all that a few columns and their crossings make.

Per slice the paired difference of the rows' losses, by exact sums; a one-sided t test, in which rows that are drawn together
are one draw; and one error for all slices that were looked at. Nothing is drawn at random, so the outcome is the same for any order of rows and of partitions.
"""

from collections.abc import Mapping, Sequence

from ci_mlops.evaluation.exact import as_fraction
from ci_mlops.evaluation.influence import FEW
from ci_mlops.evaluation.row_loss import row_loss
from ci_mlops.evaluation.searched import Searched, errors_at
from ci_mlops.records import Policy
from ci_mlops.records.search import Search, WorseSlice
from ci_mlops.records.slices import CROSS

ERROR = 0.05
"""For all slices together."""


def search(sums: Mapping[str, Searched], policy: Policy) -> Search | None:
    """None: nothing is asked for, or there is no champion to be worse than."""
    rule = policy.search
    if rule is None or not sums:
        return None
    loss = row_loss(policy)
    judged = {name: one for name, one in sums.items() if one.units >= policy.floor and one.moved >= FEW}
    chances = {name: one.chance(loss.kinds) for name, one in judged.items()}
    found = _holm(chances) if rule.severity == "block" else _benjamini_hochberg(chances)
    telling = _telling({name: judged[name] for name in found}, loss.kinds)
    share = 1 if rule.severity == "block" else max(1, len(found))
    # one-sided as the test is, so that both agree on what is worse
    level = 1 - 2 * ERROR * share / max(1, len(judged))
    worse = [_worse(name, judged[name], level, loss.kinds) for name in telling]
    return Search(
        columns=rule.columns,
        loss=loss.name,
        searched=len(judged),
        too_small=len(sums) - len(judged),
        level=level,
        worse=tuple(sorted(worse, key=lambda one: (-one.at_least, one.slice))),
        repeated=len(found) - len(telling),
        correction="Holm" if rule.severity == "block" else "Benjamini-Hochberg",
    )


def _worse(name: str, one: Searched, level: float, kinds: Sequence[float]) -> WorseSlice:
    far = errors_at(level, one.units) * one.error(kinds) / float(as_fraction(one.weight))
    return WorseSlice(
        slice=name,
        rows=one.rows,
        champion=one.before,
        candidate=one.before + one.mean,
        at_least=max(0.0, one.mean - far),
        at_most=one.mean + far,
    )


def _telling(found: Mapping[str, Searched], kinds: Sequence[float]) -> list[str]:
    """
    Without slices that another one explains: one around it, beside whose other rows it is no worse; or one inside it,
    without which nothing of the loss is left. Then what else lies inside that slice, and is less bad, shares in the loss.
    """
    inside = {name: [one for one in _around(name) if one in found] for name in sorted(found)}
    explained: dict[str, str] = {}
    for name, others in inside.items():
        for around in others:
            rest = found[around] - found[name]
            worst = explained.get(around, name)
            if rest.chance(kinds) > ERROR and found[name].mean >= found[worst].mean:
                explained[around] = name
    dropped = set(explained)
    for name, others in inside.items():
        for around in others:
            if around in explained:
                shares = found[name].mean < found[explained[around]].mean
            else:
                shares = found[name].chance_beyond(found[around] - found[name], kinds) >= ERROR
            if shares:
                dropped.add(name)
    return [name for name in sorted(found) if name not in dropped]


def _around(name: str) -> list[str]:
    """The slices of one column that a crossing lies in; none where ` & ` belongs to a value."""
    parts = name.split(CROSS)
    return parts if len(parts) == 2 and all("=" in part for part in parts) else []


def _ranked(chances: Mapping[str, float]) -> list[str]:
    return sorted(chances, key=lambda name: (chances[name], name))


def _benjamini_hochberg(chances: Mapping[str, float]) -> list[str]:
    """Source: Benjamini & Hochberg 1995, JRSS B 57."""
    ranked = _ranked(chances)
    below = [at for at, name in enumerate(ranked, 1) if chances[name] <= ERROR * at / len(ranked)]
    return ranked[: max(below, default=0)]


def _holm(chances: Mapping[str, float]) -> list[str]:
    """Source: Holm 1979, Scandinavian Journal of Statistics 6."""
    ranked = _ranked(chances)
    for at, name in enumerate(ranked):
        if chances[name] > ERROR / (len(ranked) - at):
            return ranked[:at]
    return ranked
