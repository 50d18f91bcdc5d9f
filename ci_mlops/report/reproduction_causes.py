"""Why a model did not come out the same, in sentences: what was found, and what to do about it."""

from collections.abc import Callable

from ci_mlops.records.reproduction import Cause, CauseCode, Measured
from ci_mlops.report.inline import code, name, prose, strong

_TWO_DIFFER = "two trainings of the same day differ"


def told(cause: Cause, measured: Measured) -> str:
    lead, sentence = _TOLD[cause.code]
    return f"{strong(lead)}. {sentence(cause, measured)}"


def _names(cause: Cause, lead: str = ": ") -> str:
    if not cause.names:
        return ""
    more = f" and {cause.more} more" if cause.more else ""
    return lead + ", ".join(name(one) for one in cause.names) + more


def _data(cause: Cause, measured: Measured) -> str:
    return (
        f"What it was trained on is nowhere to be found, and today's files are others{_names(cause)}. "
        "Data that stays where its pin can find it makes a version reproducible."
    )


def _environment(cause: Cause, measured: Measured) -> str:
    # a colon behind a span of code would begin another one
    why = prose(measured.restored.why_environment.replace("`", ""))
    if measured.restored.packages is None:
        return f"It was trained in today's, as {why}. Which packages differ is not known."
    differ = _names(cause, "Packages that differ: ") or "No version of a package differs"
    return f"It was trained in today's, as {why}. {differ}."


def _code(cause: Cause, measured: Measured) -> str:
    return (
        "The registered fingerprint is not that of its commit: files that were never committed, or a ci-mlops of another "
        "version that counted them otherwise."
    )


def _seed(what: str, mend: str) -> Callable[[Cause, Measured], str]:
    def sentence(cause: Cause, measured: Measured) -> str:
        return f"As it is, {_TWO_DIFFER}; with {what} they are alike{_names(cause)}. {mend}"

    return sentence


def _hash_order(cause: Cause, measured: Measured) -> str:
    return (
        f"As it is, {_TWO_DIFFER}; with {code('PYTHONHASHSEED=0')} they are alike. Something walks over a set of texts: "
        f"{code('sorted(...)')} gives it an order."
    )


def _threads(cause: Cause, measured: Measured) -> str:
    trial = next(one for one in measured.trials if one.condition == "threads")
    if trial.against == "registered":
        return "On one thread it comes out as it was registered: how many threads there are decides."
    return f"As it is, {_TWO_DIFFER}; on one thread they are alike. Sums of numbers depend on their order."


def _several(cause: Cause, measured: Measured) -> str:
    return (
        f"As it is, {_TWO_DIFFER}; no single change makes them alike, and a fixed seed for everything, a fixed order of "
        f"texts and one thread together do{_names(cause)}."
    )


def _files(cause: Cause, measured: Measured) -> str:
    return (
        f"As it is, {_TWO_DIFFER} in their files, and in no answer{_names(cause)}. A time, a path or a random name is "
        "written into them."
    )


def _elsewhere(cause: Cause, measured: Measured) -> str:
    return (
        "Code, environment and data are as registered, and two trainings of today are alike: it is something that nobody "
        "recorded, as another kind of processor, a system library, or data that the training fetches by itself."
    )


def _unknown(cause: Cause, measured: Measured) -> str:
    if measured.stopped:
        return f"No more trainings were to be spent on it: a larger {code('--trials')} looks further."
    if not measured.trials:
        return "Nothing was tried."
    if measured.trials[0].sameness == "failed":
        return f"Trained a second time, it failed: {prose(measured.trials[0].failure)}."
    return (
        f"As it is, {_TWO_DIFFER}, and neither fixed seeds nor a fixed order of texts nor one thread makes them alike: a "
        "clock, a graphics card, or a generator that takes its seed from the system."
    )


_TOLD: dict[CauseCode, tuple[str, Callable[[Cause, Measured], str]]] = {
    "data": ("Changed data", _data),
    "environment": ("Another environment", _environment),
    "code": ("Other code", _code),
    "split": (
        "Unseeded split",
        _seed("splits of a fixed seed", f"Give the split a seed: {code('random_state=0')}."),
    ),
    "estimator": (
        "Unseeded estimator",
        _seed("estimators of a fixed seed", f"Give the estimator a seed: {code('random_state=0')}."),
    ),
    "draws": (
        "Random numbers without a seed",
        _seed("a fixed seed for all that draws", "Give each of them a seed of its own."),
    ),
    "hash_order": ("Order of texts", _hash_order),
    "threads": ("Threads", _threads),
    "several": ("Several causes at once", _several),
    "files": ("Something in the files", _files),
    "elsewhere": ("Something beyond the record", _elsewhere),
    "unknown": ("Not found", _unknown),
}
