"""A version's passport: an in-toto statement about the model's files, and what it is held to when it is shown. Pure."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from ci_mlops.files.digest import sum_of_sums
from ci_mlops.records import AuditEvent, FilePin, GateResult, Measurement, Version, tags
from ci_mlops.records.passport import Papers

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://github.com/ci-mlops/ci-mlops/passport/v1"
PAYLOAD = "application/vnd.in-toto+json"
Document = dict[str, Any]


def statement(papers: Papers) -> bytes:
    """Canonical JSON: of the same facts the same bytes, so that signing again changes nothing."""
    document = {
        "_type": STATEMENT,
        "subject": [{"name": path, "digest": {"sha256": digest}} for path, digest in papers.files],
        "predicateType": PREDICATE,
        "predicate": predicate(papers),
    }
    return canonical(document)


def canonical(document: Mapping[str, Any]) -> bytes:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    # a path may hold bytes that no Unicode text can
    return text.encode("utf-8", errors="replace")


def predicate(papers: Papers) -> Document:
    version, told = papers.version, papers.version.tags
    parts = dict(papers.card.parts) if papers.card else {}
    return {
        "model": {
            "name": version.name,
            "version": version.number,
            "digest": version.digest,
            "kind": papers.kind,
            "stored": papers.stored,
            "registeredAt": version.registered_at,
        },
        "materials": _materials(papers),
        "fingerprint": told.get(tags.FINGERPRINT, ""),
        "environment": _environment(papers),
        "training": {
            "run": _json(parts.get("run")),
            "parameters": _json(parts.get("parameters")),
        },
        "verdict": _verdict(papers),
        "approvals": [
            {"by": one.by, "environment": one.environment, "comment": one.comment, "stage": event.stage}
            for event in papers.events
            for one in event.approvals
        ],
        "moves": [_move(event) for event in papers.events],
        "trail": {"head": papers.head},
    }


def why_refused(payload: bytes, version: Version, known: Collection[str]) -> str:
    """
    Why a statement that was signed is not one of this version; empty: it is.

    `known`: the digests of all events of the trail. One that the passport was written upon and that is not there any more
    means that the trail was written anew.
    """
    try:
        document = json.loads(payload)
        kind, told = (document["_type"], document["predicateType"]), document["predicate"]
        subject = [(str(one["name"]), str(one["digest"]["sha256"])) for one in document["subject"]]
        model, judged, head = told["model"], told["verdict"]["digest"], told["trail"]["head"]
        name, number, digest, stored = (model[key] for key in ("name", "version", "digest", "stored"))
        files = sum_of_sums(subject) if model["kind"] == "folder" else subject[0][1]
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return "it can't be read as a passport"
    looks = {
        "what was signed is no passport": kind == (STATEMENT, PREDICATE),
        f"it is about {name} version {number}": (name, number) == (version.name, version.number),
        "it is about another model": digest == version.digest == f"sha256:{files}",
        "what is stored around the model is not what it names": stored == version.tags.get(tags.STORED, ""),
        "it names another verdict than the version was registered by": judged
        == version.tags.get(tags.VERDICT_DIGEST, ""),
        "it was written upon an event that is not in the audit trail any more": not head or head in known,
    }
    return next((why for why, holds in looks.items() if not holds), "")


def _materials(papers: Papers) -> list[Document]:
    """As in-toto describes resources: the data by its pins, the code by its commit, the environment by its lock."""
    found = [_pinned(rows, pin) for rows, pins in sorted(papers.lock.data.items()) for pin in pins]
    commit = papers.version.tags.get(tags.COMMIT, "")
    if commit:
        change = papers.verdict.change
        where = change.repository if change and change.repository else "code"
        found.append({"name": where, "digest": {"gitCommit": commit}, "annotations": {"part": "code"}})
    digest = {"sha256": papers.lock_digest}
    return [*found, {"name": "ci-mlops.lock", "digest": digest, "annotations": {"part": "environment"}}]


def _pinned(rows: str, pin: FilePin) -> Document:
    told: Document = {"part": f"data.{rows}", "size": pin.size}
    if pin.rows is not None:
        told["rows"] = pin.rows
    return {"name": pin.path, "digest": {"sha256": pin.sha256}, "annotations": told}


def _environment(papers: Papers) -> Document:
    told: Document = {"digest": papers.version.tags.get(tags.ENVIRONMENT, "")}
    resolved = papers.lock.environment
    if resolved is not None:
        told |= {
            "source": resolved.source,
            "python": resolved.python,
            "packages": [f"{one.name}=={one.version}" for one in resolved.packages],
        }
    return told


def _verdict(papers: Papers) -> Document:
    verdict = papers.verdict
    overall = [one for one in verdict.measurements if one.slice is None]
    sliced = [one for one in verdict.measurements if one.slice is not None]
    champion = verdict.champion
    return {
        "outcome": verdict.verdict,
        "reason": verdict.reason,
        "digest": verdict.verdict_digest,
        "evaluatedAt": verdict.evaluated_at,
        "isolation": verdict.isolation,
        "champion": {"version": champion.version, "digest": champion.digest} if champion else None,
        "policy": verdict.policy.digest if verdict.policy else "",
        "gates": [_gate(gate) for gate in verdict.gates],
        "metrics": [_measured(one) for one in overall],
        "slices": {
            "measured": len({one.slice for one in sliced}),
            "worse": [_measured(one) for one in sliced if one.word == "worse"],
        },
        "cost": {
            "unit": verdict.cost.unit,
            "champion": verdict.cost.champion,
            "candidate": verdict.cost.candidate,
        }
        if verdict.cost
        else None,
        "waivers": [
            {"metric": use.waiver.metric, "reason": use.waiver.reason, "until": use.waiver.until}
            for use in verdict.waivers
            if use.status == "used"
        ],
    }


def _gate(gate: GateResult) -> Document:
    return {
        "metric": gate.metric,
        "slice": gate.slice,
        "rule": {"kind": gate.rule.kind, "value": gate.rule.value},
        "severity": gate.severity,
        "status": "waived" if gate.waiver else gate.status,
    }


def _measured(one: Measurement) -> Document:
    kept = ("metric", "slice", "rows", "champion", "candidate", "improvement", "low", "high")
    return {key: getattr(one, key) for key in kept if key != "slice" or one.slice is not None}


def _move(event: AuditEvent) -> Document:
    kept = ("kind", "at", "stage", "source", "replaces", "actor", "run", "reason", "waivers")
    return {key: value for key in kept if (value := getattr(event, key))}


def _json(text: str | None) -> Any:
    try:
        return None if text is None else json.loads(text)
    except (ValueError, RecursionError):
        return text
