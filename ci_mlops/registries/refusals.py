"""What a registry's refusal means, and what to do about it: one sentence each, whichever way it was told."""

import json

from ci_mlops.registries.store import Refused

PERMITTED = "Give this token's user the right to EDIT the model on the server, or use a token that has it."
KNOWN = (
    "Set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, "
    "as secrets in the environment of this step."
)
CODES = {401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED"}


def refusal(status: int, body: bytes, location: str, where: str) -> Refused:
    """From an HTTP answer that is not 200."""
    code, message = _read(body)
    if 300 <= status < 400:
        return Refused(
            f"The registry sends us on to {location or 'another address'}",
            where=where,
            mend="Write the address it names as `registry.uri`, or sign in if that is a login page.",
            status=status,
        )
    return explain(code or CODES.get(status, ""), message, where, status=status)


def explain(code: str, message: str, where: str, *, status: int = 0) -> Refused:
    """From MLflow's own code for it, told by a server or by MLflow's client."""
    if code in ("UNAUTHENTICATED", "CUSTOMER_UNAUTHORIZED") or status == 401:
        what, mend = "The registry does not know who asks (401)", KNOWN
    elif code == "PERMISSION_DENIED" or status == 403:
        what, mend = "The registry does not let us do that (403)", PERMITTED
    elif code == "RESOURCE_DOES_NOT_EXIST":
        what, mend = f"The registry has no such thing: {message}", "Look the name up in the registry."
    elif status == 404 or code == "ENDPOINT_NOT_FOUND":
        what, mend = (
            "There is no MLflow API at that address (404)",
            "Correct `registry.uri`: is a path missing?",
        )
    elif status >= 500 or code in ("INTERNAL_ERROR", "TEMPORARILY_UNAVAILABLE"):
        what = f"The registry failed by itself ({status or code}): {message or 'it does not say why'}"
        mend = "Its own log says more. Run this again when it is well."
    else:
        what = f"The registry refuses ({code or status}): {message or 'it does not say why'}"
        mend = "The version and the pointers are as they were."
    return Refused(what, where=where, mend=mend, code=code, status=status)


def _read(body: bytes) -> tuple[str, str]:
    try:
        answer = json.loads(body)
    except ValueError:
        return "", ""
    if not isinstance(answer, dict):
        return "", ""
    message = " ".join(str(answer.get("message", "")).split())
    return str(answer.get("error_code", "")), message[:300]
