"""Who runs us: told by the CI, or by the machine. A name for people to read, no proof."""

import getpass
from collections.abc import Mapping


def actor(environ: Mapping[str, str]) -> str:
    if environ.get("GITHUB_ACTIONS") == "true":
        # whoever runs a job again is not who began it
        return environ.get("GITHUB_TRIGGERING_ACTOR") or environ.get("GITHUB_ACTOR", "")
    if environ.get("TF_BUILD"):
        return environ.get("BUILD_REQUESTEDFOR") or environ.get("BUILD_REQUESTEDBY", "")
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
