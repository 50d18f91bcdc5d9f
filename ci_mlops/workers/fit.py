"""
Call the team's function and save the fitted estimator that it returns: `python fit.py REQUEST.json`.

Runs in the team's environment with the folder of its code as working folder. Python 3.8 and newer; joblib where
it is installed. Request: {callable, train, into, answer}; answer: {} or {what, mend}.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pickle
import sys
import traceback
from pathlib import Path
from typing import Any, Callable


class Refused(Exception):
    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend


def main() -> None:
    # the team's folder takes the place of ours: `import features` is to find theirs
    sys.path[0] = str(Path.cwd())
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    answer = {}
    try:
        save(fitted(find(request["callable"]), request["train"]), request["into"])
    except Refused as refusal:
        traceback.print_exc()
        answer = {"what": refusal.what, "mend": refusal.mend}
    Path(request["answer"]).write_text(json.dumps(answer), encoding="utf-8")
    sys.exit(1 if answer else 0)


def find(callable_name: str) -> Any:
    module_name, _, name = callable_name.partition(":")
    try:
        module = importlib.import_module(module_name)
    except Exception as error:
        raise Refused(
            "`{}` can't be imported: {}: {}".format(module_name, type(error).__name__, error),
            "`python -c 'import {}'` in the config's folder shows the same.".format(module_name),
        ) from error
    function = getattr(module, name, None)
    if not callable(function):
        raise Refused(
            "`{}` has no function `{}`".format(module_name, name),
            "`train.model.callable` is `package.module:function`.",
        )
    return function


def fitted(function: Callable[..., Any], train: list[str]) -> object:
    try:
        wanted = [
            parameter
            for parameter in inspect.signature(function).parameters.values()
            if parameter.default is parameter.empty
            and parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        ]
    except (TypeError, ValueError):
        wanted = []
    if len(wanted) > 1:
        raise Refused(
            "The callable wants {} arguments: {}".format(len(wanted), ", ".join(p.name for p in wanted)),
            "It is called with the path of the training file (a list where there are several), or nothing.",
        )
    try:
        model = function(*[train[0] if len(train) == 1 else train] if wanted else [])
    except Exception as error:
        raise Refused(
            "The callable failed: {}: {}".format(type(error).__name__, error), "Its traceback is in the log."
        ) from error
    if not callable(getattr(model, "predict", None)):
        raise Refused(
            "The callable returned {}, which has no `predict`".format(type(model).__name__),
            "It is to return the fitted estimator or pipeline.",
        )
    return model


def save(model: object, into: str) -> None:
    try:
        try:
            import joblib
        except ImportError:
            with Path(into, "model.pkl").open("wb") as file:
                pickle.dump(model, file)
        else:
            joblib.dump(model, Path(into, "model.joblib"))
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise Refused(
            "The fitted {} can't be saved: {}".format(type(model).__name__, error),
            "Lambdas and functions inside functions can't be pickled: move them to a module's top.",
        ) from error


if __name__ == "__main__":
    main()
