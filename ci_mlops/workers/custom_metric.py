"""
Ask one function of the team's for its number: `python -I custom_metric.py REQUEST.json`.

Runs in an interpreter of ours, as the job that judges has no environment of the team's; standard library and numpy.
Request: {source, shown, function, arrays, needs, given, sides, places, answer, values}. `arrays`: folder of .npy files;
`given`: argument -> file, for both models; `sides`: model -> {argument -> file}; `places`: .npz of `rows_0`, `parts_0`
(shape (rows,) each: which rows, and the part that each is in), ... of all rows and of the slices, with how many parts.

Answer: {kind: "rows"} with an array for each model in `values`; {kind: "number", places: [{model: [number of all rows,
number without part 0, ...]} or {fault: {...}}]}; or {fault: {what, line, ...}}: facts, and no text of the team's.
"""

from __future__ import annotations

import builtins
import json
import os
import sys
import traceback
import types
from pathlib import Path
from typing import Any

import numpy as np

Arguments = dict[str, Any]
LARGEST = 1e100
_STARTS = (
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.exec",
    "os.system",
    "subprocess.Popen",
    "pty.spawn",
)
_CONNECTS = ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo")
_CHANGES = (
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.truncate",
    "os.link",
    "os.symlink",
    "shutil.rmtree",
)


class Fault(Exception):
    """Why there is no number."""

    def __init__(self, what: str, **facts: Any) -> None:
        super().__init__(what)
        self.facts = {"what": what, **facts}


class Forbidden(BaseException):
    """A metric computes; whoever does more is stopped. No wall: it keeps mistakes out, and base's review malice."""


class Watch:
    """Notes what a metric must not do, so that it counts even where the function catches what stops it."""

    def __init__(self) -> None:
        self.on = False
        self.seen = ""

    def __call__(self, event: str, arguments: Any) -> None:
        if not self.on:
            return
        what = self._forbidden(event, arguments)
        if what:
            self.seen = self.seen or what
            raise Forbidden(what)

    @staticmethod
    def _forbidden(event: str, arguments: Any) -> str:
        if event in _STARTS:
            return "starts"
        if event in _CONNECTS:
            return "connects"
        if event in _CHANGES:
            return "writes"
        if event == "open":
            mode, flags = arguments[1] or "", arguments[2] or 0
            if any(letter in str(mode) for letter in "wax+") or flags & (os.O_WRONLY | os.O_RDWR):
                return "writes"
        return ""


class Team:
    """The function of the team's, called under watch."""

    def __init__(self, request: dict[str, Any]) -> None:
        self._shown = request["shown"]
        self._watch = Watch()
        sys.addaudithook(self._watch)
        self._function = self._guarded(lambda: self._load(request))

    def _load(self, request: dict[str, Any]) -> Any:
        module = types.ModuleType("_ci_mlops_custom_metric")
        # where dataclasses look for it
        sys.modules[module.__name__] = module
        code = compile(Path(request["source"]).read_bytes(), self._shown, "exec")
        exec(code, module.__dict__)  # noqa: S102 - base's text, in a child that has no secret
        return getattr(module, request["function"])

    def __call__(self, arguments: Arguments, rows: Any = None) -> Any:
        given = {
            name: values if rows is None or values is None else values[rows]
            for name, values in arguments.items()
        }
        for values in given.values():
            if values is not None:
                values.setflags(write=False)
        return self._guarded(lambda: self._function(**given))

    def _guarded(self, call: Any) -> Any:
        self._watch.seen, self._watch.on = "", True
        try:
            found = call()
        except BaseException as error:  # noqa: BLE001 - the team's code may raise anything, and it is told
            self._watch.on = False
            traceback.print_exc()
            raise self._fault(error) from None
        finally:
            self._watch.on = False
        if self._watch.seen:
            raise Fault("forbidden", does=self._watch.seen, line=0)
        return found

    def _fault(self, error: BaseException) -> Fault:
        line = self._line(error)
        if self._watch.seen:
            return Fault("forbidden", does=self._watch.seen, line=line)
        if isinstance(error, ModuleNotFoundError) and error.name:
            return Fault("lacks", module=error.name.partition(".")[0], line=line)
        if isinstance(error, ValueError) and str(error) == "assignment destination is read-only":
            return Fault("changes", line=line)
        kind = type(error)
        # another one's name would be text of the team's
        known = getattr(builtins, kind.__name__, None) is kind or kind is np.linalg.LinAlgError
        return Fault("raised", error=kind.__name__ if known else "", line=line)

    def _line(self, error: BaseException) -> int:
        """The last one of the team's file; 0: none."""
        if isinstance(error, SyntaxError) and error.filename == self._shown:
            return error.lineno or 0
        lines = [
            frame.lineno
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == self._shown
        ]
        return lines[-1] or 0 if lines else 0


