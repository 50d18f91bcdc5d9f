"""A number for each name in `data.test.group`, the same one in every partition: which rows are of one query."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

    from ci_mlops.evaluation.rows import Ints


def entities_of(column: pa.Array) -> Ints:
    """Of a column of text without gaps, shape (rows,): 64 bits, so that no two of a billion names are likely to meet."""
    encoded = column.dictionary_encode()
    names = encoded.dictionary.to_pylist()
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    digests = b"".join(blake2b(name.encode(), digest_size=8).digest() for name in names)
    found: Ints = np.frombuffer(digests, dtype="<i8").astype(np.int64)[codes]
    return found
