"""What an environment is, as one digest; of its lock alone, so that nothing is installed to know a fingerprint."""

import hashlib
import json

from ci_mlops.records import ResolvedEnvironment


def environment_digest(resolved: ResolvedEnvironment) -> str:
    """Where the declaration lies, and how it is worded, is no part of it: what is installed is."""
    packages = [[one.name, one.version, one.marker, *one.hashes] for one in resolved.packages]
    whole = [resolved.python, packages, *resolved.local]
    canonical = json.dumps(whole, separators=(",", ":"), ensure_ascii=True)
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
