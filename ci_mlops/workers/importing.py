"""
Try to import what a script imports: `python importing.py REQUEST.json`, `{"modules": [...], "answer": PATH}`.

Each is tried in turn; the answer says for each that fails with what. Python 3.8 and newer, standard library only.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from pathlib import Path


def main() -> None:
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    # as for a script of the config's folder, and not for one of ours
    sys.path[0] = str(Path.cwd())
    warnings.simplefilter("ignore")
    answer = Path(request["answer"])
    failed: list[dict[str, str]] = []
    for name in request["modules"]:
        fault = attempt(name)
        if fault:
            failed.append({"name": name, **fault})
        # what ends the interpreter itself is told by what is missing here
        answer.write_text(json.dumps({"failed": failed, "tried": name}), encoding="utf-8")
    answer.write_text(json.dumps({"failed": failed, "tried": ""}), encoding="utf-8")


def attempt(name: str) -> dict[str, str] | None:
    """A dotted name is a module, or a name in one."""
    module, _, attribute = name.rpartition(".")
    try:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            if not module or error.name not in (name, module):
                raise
            if not hasattr(importlib.import_module(module), attribute):
                raise
    except BaseException as error:  # noqa: BLE001 - the team's modules may raise anything, and it is told
        missing = getattr(error, "name", None) if isinstance(error, ModuleNotFoundError) else None
        lines = str(error).strip().splitlines()
        return {
            "error": type(error).__name__,
            # the first line says what is wrong, the last one is often an address to read on
            "says": lines[0].strip()[:300] if lines else "",
            "missing": missing or "",
        }
    return None


if __name__ == "__main__":
    main()
