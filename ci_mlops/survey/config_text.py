"""The proposed `ci-mlops.yml`, each guess with its reason."""

import json
import re
from collections.abc import Iterator
from typing import Any

from ci_mlops.survey.guess import Guess, Subject, Survey
from ci_mlops.survey.margins import DISAGREEMENT, SPREAD, Rule

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))
_OPENING = """\
# yaml-language-server: $schema=ci-mlops.schema.json
# (for editors; made by `ci-mlops schema > ci-mlops.schema.json`)
#
# Proposed by `ci-mlops init` from what the repository holds. What it could only guess is marked `guessed`.
"""
_KEPT = (
    "  # `prepared: true` keeps rows of data: where what the script does to its rows can't be repeated from outside, the",
    "  # held-out rows are stored as it prepared them, inside the model's folder, and go wherever the model goes: the CI's",
    "  # artifact, the registry. `model: capture` keeps none, and refuses such a model.",
)


def config_text(found: Survey) -> str:
    return _OPENING + "\n".join(_Writer(found).lines()) + "\n"


class _Writer:
    def __init__(self, found: Survey) -> None:
        self.found = found

    def lines(self) -> Iterator[str]:
        yield self._line("model", "name")
        yield self._line("task", "task")
        yield self._line("environment", "environment")
        if self.found.value("environment") != "current" and self.found.value("python"):
            yield self._line("python", "python", written=quoted(self.found.value("python")))
        yield from self._data()
        yield from self._train()
        metrics = ", ".join(scalar(one) for one in self.found.value("metrics"))
        yield f"metrics: [{metrics}]"
        yield from self._gates()

    def _data(self) -> Iterator[str]:
        yield "data:"
        if train := self.found.value("data"):
            yield self._line(
                "  train", "data", written=scalar(train[0]) if len(train) == 1 else listed(train)
            )
        yield "  test:"
        yield self._line("    path", "test")
        for key in ("target", "positive", "classes", "id", "group", "weight", "slices", "unit"):
            if key in self.found.guesses:
                yield self._line(f"    {key}", key)

    def _train(self) -> Iterator[str]:
        yield "train:"
        if "run" in self.found.guesses:
            yield self._line("  run", "run", written=text(self.found.value("run")))
        source = self.found.value("model-source")
        if keeps_rows(source):
            yield from _KEPT
        yield self._line("  model", "model-source", written=model_source(source))

    def _gates(self) -> Iterator[str]:
        rules: tuple[Rule, ...] = self.found.value("gates")
        regression = self.found.value("task") == "regression"
        assumed = (
            f"errors of two versions differ by a fifth ({SPREAD:g}) of the target's spread"
            if regression
            else f"two versions judge {DISAGREEMENT:.0%} of the rows differently"
        )
        yield f"# Margins that {self.found.guesses['gates'].why} can show, if {assumed}:"
        yield "# an equally good model is then shown to be no worse in four of five changes. Make them yours."
        yield "gates:"
        for rule in rules:
            place = f', slice: "{rule.slice}"' if rule.slice else ""
            warns = "" if rule.blocks else ", severity: warn"
            counted = f"smallest slice: {rule.rows} rows" if rule.slice else f"counted on {rule.rows} rows"
            yield f"  - {{metric: {rule.metric}{place}, max_regression: {number(rule.margin)}{warns}}} # {counted}"

    def _line(self, key: str, subject: Subject, *, written: str | None = None) -> str:
        guess = self.found.guesses[subject]
        value = written if written is not None else value_text(guess.value)
        return f"{key}: {value}{comment(guess)}"


def comment(guess: Guess) -> str:
    where = f" ({guess.where})" if guess.where and guess.where != guess.value else ""
    told = one_line(f"{guess.why}{where}")
    return f" # {'' if guess.sure else 'guessed: '}{told}" if told else ""


def value_text(value: Any) -> str:
    if isinstance(value, tuple | list):
        return listed(value)
    return (
        number(value)
        if isinstance(value, int | float) and not isinstance(value, bool)
        else scalar(str(value))
    )


def keeps_rows(source: Any) -> bool:
    """Whether this source of a model stores rows of data beside it."""
    inner = source.get("capture") if isinstance(source, dict) else None
    return isinstance(inner, dict) and inner.get("prepared") is True


def model_source(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return text(value)
    inner = ", ".join(f"{key}: {model_source(part)}" for key, part in value.items())
    return f"{{{inner}}}"


def listed(values: Any) -> str:
    return f"[{', '.join(scalar(str(one)) for one in values)}]"


def scalar(value: str) -> str:
    return value if _PLAIN.fullmatch(value) and value.lower() not in _WORDS else quoted(value)


def text(value: str) -> str:
    """A command or path: plain as people write it, where YAML reads it as it stands."""
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_./= -]*[A-Za-z0-9_./-]", value) and value.lower() not in _WORDS
    return value if plain else quoted(value)


def quoted(value: str) -> str:
    # JSON would write a pair of surrogates, which YAML does not join
    plain = json.dumps(value, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else f"\\U{ord(letter):08x}" for letter in plain)


def number(value: float) -> str:
    return f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}"


def one_line(words: str) -> str:
    """For a comment: what it quotes was written by others."""
    shown = "".join(letter if letter.isprintable() else " " for letter in words)
    return " ".join(shown.split())[:300]
