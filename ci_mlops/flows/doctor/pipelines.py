"""The team's pipelines of Azure, as far as they run ci-mlops. Read as data, never run; templates are not expanded."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ci_mlops import __version__
from ci_mlops.flows.doctor.check import Check, fine, not_tried, problem, warning
from ci_mlops.flows.doctor.clone import origin
from ci_mlops.flows.doctor.patient import Patient

PLACES = ("azure-pipelines*.y*ml", ".azure-pipelines/*.y*ml", ".pipelines/*.y*ml")
ALIAS = "mlops"
"""What our templates call the repository that they lie in."""
_CODE = 2
_LARGEST = 1 << 20
_OURS = re.compile(r"templates/azure/(?P<path>[\w./-]+\.yml)@(?P<alias>[\w-]+)")
_COMMAND = re.compile(r"(?:^|[\s;&|/])ci-mlops[ \t]+(?:validate|train|judge|publish|register)\b")
_TAG = re.compile(r"refs/tags/(?P<version>v\d+\.\d+\.\d+)")
_BESIDE = ("jobs/drill.yml", "jobs/promote.yml", "jobs/passport.yml", "jobs/reproduce.yml")
"""No change waits for these."""


def pipeline_files(patient: Patient) -> list[str]:
    """Those that name ci-mlops, from the repository's top."""
    top = patient.top or patient.folder
    found = sorted(path for place in PLACES for path in top.glob(place) if path.is_file())
    return [path.relative_to(top).as_posix() for path in found if "ci-mlops" in _text(path)]


def gates_on_azure(patient: Patient) -> bool:
    """The change is gated by a pipeline, and not on GitHub: there CODEOWNERS binds whoever builds."""
    return bool(pipeline_files(patient)) and "github.com" not in origin(patient.folder)


def reviewers_on_azure(patient: Patient) -> Check:
    """Azure Repos knows no CODEOWNERS: a branch policy asks reviewers by path, and only a token can see it."""
    locked = [
        patient.in_repository(patient.config_path.name),
        patient.in_repository(patient.lock_path.name),
        *pipeline_files(patient),
    ]
    return not_tried(
        "outer_lock.reviewers",
        "Who must agree to a change of the policy, the pins and the pipeline can't be seen from here.",
        mend="Project settings > Repositories > Policies > the default branch > Automatically included reviewers: "
        f"required, for {'; '.join(f'/{file}' for file in locked)}.",
    )


def look_at_pipelines(patient: Patient, files: list[str]) -> Iterator[Check]:
    for file in files:
        path = (patient.top or patient.folder) / file
        document, fault = _read(path)
        if fault:
            yield warning("ci", f"{file} can't be read: {fault}.", where=file, mend="Mend its YAML.")
            continue
        used = list(_OURS.finditer(_text(path)))
        if used:
            yield from _templates(file, document, used)
        elif _COMMAND.search(_text(path)):
            yield from _by_hand(file, document)
        if not used or any(one["path"] not in _BESIDE for one in used):
            yield from _events(patient, file, document)


def _templates(file: str, document: Mapping[str, Any], used: list[re.Match[str]]) -> Iterator[Check]:
    repositories = {
        str(one.get("repository")): one
        for one in _list(_mapping(document.get("resources")).get("repositories"))
        if isinstance(one, dict)
    }
    for alias in dict.fromkeys(one["alias"] for one in used):
        if alias != ALIAS:
            yield problem(
                "ci.templates",
                f"The repository of the templates is called `{alias}`: they check it out as `{ALIAS}`.",
                exit_code=_CODE,
                where=file,
                mend=f"`repository: {ALIAS}`, and `@{ALIAS}` behind each template.",
            )
        elif alias not in repositories:
            yield problem(
                "ci.templates",
                f"No repository resource is called `{alias}`.",
                exit_code=_CODE,
                where=file,
                mend="Copy `resources:` from templates/azure/azure-pipelines.yml.",
            )
        else:
            yield _reference(file, str(repositories[alias].get("ref", "")))


def _reference(file: str, ref: str) -> Check:
    ours = f"refs/tags/v{__version__}"
    tag = _TAG.fullmatch(ref)
    if tag is None:
        return warning(
            "ci.version",
            f"The templates are those of `{ref or 'the default branch'}`, which moves with every push to it.",
            where=file,
            mend=f"`ref: {ours}`.",
        )
    if ref != ours:
        return warning(
            "ci.version", f"The templates are those of {tag['version']}. This is v{__version__}.", where=file
        )
    return fine("ci.version", f"The templates are those of {tag['version']}.", file)


def _by_hand(file: str, document: Mapping[str, Any]) -> Iterator[Check]:
    """A pipeline with steps of the team's own."""
    steps = [one for one in _mappings(document) if {"bash", "script", "checkout", "task"} & one.keys()]
    tells = [one for one in steps if _COMMAND.search(str(one.get("bash") or one.get("script") or ""))]
    if not any("SYSTEM_ACCESSTOKEN" in _mapping(one.get("env")) for one in tells):
        yield warning(
            "ci.permissions",
            "No step that runs ci-mlops is given the token: nothing is told in the pull request.",
            where=file,
            mend="`env: {SYSTEM_ACCESSTOKEN: $(System.AccessToken)}` in the step that publishes, and in no step "
            "that runs code of the change. `ci-mlops init azure` writes a pipeline that does.",
        )
    checkouts = [one for one in steps if one.get("checkout") == "self"]
    for one in checkouts or [{}]:
        depth = str(one.get("fetchDepth", 1))
        if depth != "0" and (not depth.isdigit() or int(depth) < 2):
            yield problem(
                "ci.depth",
                f"`fetchDepth` is {depth}: the change's base is not in the clone.",
                exit_code=_CODE,
                where=file,
                mend="`- checkout: self` with `fetchDepth: 2`; 0 where merges are rebased.",
            )
        else:
            yield fine("ci.depth", f"`fetchDepth` is {depth}.", file)
        if str(one.get("persistCredentials", False)).lower() == "true":
            yield warning(
                "ci.credentials",
                "The checkout leaves the token in .git/config, where code of the change can read it.",
                where=file,
                mend="`persistCredentials: false`.",
            )


def _events(patient: Patient, file: str, document: Mapping[str, Any]) -> Iterator[Check]:
    for event in ("trigger", "pr"):
        if _mapping(document.get(event)).get("paths"):
            yield problem(
                "ci.paths",
                f"`paths` under `{event}`: a required check that never starts blocks the merge for ever.",
                exit_code=_CODE,
                where=file,
                mend="Leave it out: ci-mlops sees by itself that a change touches no model.",
            )
    if document.get("trigger") == "none":
        yield warning(
            "ci.events",
            "It does not run after a push: nothing is registered after a merge.",
            where=file,
            mend="`trigger: {branches: {include: [main]}}`, or use no registry.",
        )
    if "github.com" not in origin(patient.folder):
        yield not_tried(
            "ci.events",
            "Whether a pull request starts it can't be seen from here: Azure Repos does not read `pr:`, and asks "
            "its branch policies.",
            mend="`ci-mlops init azure --policies --dry-run` shows them, with a token in AZURE_DEVOPS_EXT_PAT.",
        )


def _read(path: Path) -> tuple[Mapping[str, Any], str]:
    import yaml

    try:
        document = yaml.safe_load(_text(path))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        return {}, str(error).splitlines()[0] if str(error) else type(error).__name__
    return (document, "") if isinstance(document, dict) else ({}, "no mapping")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.stat().st_size <= _LARGEST else ""


def _mappings(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else _list(node):
        yield from _mappings(inner)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
