"""Whether a version has a passport that policy takes: read, held against the keys, and against the version."""

from pathlib import Path

from ci_mlops.config.passport_settings import PassportSettings
from ci_mlops.errors import BadConfig
from ci_mlops.flows.ladder import Ladder
from ci_mlops.flows.project import Project
from ci_mlops.ladder.passport import PAYLOAD, why_refused
from ci_mlops.ports import Registry
from ci_mlops.records import Version
from ci_mlops.signing.dsse import unseal
from ci_mlops.signing.keys import PublicKey, read_public

PASSPORT = "passport.intoto.jsonl"


def why_no_entry(project: Project, registry: Registry, version: Version, stage: str, ladder: Ladder) -> str:
    """Empty: the stage asks for no passport, or the version has one."""
    settings = project.config.registry.passport if project.config.registry else None
    if settings is None or stage not in settings.required:
        return ""
    kept = registry.evidence(version, PASSPORT)
    if kept is None:
        return f"{stage} asks for a signed passport, and it has none (`ci-mlops passport {version.number} --sign`)"
    why = why_not_taken(project, settings, kept, version, ladder)
    return f"its passport is not taken: {why}" if why else ""


def why_not_taken(
    project: Project, settings: PassportSettings, kept: bytes, version: Version, ladder: Ladder
) -> str:
    """
    Raises:
        BadConfig: a key of the policy that can't be read: nothing is taken then.
    """
    opened = unseal(PAYLOAD, kept, trusted_keys(project, settings))
    if isinstance(opened, str):
        return opened
    return why_refused(opened.payload, version, {link.digest for link in ladder.trail.valid})


def settings_of(project: Project) -> PassportSettings:
    """
    Raises:
        BadConfig: nobody has said whose signature is taken.
    """
    settings = project.config.registry.passport if project.config.registry else None
    if settings is None:
        raise BadConfig(
            "ci-mlops.yml does not say whose signature is taken",
            where=project.config.where("registry"),
            mend="Add `passport: {keys: [keys/release.pub.pem], required: [production]}` below `registry`.",
        )
    return settings


def trusted_keys(project: Project, settings: PassportSettings) -> tuple[PublicKey, ...]:
    where = project.config.where("registry", "passport", "keys")
    return tuple(read_public(_read(project.folder / name, where), name) for name in settings.keys)


def _read(place: Path, where: str) -> bytes:
    try:
        return place.read_bytes()
    except OSError as error:
        raise BadConfig(
            f"The public key {place.name} can't be read: {error.strerror}",
            where=where,
            mend="Commit it, or take its name out of `registry.passport.keys`.",
        ) from error
