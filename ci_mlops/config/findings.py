"""What pydantic finds, in words for the person who wrote the file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails

from ci_mlops.config.compute_settings import ComputeSettings
from ci_mlops.config.cost_settings import CapacitySettings, CostSettings
from ci_mlops.config.court_settings import Gate
from ci_mlops.config.data_settings import Data, SearchSettings, TestData, TimeSettings
from ci_mlops.config.entry_settings import EntrySettings
from ci_mlops.config.marks import Loc, spell
from ci_mlops.config.passport_settings import PassportSettings
from ci_mlops.config.pull_request_settings import PullRequestSettings
from ci_mlops.config.report_settings import FlippedRowsSettings, ReportSettings
from ci_mlops.config.section import Settings
from ci_mlops.config.settings import Config, RegistrySettings
from ci_mlops.config.train_settings import CaptureSettings, LoggedSettings, ModelSource, Predict, Train
from ci_mlops.config.waiver_settings import WaiverSettings

SECTIONS: Mapping[str, type[Settings]] = {
    "": Config,
    "data": Data,
    "data.test": TestData,
    "data.test.search": SearchSettings,
    "data.test.time": TimeSettings,
    "train": Train,
    "train.model": ModelSource,
    "train.model.capture": CaptureSettings,
    "train.model.mlflow": LoggedSettings,
    "predict": Predict,
    "cost": CostSettings,
    "cost.capacity": CapacitySettings,
    "gates": Gate,
    "waivers": WaiverSettings,
    "pull_request": PullRequestSettings,
    "registry": RegistrySettings,
    "registry.entry.STAGE": EntrySettings,
    "registry.passport": PassportSettings,
    "compute": ComputeSettings,
    "report": ReportSettings,
    "report.flipped_rows": FlippedRowsSettings,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    loc: Loc
    what: str
    mend: str = ""


def section_of(loc: Loc) -> str:
    """
    The key of `SECTIONS`, which leaves list numbers out, and a stage's name.

    >>> section_of(("gates", 1))
    'gates'
    >>> section_of(("registry", "entry", "production"))
    'registry.entry.STAGE'
    """
    if loc[:2] == ("registry", "entry") and len(loc) > 2:
        loc = (*loc[:2], "STAGE", *loc[3:])
    return spell(tuple(part for part in loc if not isinstance(part, int)))


def close(word: str, known: Iterable[str]) -> str | None:
    found = get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def findings(errors: Iterable[ErrorDetails]) -> Iterator[Finding]:
    errors = list(errors)
    # a misspelt key is one problem, not also a missing one
    meant = {
        (*error["loc"][:-1], _meant(error["loc"])) for error in errors if error["type"] == "extra_forbidden"
    }
    for error in errors:
        if error["type"] == "missing" and error["loc"] in meant:
            continue
        yield _finding(error)


def _meant(loc: Loc) -> str | None:
    section = SECTIONS.get(section_of(loc[:-1]))
    return close(str(loc[-1]), section.model_fields) if section else None


def _finding(error: ErrorDetails) -> Finding:
    loc, kind = error["loc"], error["type"]
    told: dict[str, Any] = error.get("ctx", {})
    key = spell(loc[-1:]) if loc and isinstance(loc[-1], str) else spell(loc[-2:])
    if kind == "extra_forbidden":
        return _unknown(loc)
    if kind == "missing":
        return _missing(loc)
    if kind == "ci_mlops":
        # most of these speak of the value and name it, the others need the key as their subject
        what = told["what"]
        speaks_for_itself = what.startswith(("`", "the "))
        return Finding(loc=loc, what=what if speaks_for_itself else f"`{key}` {what}", mend=told["mend"])
    expected, mend = _expectation(kind, told, error["input"])
    return Finding(loc=loc, what=f"`{key}` {expected}", mend=mend)


def _expectation(kind: str, told: Mapping[str, Any], value: object) -> tuple[str, str]:
    found = _kind_of(value)
    if kind == "literal_error":
        options = told["expected"].replace("'", "`")
        words = [word.strip("`") for word in options.replace(" or ", ", ").split(", ")]
        guess = close(value, words) if isinstance(value, str) else None
        return f"must be {options}; found {found}", f"Did you mean `{guess}`?" if guess else ""
    if kind == "string_type" and isinstance(value, int | float):
        written = str(value).lower() if isinstance(value, bool) else value
        return f"must be text; found {found}", f'Write it in quotes: `"{written}"`.'
    expected, mend = _EXPECTED.get(kind, ("something else", "See docs/config.md."))
    return f"must be {expected}; found {found}", mend


_LIST = ("a list", "Write `[a, b]`, or one `- ` line for each.")
_MAPPING = ("a mapping", "Write `key: value` lines below it, or `{key: value}`.")
_EXPECTED = {
    "string_type": ("text", ""),
    "float_type": ("a number", "Write it without quotes and with a point, as `0.05`."),
    "bool_type": ("true or false", "Write it without quotes, as `true`."),
    "int_type": ("a whole number", "Write it without quotes, as `4`."),
    "greater_than_equal": ("1 or more", ""),
    "finite_number": ("a finite number", "Write a number, as `0.05`."),
    "tuple_type": _LIST,
    "list_type": _LIST,
    "model_type": _MAPPING,
    "dict_type": _MAPPING,
}
"""What pydantic asked for -> (what that is in our words, how it is written)."""


def _kind_of(value: object) -> str:
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text `{value if len(value) <= 40 else value[:37] + '...'}`"
        case list():
            return "a list"
        case dict():
            return "a mapping"
    return "nothing"


def _unknown(loc: Loc) -> Finding:
    word, parent = str(loc[-1]), section_of(loc[:-1])
    keys = SECTIONS[parent].model_fields
    if guess := close(word, keys):
        mend = f"Did you mean `{guess}`?"
    elif homes := [name for name, section in SECTIONS.items() if word in section.model_fields]:
        mend = " or ".join(f"`{home}`" if home else "the top of the file" for home in homes)
        mend = f"`{word}` belongs to {mend}."
    else:
        mend = f"Keys here: {', '.join(keys)}."
    return Finding(loc=loc, what=f"unknown key `{word}`", mend=mend)


def _missing(loc: Loc) -> Finding:
    key = str(loc[-1])
    field = SECTIONS[section_of(loc[:-1])].model_fields[key]
    return Finding(loc=loc, what=f"`{spell(loc)}` is missing", mend=f"Add `{key}`: {field.description}")
