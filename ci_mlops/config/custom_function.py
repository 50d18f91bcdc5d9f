"""What a metric of the team's asks for, and which way is better: read from its text, nothing is run."""

import ast
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from ci_mlops.config.settings import Config
from ci_mlops.errors import BadConfig
from ci_mlops.records.custom_metric import LOWER_ENDINGS, CustomName, custom_name
from ci_mlops.records.policy import Policy

LARGEST = 1_000_000
GIVEN = ("truth", "prediction", "score", "scores", "weight")
"""What every row has; anything else that is asked for is a column of the test data."""
_DIRECTION = "higher_is_better"
_SHAPE = "def {}(truth, prediction): ..."


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomFunction:
    name: CustomName
    asks: tuple[str, ...]
    """Names of its arguments."""
    needs: tuple[str, ...]
    """Of these, the ones without a default."""
    any_column: bool
    """It takes `**columns`: all that are declared."""
    higher_is_better: bool

    def columns(self, declared: tuple[str, ...]) -> tuple[str, ...]:
        """Which of the declared columns it is given."""
        return tuple(c for c in declared if c not in GIVEN and (self.any_column or c in self.asks))


def custom_metrics(config: Config) -> dict[str, str]:
    """Metric -> where the config names it first."""
    named = [(metric, ("metrics", number)) for number, metric in enumerate(config.metrics)]
    gates = [(gate.metric, ("gates", number, "metric")) for number, gate in enumerate(config.gates)]
    found: dict[str, str] = {}
    for metric, place in (*named, *gates):
        if custom_name(metric) is not None:
            found.setdefault(metric, config.where(*place))
    return found


def columns_to_ask(policy: Policy) -> tuple[str, ...]:
    """Columns of the test data that a metric of the team's may ask for."""
    return tuple(dict.fromkeys((*policy.columns, *policy.slices)))


def check_functions(config: Config, files: Mapping[str, bytes], *, where: str = "") -> Iterator[BadConfig]:
    """`files`: path -> text, of those that are there. `where`: which tree they are of, as `(base, a41c9e2)`."""
    for metric, place in custom_metrics(config).items():
        name = custom_name(metric)
        assert name is not None  # noqa: S101 - these are the ones that have such a name
        told = f"{place} {where}".rstrip()
        if name.path not in files:
            yield BadConfig(
                f"there is no file {name.path}, which `{metric}` names",
                where=told,
                mend="Commit it there: paths are relative to the folder of the config.",
            )
            continue
        try:
            _fit(read_function(files[name.path], name), config.policy())
        except BadConfig as error:
            yield BadConfig(error.what, where=told, mend=error.mend)


def read_function(text: bytes, name: CustomName) -> CustomFunction:
    """
    Raises:
        BadConfig: no Python, no such function at its top, or one that can't be called by names.
    """
    tree = _tree(text, name)
    found = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    if name.function not in found:
        close = get_close_matches(name.function, found, n=1)
        raise BadConfig(
            f"{name.path} has no function `{name.function}` at its top",
            mend=f"Did you mean `{name.path}:{close[0]}`?"
            if close
            else f"Write `{_SHAPE.format(name.function)}` there.",
        )
    arguments = found[name.function].args
    if arguments.posonlyargs or arguments.vararg:
        raise BadConfig(
            f"`{name.function}` has arguments without a name, and is called by their names",
            mend=f"Write `{_SHAPE.format(name.function)}`: no `/` and no `*args`.",
        )
    plain = [one.arg for one in arguments.args]
    without = plain[: len(plain) - len(arguments.defaults)]
    keyword = [one.arg for one in arguments.kwonlyargs]
    pairs = zip(keyword, arguments.kw_defaults, strict=True)
    return CustomFunction(
        name=name,
        asks=(*plain, *keyword),
        needs=(*without, *(one for one, default in pairs if default is None)),
        any_column=arguments.kwarg is not None,
        higher_is_better=_direction(tree, name),
    )


def _tree(text: bytes, name: CustomName) -> ast.Module:
    if len(text) > LARGEST:
        raise BadConfig(
            f"{name.path} is larger than {LARGEST // 1_000_000} MB",
            mend="Keep the metric's code in it, and no data.",
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the team's escapes in strings are no matter of ours
            return ast.parse(text)
    except SyntaxError as error:
        raise BadConfig(
            f"{name.path} can't be read as Python at its line {error.lineno or 1}",
            mend="`python -m py_compile` says what is wrong with it.",
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise BadConfig(f"{name.path} can't be read as Python", mend="Is it a text file?") from error


def _direction(tree: ast.Module, name: CustomName) -> bool:
    """`profit.higher_is_better = False`; the last such line holds."""
    higher = not name.function.endswith(LOWER_ENDINGS)
    for node in tree.body:
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        match node.targets[0]:
            case ast.Attribute(value=ast.Name(id=name.function), attr=attribute) if attribute == _DIRECTION:
                if not isinstance(node.value, ast.Constant) or not isinstance(node.value.value, bool):
                    raise BadConfig(
                        f"`{name.function}.{_DIRECTION}` is neither True nor False",
                        mend=f"Write `{name.function}.{_DIRECTION} = False` where less is better.",
                    )
                higher = node.value.value
    return higher


def _fit(function: CustomFunction, policy: Policy) -> None:
    """Whether the rows have what it asks for."""
    there = {"truth", "prediction", *columns_to_ask(policy)}
    if policy.task == "classification":
        there.add("scores" if policy.classes else "score")
    if policy.weight is not None:
        there.add("weight")
    for asked in function.needs:
        if asked not in there:
            raise _lacking(function, asked, policy, there)


def _lacking(function: CustomFunction, asked: str, policy: Policy, there: set[str]) -> BadConfig:
    what = f"`{function.name.function}` asks for `{asked}`"
    if asked == "weight":
        return BadConfig(
            f"{what}, and rows have no weights",
            mend="Name their column in `data.test.weight`, or give it a default.",
        )
    if asked in ("score", "scores"):
        has = (
            f"{len(policy.classes) or 2} classes" if policy.task == "classification" else "numbers to predict"
        )
        instead = next((name for name in ("score", "scores") if name in there), "prediction")
        return BadConfig(
            f"{what}, and the task has {has}", mend=f"Ask for `{instead}`, or give it a default."
        )
    close = get_close_matches(asked, there, n=1)
    return BadConfig(
        f"{what}, which is no column that metrics are given",
        mend=f"Did you mean `{close[0]}`?"
        if close
        else f"Add it to `data.test.columns`, as `[{asked}]`; or give it a default.",
    )
