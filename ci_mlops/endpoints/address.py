"""Which dialect an address speaks. Its path says so: a guess would send rows to a stranger's door."""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from ci_mlops.errors import BadConfig

Dialect = Literal["mlflow", "v2"]
_V2 = re.compile(r"(?P<model>.*/v2/models/[^/]+(?:/versions/[^/]+)?)(?:/infer)?/?")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    ask: str
    """Where rows are posted."""
    told_at: str
    """Where the endpoint tells of itself; empty: nowhere."""
    dialect: Dialect
    host: str
    """With its port, as the token's permission names it."""
    is_private: bool
    """The token may travel: nobody between can read it."""


def read_address(uri: str, where: str = "") -> Address:
    """
    Raises:
        BadConfig: its path is of no dialect that is known here.
    """
    parts = urlsplit(uri)
    host = (parts.netloc or "").lower()
    is_private = parts.scheme == "https" or parts.hostname in _LOOPBACK
    base = f"{parts.scheme}://{parts.netloc}"
    query = f"?{parts.query}" if parts.query else ""
    if found := _V2.fullmatch(parts.path):
        model = f"{base}{found['model']}"
        return Address(
            ask=f"{model}/infer{query}",
            told_at=f"{model}{query}",
            dialect="v2",
            host=host,
            is_private=is_private,
        )
    if parts.path.rstrip("/").endswith("/invocations"):
        above = parts.path.rstrip("/").removesuffix("/invocations")
        return Address(
            ask=f"{base}{parts.path}{query}",
            told_at=f"{base}{above}/version",
            dialect="mlflow",
            host=host,
            is_private=is_private,
        )
    raise BadConfig(
        f"`{uri}` does not say how it is asked",
        where=where,
        mend="End it with `/invocations` (MLflow, Databricks), or with `/v2/models/NAME/infer` (KServe, Triton, MLServer).",
    )
