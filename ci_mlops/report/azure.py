"""
Azure DevOps' Markdown, where it is not GitHub's.

A pull request's thread shows tables and folds `<details>`, and has no mermaid, no alerts and no line breaks in cells;
none of these is used. The page of a run, which `task.uploadsummary` adds to, does not fold reliably: sections there.
"""

import re

from ci_mlops.report.markdown import Dialect

# `#12` links a work item, `!12` a pull request, `@<guid>` calls a person
_REFERENCES = re.compile(r"[#!](?=\d)|@(?=<|&lt;)")

THREAD = Dialect(references=_REFERENCES)
RUN_PAGE = Dialect(folds=False, references=_REFERENCES)

LARGEST_THREAD = 149_000
"""UTF-8 bytes; Azure DevOps refuses a comment above 150 000 characters."""
CUT_THREAD = (
    "Some details were left out to fit into a comment; the full report is on the run's page under Extensions, "
    "and in its artifact."
)
