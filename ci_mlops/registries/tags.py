"""What ci-mlops writes on a version, and what makes two registrations the same one."""

import hashlib
from collections.abc import Mapping

from ci_mlops.records import Registration
from ci_mlops.records.tags import CHAMPION, COMMIT, DIGEST, FINGERPRINT, VERDICT, VERDICT_DIGEST

KEY = "ci_mlops.key"
FILES = "ci_mlops.files"
"""Where the judged files lie in the version's folder."""
WHOLE = "."
"""As FILES: they are the folder itself."""
KIND = "ci_mlops.kind"
PLACE = "model"
"""The version's folder among its run's artifacts."""
EVIDENCE = "evidence"
"""The folder of what was registered beside the model, among its run's artifacts."""
STAGE = "ci_mlops.stage."
"""+ the stage; only where the server has no aliases. The highest number holds the stage."""


def key(registration: Registration) -> str:
    """
    The same model of the same commit, judged the same way against the same champion.

    A verdict's digest differs between two attempts of one job, so it is asked only where nothing else tells.
    """
    said = registration.tags
    parts = [said.get(tag, "") for tag in (FINGERPRINT, COMMIT, VERDICT, CHAMPION)]
    if not (parts[0] and parts[1]):
        parts = [said.get(VERDICT_DIGEST, "")]
    return hashlib.sha256("\n".join([registration.digest, *parts]).encode()).hexdigest()


def same(stored: Mapping[str, str], registration: Registration) -> bool:
    if stored.get(DIGEST) != registration.digest:
        return False
    verdict = registration.tags.get(VERDICT_DIGEST, "")
    return stored.get(KEY) == key(registration) or (bool(verdict) and stored.get(VERDICT_DIGEST) == verdict)
