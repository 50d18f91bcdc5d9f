"""The Python that a team asks for: found on this machine, or fetched by uv where it may."""

import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from ci_mlops.environments.uv import Said, ask, find_uv
from ci_mlops.errors import BadConfig

_TOOL_CACHE = "/opt/hostedtoolcache"
_ASK = "import sys, venv; print('%d.%d.%d' % sys.version_info[:3])"
_PROBE_LIMIT = 30.0


def our_minor() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def find_interpreter(minor: str, environ: Mapping[str, str], variables: Mapping[str, str]) -> str:
    """
    `minor`: `3.10`. A candidate that can't make a virtual environment, as a shim without its Python, is passed over.

    Raises:
        BadConfig: there is none, and none could be fetched.
    """
    for candidate in _candidates(minor, environ):
        if _is_that(candidate, minor, variables):
            return candidate
    uv = find_uv(environ)
    said = Said(exit_code=1, output="", errors="")
    if uv is not None:
        folder = Path.cwd()
        found = ask(
            [uv, "python", "find", "--no-project", "--managed-python", minor],
            folder=folder,
            variables=variables,
        )
        if not found.is_good:
            said = ask([uv, "python", "install", "--no-bin", minor], folder=folder, variables=variables)
            found = ask(
                [uv, "python", "find", "--no-project", "--managed-python", minor],
                folder=folder,
                variables=variables,
            )
        if found.is_good and _is_that(found.output.strip(), minor, variables):
            return found.output.strip()
    tried = f"; uv could not fetch it: {_first(said.errors)}" if uv and said.errors else ""
    raise BadConfig(
        f"There is no Python {minor} on this machine{tried}",
        where="ci-mlops.yml python",
        mend="Install it in an earlier step (`actions/setup-python`, pyenv), install uv beside ci-mlops "
        f"(`pip install uv`), which fetches it, or name another `python`, as `{our_minor()}`.",
    )


def _candidates(minor: str, environ: Mapping[str, str]) -> Iterator[str]:
    path = environ.get("PATH", "")
    for name in (f"python{minor}", "python3", "python"):
        if found := shutil.which(name, path=path):
            yield found
    if our_minor() == minor:
        yield getattr(sys, "_base_executable", None) or sys.executable
    home = Path(environ.get("HOME") or Path.home())
    tools = environ.get("RUNNER_TOOL_CACHE") or environ.get("AGENT_TOOLSDIRECTORY") or _TOOL_CACHE
    roots = [Path(environ.get("PYENV_ROOT") or home / ".pyenv") / "versions", Path(tools, "Python")]
    for root in roots:
        for version in sorted(root.glob(f"{minor}.*"), key=_patch, reverse=True):
            for place in (
                version / "bin" / "python",
                version / "x64" / "bin" / "python",
                version / "arm64" / "bin" / "python",
            ):
                if place.exists():
                    yield str(place)
    for folder in ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"):
        place = Path(folder, f"python{minor}")
        if place.exists():
            yield str(place)


def _patch(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", folder.name))


def _is_that(candidate: str, minor: str, variables: Mapping[str, str]) -> bool:
    said = ask([candidate, "-I", "-c", _ASK], folder=Path("/"), variables=variables, limit=_PROBE_LIMIT)
    return said.is_good and said.output.strip().startswith(f"{minor}.")


def _first(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")
