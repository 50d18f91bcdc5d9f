"""The hidden last line of a comment: by it the next run finds its own comment, and knows whether it is newer."""

from urllib.parse import quote

from ci_mlops.records import Change


def marker(model: str, change: Change) -> str:
    # quoted: a model named `x --> @everyone` must not end the comment
    names = f"model={quote(model, safe='', errors='replace')} key={quote(change.workflow, safe='', errors='replace')}"
    run = change.run_id if change.run_id.isascii() and change.run_id.isdigit() else "0"
    sha = change.head if change.head and all(c in "0123456789abcdef" for c in change.head) else ""
    return f"<!-- ci-mlops:report:v1 {names} run={run}.{change.run_attempt} sha={sha} -->"
