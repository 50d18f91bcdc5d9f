"""Keep a command's process small."""

import sys


def without_pandas() -> None:
    """
    Stop pyarrow from importing pandas: it looks for it at its first array, half a second for nothing here.

    It looks once and remembers; so a door calls this, before anything is read, and no library code does.
    """
    if "pandas" in sys.modules:
        return
    sys.modules["pandas"] = None  # type: ignore[assignment]  # what makes `import pandas` fail
    try:
        import pyarrow as pa

        pa.scalar(0)
    finally:
        del sys.modules["pandas"]
