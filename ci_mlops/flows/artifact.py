"""How the judged model is found again after the merge: an artifact named by the fingerprint."""

import re
from hashlib import sha256

from ci_mlops.errors import BadData

FINGERPRINT = re.compile(r"[0-9a-f]{64}")


def artifact_name(fingerprint: str) -> str:
    """
    Sixteen digits tell one model of a repository from the next; its digest is checked all the same.

    Raises:
        BadData: what is no fingerprint, for instance out of somebody's verdict.json.
    """
    if not FINGERPRINT.fullmatch(fingerprint):
        raise BadData(f"{fingerprint[:80]!a} is no fingerprint", where="verdict.json fingerprint")
    return f"ci-mlops-{fingerprint[:16]}"


def verdict_artifact_name(model: str) -> str:
    """
    One for each model of a run, so that none overwrites another's.

    >>> verdict_artifact_name("credit-default"), verdict_artifact_name("a/b")
    ('ci-mlops-verdict-credit-default', 'ci-mlops-verdict-a-b-c14cddc033f64b9d')
    """
    return f"ci-mlops-verdict-{key_of(model)}"


def predictions_artifact_name(model: str) -> str:
    """Of one of several models; where there is one it has no name at its end."""
    return f"ci-mlops-predictions-{key_of(model)}"


def key_of(model: str) -> str:
    """The model's name as a part of an artifact's."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", model)[:60]
    whole = plain == model and plain == plain.lower()
    # a storage may not tell upper from lower case
    end = "" if whole else f"-{sha256(model.encode(errors='replace')).hexdigest()[:16]}"
    return f"{plain}{end}"
