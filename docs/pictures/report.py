"""
Draw the HTML report as a browser shows it: python docs/pictures/report.py VERDICT.json NAME

Writes NAME-light.png, NAME-dark.png and NAME-phone.png beside this file. Needs Playwright, Pillow and a Chromium; reads
nothing from the network.
"""

import argparse
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from make import HERE, LARGEST, squeeze
from playwright.sync_api import Page, sync_playwright

from ci_mlops.report import read_verdict, render


@dataclass(frozen=True)
class View:
    name: str
    width: int
    height: int
    dark: bool = False
    section: str = ""
    """Scrolled to this one; empty: the top."""
    scale: float = 1.0


VIEWS = (
    View("light", 1280, 1180),
    View("dark", 1280, 1420, dark=True, section="curves"),
    View("phone", 360, 1180, scale=1.5),
)


def draw(page: Page, view: View, picture: Path) -> None:
    if view.section:
        # a section near the end can't be scrolled to the top
        page.evaluate(
            "id => { for (const one of document.querySelectorAll('.hero, .card')) { if (one.id === id) break; one.remove(); } }",
            view.section,
        )
    page.screenshot(path=picture)
    squeeze(picture)
    size = picture.stat().st_size
    print(f"{picture}: {size} bytes")
    if size > LARGEST:
        sys.exit(f"larger than {LARGEST} bytes: take a smaller view")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verdict", type=Path)
    parser.add_argument("name")
    given = parser.parse_args()
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("no Chromium found; install one to draw")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder, "report.html")
        file.write_text(render(read_verdict(given.verdict), "html"), encoding="utf-8")
        chromium = playwright.chromium.launch(executable_path=browser)
        for view in VIEWS:
            context = chromium.new_context(
                viewport={"width": view.width, "height": view.height},
                device_scale_factor=view.scale,
                color_scheme="dark" if view.dark else "light",
            )
            page = context.new_page()
            page.goto(file.as_uri())
            draw(page, view, HERE / f"{given.name}-{view.name}.png")
            context.close()
        chromium.close()


if __name__ == "__main__":
    main()
