"""The environment's part of the lock: one block for what it is, one for each package, one hash a line."""

import re
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any

from ci_mlops.errors import BadData
from ci_mlops.records import Package, ResolvedEnvironment

PLAIN = r'"([^"\\\x00-\x1f\x7f]*)"'
HEX = re.compile(r"[0-9a-f]{64}")
HASH = re.compile(r"[a-z0-9]+:[0-9a-f]{32,128}")
MINOR = re.compile(r"3\.[0-9]{1,2}")
NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.!+_-]*")
# a marker goes into a line that a tool reads: nothing in it may begin another option or another line
MARKER = re.compile(r"[A-Za-z0-9_ .,'\"()<>=!~*+:-]*")
_HEAD = re.compile(
    rf"\n\[environment\]\nsource = {PLAIN}\ndeclared = {PLAIN}\npython = {PLAIN}\n(?:local = (\[.*\])\n)?"
)
_PACKAGE = re.compile(
    rf'\n\[\[package\]\]\nname = {PLAIN}\nversion = {PLAIN}\n(?:marker = {PLAIN}\n)?hashes = \[\n((?:    "[a-z0-9:]+",\n)*)\]\n'
)
_PACKAGE_KEYS = ("name", "version", "marker", "hashes")
_KEYS = ("source", "declared", "python", "local")


def format_environment(resolved: ResolvedEnvironment) -> str:
    parts = [
        f"\n[environment]\nsource = {_quoted(resolved.source)}\ndeclared = {_quoted(resolved.declared)}\n",
        f"python = {_quoted(resolved.python)}\n",
    ]
    if resolved.local:
        parts.append(f"local = [{', '.join(_quoted(place) for place in resolved.local)}]\n")
    for one in resolved.packages:
        parts.append(f"\n[[package]]\nname = {_quoted(one.name)}\nversion = {_quoted(one.version)}\n")
        if one.marker:
            parts.append(f"marker = {_quoted(one.marker)}\n")
        parts.append("hashes = [\n" + "".join(f"    {_quoted(digest)},\n" for digest in one.hashes) + "]\n")
    return "".join(parts)


def canonical_environment(text: str, at: int) -> ResolvedEnvironment | None:
    """What stands from `at` to the end, if it is exactly as `format_environment` writes it."""
    head = _HEAD.match(text, at)
    if head is None:
        return None
    source, declared, python, local = head.groups()
    packages: list[dict[str, Any]] = []
    at = head.end()
    while found := _PACKAGE.match(text, at):
        name, version, marker, hashes = found.groups()
        packages.append(
            {
                "name": name,
                "version": version,
                "marker": marker or "",
                "hashes": re.findall(r'"([^"]*)"', hashes),
            }
        )
        at = found.end()
    if at != len(text):
        return None
    places = re.findall(PLAIN, local) if local else []
    block = {"source": source, "declared": declared, "python": python, "local": places}
    return None if environment_fault(block, packages) else _record(block, packages)


def checked_environment(
    document: Mapping[str, Any], text: str, name: str, again: str
) -> ResolvedEnvironment | None:
    """
    Raises:
        BadData: with the line of the block.
    """
    block, packages = document.get("environment"), document.get("package", [])
    if block is None and not packages:
        return None
    fault = environment_fault(block, packages)
    if fault:
        found = re.search(r"^\[environment\]", text, re.MULTILINE)
        line = text.count("\n", 0, found.start()) + 1 if found else 1
        raise BadData(fault, where=f"{name}:{line}", mend=again)
    assert isinstance(block, dict)  # noqa: S101 - it has no fault
    return _record(block, packages)


def environment_fault(block: Any, packages: Any) -> str:
    """Why it is no environment; empty: it is one."""
    if not isinstance(block, dict) or not isinstance(packages, list):
        return "The environment is no block of its own"
    unknown = [key for key in block if key not in _KEYS]
    if unknown:
        return f"`{unknown[0]}` is no part of an environment; it has {', '.join(_KEYS)}"
    for key, pattern in (("source", None), ("declared", HEX), ("python", MINOR)):
        value = block.get(key)
        if not isinstance(value, str) or not value or (pattern and not pattern.fullmatch(value)):
            return f"`{key}` of the environment is {str(value)[:80]!r}"
    local = block.get("local", [])
    if not isinstance(local, list) or not all(isinstance(place, str) and place for place in local):
        return f"`local` of the environment is {str(local)[:80]!r}"
    return next((fault for one in packages if (fault := _package_fault(one))), "")


def _package_fault(one: Any) -> str:
    if not isinstance(one, dict) or any(key not in _PACKAGE_KEYS for key in one):
        return f"A block of a package is {str(one)[:80]!r}"
    checks = (("name", NAME), ("version", VERSION), ("marker", MARKER))
    for key, pattern in checks:
        value = one.get(key, "" if key == "marker" else None)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            return f"`{key}` of a package is {str(value)[:80]!r}"
    hashes = one.get("hashes")
    if not isinstance(hashes, list) or not hashes:
        return f"`{one['name']}` has no hashes"
    if not all(isinstance(digest, str) and HASH.fullmatch(digest) for digest in hashes):
        return f"A hash of `{one['name']}` is none"
    return ""


def _record(block: Mapping[str, Any], packages: Sequence[Mapping[str, Any]]) -> ResolvedEnvironment:
    return ResolvedEnvironment(
        source=block["source"],
        declared=block["declared"],
        python=block["python"],
        packages=tuple(
            Package(
                name=one["name"],
                version=one["version"],
                hashes=tuple(one["hashes"]),
                marker=one.get("marker", ""),
            )
            for one in packages
        ),
        local=tuple(block.get("local", ())),
    )


def _quoted(text: str) -> str:
    return encode_basestring(text).replace("\x7f", "\\u007f")
