"""`registry.passport`: whose signature is taken, and where one is asked for. Read from the base branch."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from ci_mlops.config.fields import RelativePath, Stage, Text, once, wrong
from ci_mlops.config.section import Settings

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")


def _variable(text: str) -> str:
    if not _VARIABLE.fullmatch(text):
        # not quoted: it may be the key itself
        raise wrong(
            "is no name of an environment variable",
            "Name the variable that the CI puts the private key into, as `CI_MLOPS_SIGNING_KEY`; never the key itself.",
        )
    return text


class PassportSettings(Settings):
    """A signed statement of what a version is made of, how it was judged and who let it up."""

    keys: Annotated[tuple[RelativePath, ...], AfterValidator(once)] = Field(
        description="Public keys in PEM (Ed25519, or ECDSA on P-256), files of the repository; one of them must have signed.",
        examples=[["keys/release.pub.pem"]],
    )
    required: Annotated[tuple[Stage, ...], AfterValidator(once)] = Field(
        default=(),
        description="Stages that no version takes without a passport that one of `keys` has signed; not the first one.",
        examples=[["production"]],
    )
    key_variable: Annotated[Text, AfterValidator(_variable)] = Field(
        default="CI_MLOPS_SIGNING_KEY",
        description="Environment variable that holds the private key, or the path of its file; `passport --sign` reads it.",
    )
