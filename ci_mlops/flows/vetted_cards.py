"""A stranger's cards: read by their schema, and made anew of nothing but digests, numbers and words of closed lists."""

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ci_mlops.errors import BadData
from ci_mlops.files.replacing import replace_file
from ci_mlops.flows.checkout import Role
from ci_mlops.flows.predicted import Predicted
from ci_mlops.flows.rows_to_ask import Pin
from ci_mlops.records import Model, TrainedModel

LARGEST = 1024**2
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_VERSION = re.compile(r"[0-9]{1,9}")
_ENVIRONMENT = re.compile(r"[0-9a-z:.-]{0,80}")
_PARTS = ("code", "data.train", "environment", "run", "parameters")
_MOST = 2**53

T = TypeVar("T", TrainedModel, Predicted)


def vet_model(path: Path, role: Role, name: str) -> TrainedModel:
    """
    `model.json` without a word of its writer's: no name, no notice, no finding, no job. `name`: the policy's.

    Raises:
        BadData: no such card, or something in it that is not what it should be.
    """
    card = _read(path, TrainedModel)
    parts = dict(card.parts)
    held = {
        "role": card.role == role,
        "model.digest": _is(_DIGEST, card.model.digest),
        "model.size": _counts(card.model.size),
        "fingerprint": _is(_FINGERPRINT, card.fingerprint),
        "commit": card.commit is None or _is(_COMMIT, card.commit),
        "version": card.version is None or _is(_VERSION, card.version),
        "environment": _is(_ENVIRONMENT, card.environment),
        "parts": len(parts) == len(card.parts) and set(parts) <= set(_PARTS),
        "seconds": math.isfinite(card.seconds) and 0 <= card.seconds < _MOST,
        "peak_memory": _counts(card.peak_memory),
    }
    _hold(path, held)
    clean = replace(
        card,
        name=name,
        model=Model(digest=card.model.digest, path="model", kind=card.model.kind, size=card.model.size),
        job="",
        notices=(),
        findings=(),
        resolved=None,
    )
    return _written(path, clean)


def without_foreign_text(champion: TrainedModel, candidate: TrainedModel, path: Path) -> None:
    """Of the champion's parts those that are digests, or equal the candidate's, which are held against the checkout."""
    known = dict(candidate.parts)
    kept = tuple(
        (name, value) for name, value in champion.parts if _is(_DIGEST, value) or known.get(name) == value
    )
    _written(path, replace(champion, parts=kept))


def vet_told(path: Path, role: Role, pin: Pin, rows: int, task: str) -> Predicted:
    """
    The card beside the predictions, likewise.

    Raises:
        BadData: as for the model's.
    """
    told = _read(path, Predicted)
    held = {
        "role": told.role == role,
        "model": _is(_DIGEST, told.model),
        "fingerprint": _is(_FINGERPRINT, told.fingerprint),
        "test": _is(_DIGEST, told.test),
        "pin": told.pin == pin,
        "rows": told.rows == rows,
        "task": told.task == task,
        "source": told.source in ("worker", "command"),
        "score_kind": told.score_kind in (None, "probability", "decision"),
        "environment": _is(_ENVIRONMENT, told.environment),
        "seen": told.seen is None or 0 <= told.seen <= rows,
        "unscored": 0 <= told.unscored <= rows,
    }
    _hold(path, held)
    # columns tell whether both models were asked alike, which nobody vouches for here
    clean = replace(told, classes=None, columns=(role,), job="", libraries={}, findings=())
    return _written(path, clean)


def _read(path: Path, kind: type[T]) -> T:
    try:
        if path.stat().st_size > LARGEST:
            raise _refused(path, f"is larger than {LARGEST:,} bytes")
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, RecursionError, ValueError) as error:
        raise _refused(
            path, "is not there" if isinstance(error, OSError) else "is none by its schema"
        ) from error


def _written(path: Path, card: T) -> T:
    replace_file(path, msgspec.json.format(msgspec.json.encode(card)))
    return card


def _hold(path: Path, held: dict[str, bool]) -> None:
    wrong = next((name for name, holds in held.items() if not holds), None)
    if wrong is not None:
        raise _refused(path, f"holds a `{wrong}` that can't be one")


def _is(pattern: re.Pattern[str], text: Any) -> bool:
    return isinstance(text, str) and pattern.fullmatch(text) is not None


def _counts(number: int) -> bool:
    return 0 <= number < _MOST


def _refused(path: Path, why: str) -> BadData:
    return BadData(
        f"the card {path.parent.name}/{path.name} {why}",
        where="what the run left",
        mend="Run the gate's workflow again; its jobs `train` and `predict` write these files.",
    )
