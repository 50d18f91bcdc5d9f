"""`compute`: where the court counts."""

from typing import Any, Self, get_args

from pydantic import ConfigDict, Field, model_validator

from ci_mlops.config.fields import Text, wrong
from ci_mlops.config.section import Settings
from ci_mlops.records.compute import Backend, Compute


def _or_a_word(schema: dict[str, Any]) -> None:
    """`compute: dask` is as good as `compute: {backend: dask}`."""
    mapping = dict(schema)
    schema.clear()
    schema.update(anyOf=[mapping, {"enum": list(get_args(Backend))}])


class ComputeSettings(Settings):
    """Where the court counts. It changes no result. Read from the base branch."""

    model_config = ConfigDict(json_schema_extra=_or_a_word)

    backend: Backend = Field(
        description="`local` (one core), `processes` of this machine, or an engine: `dask`, `ray`, `spark`."
    )
    workers: int | None = Field(
        default=None,
        ge=1,
        strict=True,
        description="Default: as many as there are cores, or as the engine has.",
    )
    address: Text | None = Field(
        default=None,
        description="Where the engine's scheduler is. Default: what its own settings say, else workers on this machine.",
        examples=["tcp://scheduler.example:8786"],
    )

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, value: object) -> object:
        return {"backend": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.backend == "local" and self.workers is not None:
            raise wrong(
                "`workers`, but `local` counts on one core",
                "Write `backend: processes`, or remove `workers`.",
            )
        if self.backend in ("local", "processes") and self.address is not None:
            raise wrong(
                f"`address`, but `{self.backend}` is this machine",
                "Write `backend: dask`, or remove `address`.",
            )
        return self

    def as_compute(self) -> Compute:
        return Compute(backend=self.backend, workers=self.workers, address=self.address)
