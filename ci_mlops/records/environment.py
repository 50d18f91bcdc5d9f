"""The team's environment as `pin` resolved it: names, versions and hashes, and no address of an index."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    name: str
    """Normalized, as PEP 503 writes it."""
    version: str
    hashes: tuple[str, ...] = ()
    """`sha256:<hex>`, sorted; empty for what has none, as a package built from a URL."""
    marker: str = ""
    """Where it is installed at all, as PEP 508 writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedEnvironment:
    source: str
    """The team's declaration: `requirements.txt`, `uv.lock`, ..., relative to the config's folder."""
    declared: str
    """SHA-256 (hex) of that file's bytes, with those that it includes."""
    python: str
    """`3.11`: a minor version; the newest of it that is found is used."""
    packages: tuple[Package, ...]
    """Sorted by name, then marker."""
    local: tuple[str, ...] = ()
    """Folders of the team's own code that the declaration installs (`-e .`): imported from, never installed."""
