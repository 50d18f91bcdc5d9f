"""Say which Python this is and what is installed in it: `python describe.py ANSWER.json`. Python 3.8 and newer."""

from __future__ import annotations

import json
import platform
import re
import sys
from importlib import metadata
from pathlib import Path

OURS = "ci-mlops"


def main() -> None:
    found = set()
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"]
        if name:  # a half-removed package has none
            name = re.sub(r"[-_.]+", "-", name).lower()
            if name != OURS:
                found.add("{}=={}".format(name, distribution.version))
    answer = {
        "python": "{} {}".format(platform.python_implementation(), platform.python_version()),
        "packages": sorted(found),
    }
    Path(sys.argv[1]).write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main()
