"""A warning of a step whose output somebody reads: beside it, and the agent obeys it there too."""

import sys

from ci_mlops.platforms import log
from ci_mlops.platforms.azure.commands import annotation_command
from ci_mlops.records import Annotation


def warn_aside(message: str) -> None:
    line = annotation_command(Annotation(level="warning", title="", message=message))
    if isinstance(sys.stderr, log.Log):
        sys.stderr.obeyed(line)
    else:
        sys.stderr.write(f"{line}\n")
