"""
Say what is installed in this environment, and what that needs and has not: `python installed.py ANSWER.json`.

Python 3.8 and newer, standard library only.
"""

from __future__ import annotations

import json
import re
import sys
from importlib import metadata
from pathlib import Path

NEED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*\(?[^;]*\)?\s*$")


def main() -> None:
    found = {}
    needs = []
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"]
        if not name:
            continue
        found[normalized(name)] = distribution.version
        # what has a marker may not be needed here, and is not asked for
        for text in distribution.requires or ():
            match = NEED.match(text)
            if match and ";" not in text:
                needs.append((normalized(name), normalized(match.group(1))))
    answer = {
        "packages": sorted("{}=={}".format(name, version) for name, version in found.items()),
        "unmet": sorted({"{} needs {}".format(name, need) for name, need in needs if need not in found}),
    }
    Path(sys.argv[1]).write_text(json.dumps(answer), encoding="utf-8")


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main()
