"""Story: what a registered version is made of, as a passport: shown, signed and kept beside it, and asked for by `promote`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ci_mlops.errors import BadConfig, RegistryFailed
from ci_mlops.files.replacing import replace_file
from ci_mlops.flows.first_card import CARD
from ci_mlops.flows.identity import find, look_here
from ci_mlops.flows.ladder import Ladder, read_ladder
from ci_mlops.flows.moves import refuse_another_branch, refuse_before_merge, refuse_faults
from ci_mlops.flows.open_registry import model_name, open_registry
from ci_mlops.flows.passport_check import PASSPORT, settings_of, trusted_keys, why_not_taken
from ci_mlops.flows.project import Project
from ci_mlops.flows.tools import Tools
from ci_mlops.ladder.identity import Found, KeptCard, KeptLock, StoredModel, walk
from ci_mlops.ladder.passport import PAYLOAD, canonical, predicate, statement
from ci_mlops.ports import Registry
from ci_mlops.records import Verdict, Version, tags
from ci_mlops.records.passport import Papers
from ci_mlops.report.card import card_text
from ci_mlops.signing.dsse import Opened, seal, unseal
from ci_mlops.signing.keys import SigningKey, read_private


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    papers: Papers
    signed: bytes | None
    """The passport that lies beside the version; None: nobody has signed one."""
    refused: str
    """Why that one would not be taken; empty: it would."""


def show_passport(tools: Tools, project: Project, asked: str) -> Shown:
    """
    `asked`: the number of a version, or a stage that holds it.

    Raises:
        BadConfig: no registry, no such version.
        RegistryFailed: the version's chain of identity is broken, or the trail does not add up.
    """
    registry, ladder, version = _asked(tools, project, asked)
    papers = _papers(registry, project, ladder, version)
    signed = registry.evidence(version, PASSPORT)
    settings = project.config.registry.passport if project.config.registry else None
    if signed is None:
        refused = "nobody has signed it"
    elif settings is None:
        refused = "ci-mlops.yml names no keys that it could be held against"
    else:
        refused = why_not_taken(project, settings, signed, version, ladder)
    return Shown(papers=papers, signed=signed, refused=refused)


def sign_passport(tools: Tools, project: Project, asked: str, key: SigningKey) -> tuple[str, ...]:
    """
    Sign, and keep it beside the version with the card; signed already, it is left as it is.

    Raises:
        BadConfig: a key whose signature nobody would take; a change that is not merged; as `show_passport`.
        RegistryFailed: as `show_passport`.
    """
    refuse_before_merge(project)
    refuse_another_branch(project, "signs")
    trusted = [one for one in trusted_keys(project, settings_of(project)) if one.id == key.id]
    if not trusted:
        raise BadConfig(
            "The public half of this key is none of `registry.passport.keys`: its signature would not be taken",
            where=project.config.where("registry", "passport", "keys"),
            mend="Sign with the key that belongs to one of them, or have its public half merged into the base branch first.",
        )
    registry, ladder, version = _asked(tools, project, asked)
    papers = _papers(registry, project, ladder, version)
    payload, kept = statement(papers), registry.evidence(version, PASSPORT)
    there = unseal(PAYLOAD, kept, trusted) if kept is not None else ""
    if isinstance(there, Opened) and there.payload == payload:
        return (f"nothing to do: {version.name} version {version.number} has this very passport already",)
    registry.keep(version, CARD, card_text(papers).encode())
    registry.keep(version, PASSPORT, seal(PAYLOAD, payload, key))
    return (f"signed the passport of {version.name} version {version.number}, by {trusted[0].name}",)


def write_papers(shown: Shown, output: Path) -> list[Path]:
    """
    For whatever signs without a key of ours, as `actions/attest` does, and whatever reads a signed passport.

    Raises:
        BadConfig: the folder can't be written.
    """
    papers = shown.papers
    sums = "".join(f"{digest}  {path}\n" for path, digest in papers.files)
    files = {
        CARD: card_text(papers).encode(),
        "checksums.txt": sums.encode(errors="surrogateescape"),
        "predicate.json": canonical(predicate(papers)),
        "statement.json": statement(papers),
    }
    if shown.signed is not None:
        files[PASSPORT] = shown.signed
    try:
        output.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            replace_file(output / name, content)
    except OSError as error:
        raise BadConfig(
            f"{output} can't be written: {error.strerror}", where="--output", mend="Name another folder."
        ) from error
    return [output / name for name in files]


def read_key(project: Project, environ: Mapping[str, str], file: Path | None) -> SigningKey:
    """
    Raises:
        BadConfig: there is none, or it can't be used; what was given is not quoted.
    """
    variable = settings_of(project).key_variable
    given = environ.get(variable, "")
    if file is None and given.lstrip().startswith("-----BEGIN"):
        return read_private(given.encode(), f"environment variable {variable}")
    if file is None and not given.strip():
        raise BadConfig(
            "There is no key to sign with",
            where=f"environment variable {variable}",
            mend="Put the private key (PEM), or the path of its file, into that variable; or give `--key FILE`.",
        )
    # not its name, which may be a key that was meant as text
    where = "--key" if file else f"the file that {variable} names"
    try:
        return read_private((file or Path(given.strip())).read_bytes(), where)
    except (OSError, ValueError):
        # without its cause, which quotes that name
        mend = "Name a file that this user may read; a key as text begins with `-----BEGIN`."
        raise BadConfig("The key can't be read", where=where, mend=mend) from None


def _asked(tools: Tools, project: Project, asked: str) -> tuple[Registry, Ladder, Version]:
    registry = open_registry(tools, project.config, project.folder)
    assert project.config.registry is not None  # noqa: S101 - the registry was opened from it
    name = model_name(project.config)
    ladder = read_ladder(registry, name, project.config.registry.stages)
    number = ladder.holders.get(asked, asked.removeprefix("v"))
    for version in registry.versions(name):
        if version.number == number:
            return registry, ladder, version
    raise BadConfig(
        f"`{asked}` is no version of {name}, and no stage that holds one",
        where="VERSION",
        mend="`ci-mlops history --now` tells what the stages hold.",
    )


def _papers(registry: Registry, project: Project, ladder: Ladder, version: Version) -> Papers:
    refuse_faults(ladder, registry.versions(version.name))
    events = ladder.trail.events
    found = find(registry, version, events, look_here(project.folder))
    _refuse_broken(found)
    assert isinstance(found.verdict, Verdict)  # noqa: S101 - its chain is not broken
    assert isinstance(found.lock, KeptLock)  # noqa: S101 - as above
    assert isinstance(found.model, StoredModel)  # noqa: S101 - as above
    return Papers(
        version=version,
        verdict=found.verdict,
        kind=found.model.kind,
        files=found.model.files,
        stored=version.tags.get(tags.STORED, ""),
        lock=found.lock.lock,
        lock_digest=found.lock.digest,
        card=found.card.card if isinstance(found.card, KeptCard) else None,
        events=tuple(event for event in events if event.version == version.number),
        head=ladder.trail.head,
    )


def _refuse_broken(found: Found) -> None:
    identity = walk(found)
    version = found.version
    if len(identity.links) == 1:
        raise RegistryFailed(
            f"Version {version.number} of {version.name} was not registered by ci-mlops: nothing is known of it",
            where=version.uri,
            mend="Name a version that `ci-mlops register` made.",
        )
    if identity.broken:
        first = identity.broken[0]
        raise RegistryFailed(
            f"Nobody can vouch for version {version.number} of {version.name}: {first.part}: {first.told}",
            where=version.uri,
            mend="`ci-mlops history --verify --all` tells the whole chain. Register the model again.",
        )
