"""Memory that is kept for the next array: most of the time goes into fetching it anew else."""

import numpy as np

_LARGEST = 31 << 20


def keep_freed() -> None:
    """
    Once a process. Blocks of rows make arrays by the thousand, and glibc gives memory back as soon as more is free than twice
    the largest array that was ever freed: so let one be, whose memory is never touched. It heeds no larger ones than 32 MB.
    Elsewhere it does nothing.

    Source: mallopt(3), the dynamic threshold of M_MMAP_THRESHOLD.
    """
    np.empty(_LARGEST, dtype=np.uint8)
