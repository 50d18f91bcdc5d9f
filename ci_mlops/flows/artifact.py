"""How the judged model is found again after the merge: an artifact named by the fingerprint."""

import re

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
