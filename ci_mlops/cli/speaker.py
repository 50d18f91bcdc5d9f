"""Who speaks on the platform: about the event's own change, or about the pull request that a maintainer asked for."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ci_mlops.flows.tools import Tools
    from ci_mlops.ports import Platform


def speaker(tools: "Tools") -> "Platform | None":
    """
    None: the pull request that was asked for is closed, and that was told.

    Raises:
        BadConfig: what is checked out is the merge of another commit than the one that was asked for.
        PlatformFailed: the platform does not tell what is known of it today.
    """
    from ci_mlops.cli.wiring import about, proposals_from
    from ci_mlops.flows.asked_for import speaker_of
    from ci_mlops.flows.merged_head import is_asked_for, known_head

    if not is_asked_for(tools.platform.change()):
        return tools.platform
    known_head(tools.platform.change(), Path())
    return speaker_of(tools, proposals_from(os.environ), lambda change: about(tools, os.environ, change))
