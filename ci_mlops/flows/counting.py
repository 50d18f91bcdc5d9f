"""The seam for size: the engine that walks over partitions, through joblib. The way to a verdict is the same on each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ci_mlops.errors import BadConfig
from ci_mlops.records.compute import Compute

if TYPE_CHECKING:
    from ci_mlops.evaluation.walks import Map

LOCAL = Compute()
# some wait for none: rows are never quite evenly dear
_PARTS_PER_WORKER = 4
_SECONDS = 30
# package -> the function that tells joblib of its engine
_ENGINES = {"ray": ("ray.util.joblib", "register_ray"), "spark": ("joblibspark", "register_spark")}
_PACKAGES = {"dask": "distributed", "ray": "ray", "spark": "joblibspark"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    over: Map
    parts: int
    """So many partitions are worth making."""


@contextmanager
def counting_on(compute: Compute) -> Iterator[Counting]:
    """
    Raises:
        BadConfig: an engine that is not installed, or does not answer, or loses its workers.
    """
    if compute.backend == "local":
        yield Counting(over=map, parts=1)
    elif compute.backend == "dask":
        with _dask(compute) as found:
            yield found
    else:
        if compute.backend in _ENGINES:
            module, register = _ENGINES[compute.backend]
            getattr(_installed(compute, module), register)()
        workers = compute.workers or os.cpu_count() or 1
        backend = "loky" if compute.backend == "processes" else compute.backend
        yield Counting(over=_over(compute, backend, workers), parts=workers * _PARTS_PER_WORKER)


@contextmanager
def _dask(compute: Compute) -> Iterator[Counting]:
    distributed = _installed(compute, "distributed")
    address = compute.address or _installed(compute, "dask").config.get("scheduler-address", None)
    # without an address: worker processes on this machine, without a page of their own in a browser
    options = {"n_workers": compute.workers, "dashboard_address": None} if address is None else {}
    try:
        client = distributed.Client(address, timeout=_SECONDS, **options)
    except OSError as error:
        raise BadConfig(
            f"`compute`: no scheduler of Dask answers at {address}",
            where="compute.address",
            mend="Start `dask scheduler` there and workers for it, or look at the address.",
        ) from error
    try:
        client.wait_for_workers(1, timeout=_SECONDS)
        workers = compute.workers or sum(client.nthreads().values())
        yield Counting(over=_over(compute, "dask", workers), parts=workers * _PARTS_PER_WORKER)
    except (TimeoutError, distributed.KilledWorker) as error:
        raise BadConfig(
            f"`compute`: the scheduler of Dask has no worker left: {error}",
            where="compute",
            mend="Look at the workers' logs: they need the same ci-mlops, the same files and memory for a partition.",
        ) from error
    finally:
        client.close()


def _over(compute: Compute, backend: str, workers: int) -> Map:
    joblib = _installed(compute, "joblib")

    def over(count: Callable[[Any], Any], partitions: Iterable[Any]) -> Iterable[Any]:
        with joblib.parallel_config(backend=backend, n_jobs=workers):
            walked = joblib.Parallel(batch_size=1)(joblib.delayed(count)(part) for part in partitions)
        return list(walked)

    return over


def _installed(compute: Compute, module: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        package = _PACKAGES.get(compute.backend, "joblib")
        name = "ci-mlops[dask]" if compute.backend == "dask" else package
        raise BadConfig(
            f"`compute: {compute.backend}` needs the package {package}, and it is not installed here: {error}",
            where="compute",
            mend=f"Install it beside ci-mlops: `pip install '{name}'`; or leave `compute` out.",
        ) from error
