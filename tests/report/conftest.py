import os
from pathlib import Path

import pytest

EXPECTED = Path(__file__).parent / "expected"


@pytest.fixture
def matches_expected():
    """Compare a whole rendering with its file; CI_MLOPS_UPDATE_EXPECTED=1 writes the file instead."""

    def check(name: str, text: str) -> None:
        file = EXPECTED / name
        if os.environ.get("CI_MLOPS_UPDATE_EXPECTED"):
            file.write_text(text, encoding="utf-8")

        assert file.read_text(encoding="utf-8") == text

    return check
