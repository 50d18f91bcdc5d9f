"""
What the tools that solve and install may see, beside what the team's code may: where packages are, and the login for it.

They alone: the team's own commands never see these. Installing a source distribution runs its build, which does.
"""

import configparser
import os
from collections.abc import Mapping
from pathlib import Path

from ci_mlops.environments.child_variables import child_variables

_PREFIXES = ("PIP_", "UV_")
_NAMES = ("NETRC", "SSL_CERT_FILE", "SSL_CERT_DIR", "ALL_PROXY", "all_proxy", "APPDATA")
# pip's setting -> uv's, which reads no setting of pip's
_SAME = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
}


def install_variables(environ: Mapping[str, str]) -> dict[str, str]:
    allowed = {name: value for name, value in environ.items() if name.startswith(_PREFIXES) or name in _NAMES}
    variables = child_variables(environ, allowed)
    # a tool in an environment of its own looks at neither; both would lead it to another one
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_USER"):
        variables.pop(name, None)
    return variables


def for_uv(variables: Mapping[str, str], *, pinned: bool = False) -> dict[str, str]:
    """Where only pip was told an index, as on most company runners, uv is told the same one."""
    told = {"UV_NO_PROGRESS": "1", **variables}
    if pinned:
        # what a hash pins may come from anywhere
        told["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    if any(name in variables for name in ("UV_INDEX_URL", "UV_EXTRA_INDEX_URL", *_SAME.values())):
        return told
    settings = _pip_settings(variables)
    for name, theirs in _SAME.items():
        if value := settings.get(name):
            # a list is parted by spaces for both; folders of pip's are parted by commas for uv
            told.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")  # as pip looks: into all of them
            told[theirs] = ",".join(value.split()) if name == "find-links" else " ".join(value.split())
    return told


def _pip_settings(variables: Mapping[str, str]) -> dict[str, str]:
    """Later ones win, as with pip: the machine's, the person's, then variables."""
    home = Path(variables.get("HOME") or Path.home())
    named = variables.get("PIP_CONFIG_FILE")
    config = variables.get("XDG_CONFIG_HOME") or home / ".config"
    files = [Path("/etc/pip.conf"), home / ".pip" / "pip.conf", Path(config, "pip", "pip.conf")]
    if named:
        files = [] if named == os.devnull else [*files, Path(named)]
    settings: dict[str, str] = {}
    for file in files:
        parser = configparser.RawConfigParser()
        try:
            parser.read(file, encoding="utf-8")
        except (OSError, UnicodeDecodeError, configparser.Error):
            continue  # pip will say so, if it is asked
        if parser.has_section("global"):
            settings.update(parser.items("global"))
    for name in _SAME:
        if value := variables.get("PIP_" + name.upper().replace("-", "_")):
            settings[name] = value
    return settings
