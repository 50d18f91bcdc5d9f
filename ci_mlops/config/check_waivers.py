"""Whether waivers name what can be measured."""

from collections.abc import Iterator

from ci_mlops.config.check_gates import measurable
from ci_mlops.config.check_slices import check_named_slice
from ci_mlops.config.draft import Draft
from ci_mlops.config.findings import Finding


def check_waivers(draft: Draft) -> Iterator[Finding]:
    seen: dict[tuple[object, ...], int] = {}
    for number, waiver in draft.waivers.items():
        yield from measurable(draft, waiver.metric, ("waivers", number, "metric"))
        # the search's own columns need not be declared
        if draft.test is not None and draft.holds("data", "test", "slices") and waiver.limit != "search":
            yield from check_named_slice(waiver.slice, ("waivers", number, "slice"), draft.test)
        rule = (waiver.metric, waiver.slice, waiver.limit)
        if rule in seen:
            yield Finding(
                loc=("waivers", number),
                what=f"`{waiver.metric}` is waived already, in waivers[{seen[rule]}]",
                mend="Keep one of them.",
            )
        seen.setdefault(rule, number)
