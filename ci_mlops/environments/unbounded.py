"""A training that fails inside a library whose version nothing holds: most likely the library is newer than the script. Pure."""

import re
from collections.abc import Iterable

from ci_mlops.environments.names import PACKAGES
from ci_mlops.environments.requirement_lines import Requirement, normalized

_INSIDE = re.compile(
    r"site-packages[/\\](\w+)[/\\.]|module '(\w+)[.\w]*' has no attribute|from '(\w+)[.\w]*' \("
)
_HELD = re.compile(r"<|==|~=|\.\*")


def too_new(said: str, requirements: Iterable[Requirement], installed: Iterable[str]) -> str | None:
    """
    What to write, or None.

    Args:
        said: The last lines of the log.
        requirements: The lines of the declaration.
        installed: `pandas==3.0.1`, each.
    """
    versions = dict(one.split("==", 1) for one in installed if "==" in one)
    free = {one.name: one.where for one in requirements if not _HELD.search(one.bound or one.text)}
    modules = dict.fromkeys(word for hit in _INSIDE.findall(said) for word in hit if word)
    for module in reversed(modules):
        name = normalized(PACKAGES.get(module, module))
        if name in free and (major := versions.get(name, "").partition(".")[0]).isdigit():
            bound = f"{name}<{major}" if major != "0" else f"{name}<{versions[name]}"
            return (
                f"It fails inside {name} {versions[name]}, which nothing bounds ({free[name]}): if the script is older, write "
                f"`{bound}` there, then `ci-mlops pin`."
            )
    return None
