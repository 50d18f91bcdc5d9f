"""
Which of the fitted models ships. Never "the last one" in silence: where it can't be known, that is the answer.

In this order: the variable that the config names; what the script saves; the only one fitted; the only one that the
script's globals still lead to.
"""

from __future__ import annotations

import ast
import os
from dataclasses import dataclass, field
from typing import Any

from . import journal, native, reach


@dataclass
class Choice:
    state: str  # captured, nothing, ambiguous
    how: str = ""
    fit: Any = None
    model: Any = None
    # fits whose rows the model may have seen as well
    also: list[Any] = field(default_factory=list)
    saved_to: str = ""
    # of an ambiguous one: as raw.py lists them
    why: str = "several"


def choose() -> Choice:
    variable = journal.request().get("variable")
    if variable:
        return by_variable(variable)
    if native.ships():
        return Choice("ambiguous", why="native")
    fits = candidates([fit for fit in journal.fits if not fit.replaced])
    return by_saving() or only_one(fits) or still_held(fits)


def candidates(fits: list[Any]) -> list[Any]:
    """Without baselines, and what was fitted without labels, where there is something else; nor parts of another."""
    serious = [fit for fit in fits if fit.supervised and not fit.class_name.startswith("sklearn.dummy.")]
    fits = serious or [fit for fit in fits if fit.supervised] or fits
    within = {id(part) for fit in fits for part in (*parts_of(fit), *steps_of(fit))}
    return [fit for fit in fits if id(fit) not in within]


def parts_of(fit: Any) -> list[Any]:
    """Fits whose model became a part of this one while it was fitted: a calibration of a model, a vote of models."""
    model = fit.model
    made = {name: value for name, value in reach.vars_of(model).items() if name.endswith("_")}
    return [part for part, _ in reach.fitted_in(list(made.values())) if part is not fit]


def steps_of(fit: Any) -> list[Any]:
    """Fits of a pipeline's own steps, after that of the pipeline."""
    from . import keeping

    later = journal.fits[journal.fits.index(fit) + 1 :] if fit in journal.fits else []
    steps = list(keeping.in_place(fit.model))[1:]
    return [other for other in later if any(other.model is step for step in steps)]


def by_variable(name: str) -> Choice:
    there, value = reach.named(name)
    if not there:
        journal.errors.append("variable: no global name {}".format(name))
        return Choice("ambiguous" if journal.fits else "nothing")
    found = list(reach.fitted_in(value))
    if len(found) == 1:
        return Choice("captured", "variable", found[0][0], found[0][1])
    copies = reach.same_class(value)
    if not found and copies:
        return Choice("captured", "variable", copies[-1], value, also=copies)
    if native.trained and native.is_booster(value):
        return Choice("ambiguous", why="native")
    journal.errors.append("variable: {} holds {} fitted models".format(name, len(found)))
    return Choice("ambiguous" if journal.fits else "nothing")


def by_saving() -> Choice | None:
    if any(one.fit is None for one in journal.saved) or os.path.exists(journal.mark_of_forks()):
        return Choice("ambiguous", why="unseen")
    fits = candidates([one.fit for one in journal.saved])
    saved = [one for one in journal.saved if one.fit in fits]
    if not saved:
        return None
    if len({one.which for one in saved}) > 1:
        return Choice("ambiguous")
    last = saved[-1]
    if last.wrapped:
        return Choice("ambiguous", why="wrapped")
    return Choice("captured", "saved", last.fit, last.model, also=last.also, saved_to=last.place)


def only_one(fits: list[Any]) -> Choice | None:
    if not fits:
        return Choice("nothing")
    if len(fits) == 1 and fits[0].outgrown:
        return Choice("ambiguous", why="copies")
    if len(fits) == 1 and fits[0].model is not None:
        return Choice("captured", "only", fits[0], fits[0].model)
    return None


def still_held(fits: list[Any]) -> Choice:
    found = [one for one in reach.reachable() if one[0] in fits]
    if len(found) != 1:
        return Choice("ambiguous")
    fit, model, names = found[0]
    if fit.outgrown:
        return Choice("ambiguous", why="copies")
    if set(names) <= left_over():
        return Choice("ambiguous")
    return Choice("captured", "reachable", fit, model)


def left_over() -> set[str]:
    """Names that a loop of the script binds anew in each round: what they hold last was not chosen, it was last."""
    names: set[str] = set()
    files = [journal.script, *(getattr(module, "__file__", None) for module in reach.modules())]
    for path in filter(None, files):
        try:
            with open(path, "rb") as file:
                tree = ast.parse(file.read())
        except (OSError, SyntaxError, ValueError):
            continue
        for node in tree.body:
            names |= bound_by_loops(node)
    return names


def bound_by_loops(node: ast.AST) -> set[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
        return set()
    if isinstance(node, (ast.For, ast.While)):
        return {name for part in every_round(node) for name in bound(part)}
    return {name for child in ast.iter_child_nodes(node) for name in bound_by_loops(child)}


def every_round(loop: Any) -> Any:
    """What a round always does; what is below an `if` was a choice."""
    if isinstance(loop, ast.For):
        yield loop.target
    waiting = list(loop.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.For, ast.While)):
            yield from every_round(node)
        elif isinstance(node, (ast.With, ast.Try)):
            waiting += node.body
        elif not isinstance(node, (ast.If, ast.FunctionDef, ast.ClassDef)):
            yield node


def bound(node: ast.AST) -> set[str]:
    return {
        part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }
