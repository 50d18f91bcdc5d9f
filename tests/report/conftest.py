import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

EXPECTED = Path(__file__).parent / "expected"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser():
    found = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found)
        yield chromium
        chromium.close()


@pytest.fixture
def matches_expected():
    """Compare a whole rendering with its file; CI_MLOPS_UPDATE_EXPECTED=1 writes the file instead."""

    def check(name: str, text: str) -> None:
        file = EXPECTED / name
        if os.environ.get("CI_MLOPS_UPDATE_EXPECTED"):
            file.write_text(text, encoding="utf-8")

        assert file.read_text(encoding="utf-8") == text

    return check
