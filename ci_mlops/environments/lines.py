"""The lock's packages as the lines that uv and pip install from; and back."""

from collections.abc import Iterable
from pathlib import Path

from ci_mlops.environments.problems import from_address, raise_all
from ci_mlops.environments.pythons import may_hold
from ci_mlops.environments.requirement_lines import Requirement, logical_lines, requirement_of
from ci_mlops.records import Package


def package_of(one: Requirement) -> Package:
    return Package(
        name=one.name,
        version=one.bound.lstrip("= "),
        hashes=one.hashes,
        marker=plain_marker(one.text.partition(";")[2]),
    )


def plain_marker(text: str) -> str:
    """With one kind of quotes: in TOML's text the other would have to be escaped."""
    return text.strip().replace('"', "'")


def in_order(packages: Iterable[Package]) -> tuple[Package, ...]:
    return tuple(sorted(set(packages), key=lambda one: (one.name, one.marker, one.version)))


def packages_of(text: str, folder: Path, python: str) -> tuple[Package, ...]:
    """
    What a tool solved, for that Python on every platform; the team's own folders are left to it.

    Raises:
        BadConfig: something that comes from an address, and so by no version.
    """
    lines = [requirement_of(line, "", folder) for _, line in logical_lines(text) if _is_one(line)]
    raise_all([from_address(one) for one in lines if one.kind in ("address", "file")])
    packages = (package_of(one) for one in lines if one.kind == "named")
    return in_order(one for one in packages if may_hold(one.marker, python))


def _is_one(line: str) -> bool:
    return not line.startswith("-") or line.startswith("-e")


def line_of(package: Package) -> str:
    marker = f" ; {package.marker}" if package.marker else ""
    return f"{package.name}=={package.version}{marker}"


def hashed_line(package: Package) -> str:
    return " ".join([line_of(package), *(f"--hash={one}" for one in package.hashes)])
