"""How the judged model is found again after the merge: an artifact named by the fingerprint."""

import re

from ci_mlops.errors import BadData

FINGERPRINT = re.compile(r"(?:sha256:)?(?P<hex>[0-9a-f]{64})")


def artifact_name(fingerprint: str) -> str:
    """
    No colon: GitHub refuses it in the name of an artifact.

    Raises:
        BadData: what is no fingerprint, for instance out of somebody's verdict.json.
    """
    found = FINGERPRINT.fullmatch(fingerprint)
    if found is None:
        raise BadData(f"{fingerprint[:80]!a} is no fingerprint", where="verdict.json fingerprint")
    return f"ci-mlops-{found['hex']}"