def number_of(found: Any) -> float:
    array = np.asarray(found)
    if array.ndim or array.dtype.kind not in "biuf":
        raise Fault("no_number", type=kind_of(found))
    value = float(array)
    if not np.isfinite(value) or abs(value) > LARGEST:
        raise Fault("not_finite", value=repr(value) if not np.isfinite(value) else "large")
    return value


def rows_of(found: Any, rows: int) -> Any:
    array = np.asarray(found)
    if array.dtype.kind not in "biuf" or array.shape != (rows,):
        raise Fault("no_rows", shape=list(array.shape), rows=rows)
    values = array.astype(np.float64)
    bad = ~np.isfinite(values) | (np.abs(values) > LARGEST)
    if bad.any():
        raise Fault("not_finite_rows", count=int(bad.sum()), rows=rows)
    return values


def kind_of(found: Any) -> str:
    kind = type(found)
    return kind.__name__ if getattr(builtins, kind.__name__, None) is kind else ""


def measure(request: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    team = Team(request)
    arrays = Path(request["arrays"])

    def load(files: dict[str, str]) -> Arguments:
        return {name: np.load(str(arrays / file), allow_pickle=False) for name, file in files.items()}

    shared = load(request["given"])
    sides = {side: {**shared, **load(files)} for side, files in request["sides"].items()}
    first = {side: team(arguments) for side, arguments in sides.items()}
    by_row = {side: np.ndim(found) > 0 for side, found in first.items()}
    if len(set(by_row.values())) > 1:
        raise Fault("two_kinds")
    if by_row["candidate"]:
        return {"kind": "rows"}, by_rows(team, sides, first, request["rows"])
    return {"kind": "number", "places": by_places(team, sides, first, request)}, {}


def by_rows(team: Team, sides: dict[str, Arguments], first: dict[str, Any], rows: int) -> dict[str, Any]:
    values = {side: rows_of(found, rows) for side, found in first.items()}
    half = np.arange(0, rows, 2)
    for side, arguments in sides.items():
        again = rows_of(team(arguments, half), len(half))
        # what a machine takes several rows at a time may differ in the last bits
        if not np.allclose(again, values[side][half], rtol=1e-9, atol=1e-12, equal_nan=False):
            raise Fault("rows_depend")
    return values


def by_places(team: Team, sides: dict[str, Arguments], first: dict[str, Any], request: dict[str, Any]) -> Any:
    whole = {side: number_of(found) for side, found in first.items()}
    for side, arguments in sides.items():
        if number_of(team(arguments)) != whole[side]:
            raise Fault("differs")
    found = []
    with np.load(str(Path(request["arrays"], request["places"])), allow_pickle=False) as places:
        for number, parts in enumerate(request["parts"]):
            rows, part = places["rows_{}".format(number)], places["parts_{}".format(number)]
            found.append(by_parts(team, sides, rows, part, parts))
    return found


def by_parts(team: Team, sides: dict[str, Arguments], rows: Any, part: Any, parts: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    try:
        for side, arguments in sides.items():
            found[side] = [number_of(team(arguments, rows))]
        for side, arguments in sides.items():
            found[side] += [number_of(team(arguments, rows[part != left_out])) for left_out in range(parts)]
    except Fault as fault:
        # of all rows it may have a number, though not of fewer
        alone = {side: numbers[:1] for side, numbers in found.items()} if len(found) == len(sides) else {}
        return {**alone, "fault": fault.facts}
    return found


def main() -> None:
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.dont_write_bytecode = True
    sys.argv[1:] = []
    try:
        answer, values = measure(request)
        with Path(request["values"]).open("wb") as file:
            np.savez(file, **values)
    except Fault as fault:
        answer = {"fault": fault.facts}
    Path(request["answer"]).write_text(json.dumps(answer), encoding="utf-8")
    sys.stdout.flush()
    # threads that the function left behind are not waited for
    os._exit(0)


if __name__ == "__main__":
    main()
