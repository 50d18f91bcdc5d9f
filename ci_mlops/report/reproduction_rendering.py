"""`reproduction.json`, `reproduction.md` and the terminal's rendering of a reproduction."""

import json
from typing import Literal, get_args

import msgspec

from ci_mlops.records.reproduction import Reproduction
from ci_mlops.report.inline import commands_escaped
from ci_mlops.report.reproduction import IN_A_TERMINAL, document

ReproductionFormat = Literal["terminal", "markdown", "json"]
REPRODUCTION_FORMATS: tuple[ReproductionFormat, ...] = get_args(ReproductionFormat)


def render_reproduction(
    made: Reproduction,
    format: ReproductionFormat,  # noqa: A002 - the option's name
    *,
    width: int = 100,
    colour: bool = False,
) -> str:
    if format == "json":
        text = json.dumps(msgspec.to_builtins(made), indent=2, ensure_ascii=False, allow_nan=False)
        return commands_escaped(text.encode("utf-8", errors="replace").decode()) + "\n"
    if format == "markdown":
        from ci_mlops.report.markdown import to_github
        from ci_mlops.report.renderings import LARGEST_SUMMARY

        left_out = "Some details were left out to fit into a summary; all of them are in `reproduction.json`."
        return to_github(document(made), largest=LARGEST_SUMMARY, left_out=left_out)
    from ci_mlops.report.terminal import to_text

    return f"{to_text(document(made), width=width, colour=colour, marks=IN_A_TERMINAL)}\n"
