"""
Say which Python this is, what is installed in it and where it imports from: `python describe.py ANSWER.json`.

Python 3.8 and newer, standard library only.
"""

from __future__ import annotations

import json
import platform
import re
import sys
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote, urlparse

OURS = "ci-mlops"


def main() -> None:
    found = set()
    # the first is the folder of this script
    paths = [path for path in sys.path[1:] if path]
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"]
        if name:  # a half-removed package has none
            name = re.sub(r"[-_.]+", "-", name).lower()
            if name != OURS:
                found.add("{}=={}".format(name, distribution.version))
            paths.extend(editable(distribution.read_text("direct_url.json")))
    answer = {
        "python": "{} {}".format(platform.python_implementation(), platform.python_version()),
        "packages": sorted(found),
        "paths": paths,
    }
    Path(sys.argv[1]).write_text(json.dumps(answer), encoding="utf-8")


def editable(direct_url: str | None) -> list[str]:
    """Where an editable install may have its modules: some are found by a hook, not by a path."""
    if not direct_url:
        return []
    told = json.loads(direct_url)
    if not told.get("dir_info", {}).get("editable") or not told["url"].startswith("file://"):
        return []
    root = unquote(urlparse(told["url"]).path)
    return [str(Path(root, "src")), root]


if __name__ == "__main__":
    main()
