"""Which rows are drawn together: those of one entity, or of one stretch of time."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from ci_mlops.datasets.times import seconds_of
from ci_mlops.errors import BadData
from ci_mlops.evaluation.influence import BUCKETS
from ci_mlops.evaluation.rows import Ints
from ci_mlops.records import Policy

if TYPE_CHECKING:
    import pyarrow as pa


def grouped_by(policy: Policy) -> str | None:
    """The column that tells rows of one draw; None: every row is drawn alone."""
    return policy.group or (policy.time if policy.block else None)


def groups_of(column: pa.Array, policy: Policy, where: str) -> tuple[Ints, Ints]:
    """
    The bucket of each row of a column of text, and a number for its name, the same ones wherever the name is met.

    Raises:
        BadData: a row that belongs to nobody, or a time that can't be read.
    """
    name = grouped_by(policy)
    if column.null_count:
        raise BadData(
            f"{column.null_count} rows have no `{name}`, so nobody knows what they are drawn with",
            where=f"{where} column {name}",
            mend="Give each row one; a row that stands alone gets a name of its own.",
        )
    if policy.group is None and policy.block:
        blocks = np.floor(seconds_of(column, str(name), where) / policy.block).astype(np.int64)
        distinct, codes = np.unique(blocks, return_inverse=True)
        names = [str(block) for block in distinct.tolist()]
    else:
        encoded = column.dictionary_encode()
        codes, names = encoded.indices.to_numpy(zero_copy_only=False), encoded.dictionary.to_pylist()
    digests = [blake2b(text.encode(), digest_size=8).digest() for text in names]
    numbers = np.array([int.from_bytes(digest, "big", signed=True) for digest in digests], dtype=np.int64)
    entities: Ints = numbers[codes]
    return entities % BUCKETS, entities
