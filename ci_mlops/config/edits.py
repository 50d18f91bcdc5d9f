"""What a change edits of the policy: those edits are told to the reader, and not used (law 5)."""

import json
from collections.abc import Mapping
from hashlib import sha256

from ci_mlops.config.cost_rules import cost_keys
from ci_mlops.config.pull_request_settings import PullRequestSettings
from ci_mlops.config.rules import as_policy
from ci_mlops.config.settings import Config
from ci_mlops.records.policy import GateRule, Waiver

_LONGEST = 60


Files = Mapping[str, bytes]
"""Path -> text of the files that metrics of the team's own are in."""
_NONE: Files = {}


def policy_edits(
    base: Config, head: Config, base_files: Files = _NONE, head_files: Files = _NONE
) -> tuple[str, ...]:
    """One line for each edited key, in the order of the file: `gates.recall.max_regression: 0.02 -> 0.15`."""
    before, after = policy_keys(base, base_files), policy_keys(head, head_files)
    keys = dict.fromkeys((*before, *after))
    usual: dict[str, object] = {f"pull_request.{key}": value for key, value in PullRequestSettings()}
    usual["report.pictures"] = True
    return tuple(
        f"{key}: {_short(before.get(key, usual.get(key)))} -> {_short(after.get(key, usual.get(key)))}"
        for key in keys
        if before.get(key) != after.get(key)
    )


def policy_digest(config: Config, files: Files = _NONE) -> str:
    """Of all that decides what is measured, on which rows and by which rules; where it is written does not matter."""
    text = json.dumps(policy_keys(config, files), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def policy_keys(config: Config, files: Files = _NONE) -> dict[str, object]:
    policy, test, cost, registry = as_policy(config), config.data.test, config.cost, config.registry
    keys: dict[str, object] = {"model": config.model, "task": config.task}
    keys |= {
        "data.test.path": test.path,
        "data.test.target": test.target,
        "data.test.positive": test.positive,
        "data.test.classes": test.classes,
        "data.test.weight": test.weight,
        "data.test.group": test.group,
        "data.test.time": test.time.column if test.time else None,
        "data.test.time.block": test.time.block if test.time else None,
        "data.test.overlap": test.overlap,
        "data.test.worn_out": test.worn_out,
        "data.test.id": test.id,
        "data.test.slices": tuple(map(str, test.slices)),
        "data.test.search": test.search.columns if test.search else None,
        "data.test.search.severity": test.search.severity if test.search else None,
        "data.test.names": tuple(f"{label}={name}" for label, name in test.names.items()),
        "data.test.unit": test.unit,
        "metrics": config.metrics,
    }
    if test.multilabel:
        keys["data.test.multilabel"] = True
    if test.columns:
        keys["data.test.columns"] = test.columns
    keys |= {path: f"sha256:{sha256(text).hexdigest()[:12]}" for path, text in sorted(files.items())}
    if cost is not None:
        keys |= cost_keys(cost)
    keys |= _threshold(config)
    for rule in policy.gates:
        # a capacity is a key of the costs
        keys |= _rule(rule) if rule.limit.kind != "capacity" else {}
    for waiver in policy.waivers:
        keys |= _waiver(waiver)
    # what holds where nothing is said leaves the digests of policies as they were
    keys |= {
        f"pull_request.{key}": value
        for key, value in config.on_pull_requests().model_dump(exclude_defaults=True).items()
    }
    if registry is not None:
        keys |= {
            "registry.uri": registry.uri,
            "registry.stages": registry.stages,
            "registry.name": registry.name or config.model,
        }
    shown = config.shown_rows()
    if shown is not None:
        keys |= {"report.flipped_rows.columns": shown.columns, "report.flipped_rows.most": shown.most}
    if not config.shows_pictures():
        keys["report.pictures"] = False
    return keys | {"compare_with": config.compare_with}


def _threshold(config: Config) -> dict[str, object]:
    given: dict[str, object] = {}
    if config.threshold is not None:
        by = config.threshold.by
        given["threshold"] = config.threshold.value if by is None else f"by {by}"
    if config.data.validation is not None:
        given["data.validation"] = config.data.validation
    return given


def _rule(rule: GateRule) -> dict[str, object]:
    on = f"[{rule.slice}]" if rule.slice is not None else ""
    key = "must" if rule.limit.kind == "improve" else rule.limit.kind
    # the same limit may be written twice, to warn early and to block late
    early = ".warn" if rule.severity == "warn" else ""
    name = f"gates.{rule.metric}{on}.{key}"
    limit: object = "improve" if rule.limit.value is None else rule.limit.value
    keys = {f"{name}{early}": limit, f"{name}{early}.undecided": rule.undecided}
    return keys | ({f"{name}{early}.confident": True} if rule.limit.confident else {})


def _waiver(waiver: Waiver) -> dict[str, object]:
    on = f"[{waiver.slice}]" if waiver.slice is not None else ""
    limit = "must" if waiver.limit == "improve" else waiver.limit
    name = f"waivers.{waiver.metric}{on}" + (f".{limit}" if limit else "")
    by = f" by {waiver.by}" if waiver.by else ""
    return {name: f"until {waiver.until}{by}: {waiver.reason}"}


def _short(value: object) -> str:
    if value is None or value == ():
        return "none"
    if isinstance(value, tuple):
        text = ", ".join(str(item) for item in value)
    else:
        text = f"{value:.12g}" if isinstance(value, float) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
