"""Whether what stages ask for fits the ladder."""

from collections.abc import Iterator

from ci_mlops.config.draft import Draft
from ci_mlops.config.entry_settings import EntrySettings
from ci_mlops.config.findings import Finding, close

MODEL = "{model}"


def check_entry(draft: Draft) -> Iterator[Finding]:
    registry = draft.registry
    if registry is None or not draft.holds("registry", "stages"):
        return
    for stage, entry in registry.entry.items():
        place = ("registry", "entry", stage)
        if stage not in registry.stages:
            guess = close(stage, registry.stages)
            mend = f"They are {', '.join(registry.stages)}."
            yield Finding(
                loc=place,
                what=f"`{stage}` is none of the stages",
                mend=f"Did you mean `{guess}`?" if guess else mend,
            )
        elif stage == registry.stages[0]:
            yield Finding(
                loc=place,
                what=f"`{stage}` is the first stage: a merge takes it, by the verdict alone",
                mend="Ask for more in `gates`, or at a stage after it.",
            )
        elif draft.holds(*place):
            yield from _asked(entry, place)


def _asked(entry: EntrySettings, place: tuple[str, ...]) -> Iterator[Finding]:
    if entry.model_fields_set and not entry.asks:
        yield Finding(
            loc=place,
            what=f"`{place[-1]}` asks for nothing: a verdict that passed, or was waived, is asked for anyway",
            mend="Add `approval`, `after`, `smoke` or `scores`, or remove it.",
        )
    if entry.smoke is None:
        if "time_limit" in entry.model_fields_set:
            yield Finding(
                loc=(*place, "time_limit"),
                what="`time_limit` is for `smoke`, which is not there",
                mend="Add `smoke`, or remove it.",
            )
        return
    text = entry.smoke if isinstance(entry.smoke, str) else " ".join(entry.smoke)
    if MODEL not in text:
        yield Finding(
            loc=(*place, "smoke"),
            what=f"`smoke` does not say `{MODEL}`",
            mend=f"Write `python smoke.py {MODEL}`: it stands for the path of the stored model.",
        )
