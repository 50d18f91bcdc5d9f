"""
Several pythons below one command: whose model ships.

The outermost process that has something to say is heard; its children (a tracking server, a pool) are not. Of those
that are side by side, as two steps of a shell script, the better founded one; of equals the same model or no answer.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from typing import Any

from .raw import Folder

# how well the choice is founded
RANK = {"variable": 3, "saved": 2, "only": 1, "reachable": 1}
SAYS_SOMETHING = ("captured", "ambiguous", "unsaved")


def settle(into: str) -> None:
    """Called at the end of every process; the last to end has the last word."""
    with alone(into):
        told = [one for one in map(read, all_of(into)) if one is not None]
        raw, folder = decide(told)
        publish(into, raw, folder)


@contextlib.contextmanager
def alone(into: str) -> Any:
    import fcntl

    with open(os.path.join(into, ".lock"), "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def all_of(into: str) -> list[str]:
    folder = os.path.join(into, "processes")
    found = [os.path.join(folder, name) for name in os.listdir(folder)]
    return sorted((path for path in found if os.path.exists(os.path.join(path, "raw.json"))), key=ended)


def ended(folder: str) -> int:
    return os.stat(os.path.join(folder, "raw.json")).st_mtime_ns


def read(folder: str) -> Any:
    with open(os.path.join(folder, "raw.json"), encoding="utf-8") as file:
        raw = json.load(file)
    with open(os.path.join(folder, "process.json"), encoding="utf-8") as file:
        return raw, json.load(file)["chain"], folder


def decide(told: list[Any]) -> tuple[dict[str, Any], str | None]:
    """The answer for all, and the folder of the process whose files go with it."""
    speakers = [one for one in told if one[0]["state"] in SAYS_SOMETHING]
    heard = {chain[-1] for _, chain, _ in speakers}
    speakers = [one for one in speakers if not heard & set(one[1][:-1])]
    if not speakers:
        last = told[-1]
        errors = [error for raw, _, _ in told for error in raw["errors"]]
        return {**last[0], "errors": errors, **seen(told)}, None
    captured = [one for one in speakers if one[0]["state"] == "captured"]
    best = max((RANK[one[0]["chosen"]["how"]] for one in captured), default=0)
    captured = [one for one in captured if RANK[one[0]["chosen"]["how"]] == best]
    if len(speakers) > 1:
        captured = captured if best >= RANK["saved"] or len(captured) == len(speakers) else []
        if not captured or len({digest(folder) for _, _, folder in captured}) > 1:
            fitted = [fit for raw, _, _ in speakers for fit in raw["fitted"]]
            return {
                **speakers[-1][0],
                "state": "ambiguous",
                "why": "several",
                "chosen": None,
                "fitted": fitted,
            }, None
        speakers = captured
    raw, _, folder = speakers[-1]
    return raw, folder


def seen(told: list[Any]) -> dict[str, Any]:
    """Of a command in which nothing was fitted that predicts: what there was, from all its processes."""
    return {name: [item for raw, _, _ in told for item in raw[name]] for name in ("transformers", "splits")}


def digest(folder: str) -> bytes:
    with open(os.path.join(folder, "model.pkl"), "rb") as file:
        return file.read()


def publish(into: str, raw: dict[str, Any], folder: str | None) -> None:
    """raw.json last, and away first: whoever finds it finds the files that belong to it."""
    target = Folder(into)
    for name in os.listdir(into):
        if name == "raw.json" or name.endswith((".pkl", ".npy", ".npz")) or name == "y.json":
            os.unlink(os.path.join(into, name))
    if folder is not None:
        for name in os.listdir(folder):
            if name not in ("raw.json", "process.json") and not name.startswith("."):
                shutil.copyfile(os.path.join(folder, name), os.path.join(into, name))
    target.json("raw.json", raw)
