"""`drill.json`, `drill.md` and the terminal's rendering of a drill."""

import json
from typing import Literal, get_args

import msgspec

from ci_mlops.records.drill import Drill
from ci_mlops.report.drill import IN_A_TERMINAL, document
from ci_mlops.report.inline import commands_escaped

DrillFormat = Literal["terminal", "markdown", "json"]
DRILL_FORMATS: tuple[DrillFormat, ...] = get_args(DrillFormat)


def render_drill(drill: Drill, format: DrillFormat, *, width: int = 100, colour: bool = False) -> str:  # noqa: A002 - the option's name
    if format == "json":
        text = json.dumps(msgspec.to_builtins(drill), indent=2, ensure_ascii=False, allow_nan=False)
        return commands_escaped(text.encode("utf-8", errors="replace").decode()) + "\n"
    if format == "markdown":
        from ci_mlops.report.markdown import to_github
        from ci_mlops.report.renderings import LARGEST_SUMMARY

        left_out = "Some details were left out to fit into a summary; all of them are in `drill.json`."
        return to_github(document(drill), largest=LARGEST_SUMMARY, left_out=left_out)
    from ci_mlops.report.terminal import to_text

    return f"{to_text(document(drill), width=width, colour=colour, marks=IN_A_TERMINAL)}\n"
