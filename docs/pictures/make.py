"""
Draw comments as GitHub or Azure DevOps shows them: python docs/pictures/make.py PICTURE.png VERDICT.json...

Needs cmarkgfm (GitHub's Markdown parser), markdown-it-py (of the family of Azure DevOps'), Playwright, Pillow and a
Chromium; reads nothing from the network.
"""

import argparse
import re
import shutil
import struct
import sys
from base64 import b64encode
from pathlib import Path

import cmarkgfm
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt
from PIL import Image
from playwright.sync_api import sync_playwright

from ci_mlops.records import Change, Verdict
from ci_mlops.report import read_verdict, render
from ci_mlops.report.image import filled
from ci_mlops.report.picture import picture_of
from ci_mlops.report.publication import publication, state

HERE = Path(__file__).parent
LARGEST = 300_000
SIZED = re.compile(r"!\[([^\]]*)\]\((\S+) =(\d+)x\)")
"""An image as Azure DevOps takes it, with its width; the parser here knows none."""
PAGE = """<!doctype html><html class="{theme}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>{css}</style>
{comments}"""
COMMENT = """<section class="comment"><header class="author"><b>github-actions</b> <i>bot</i> commented \N{MIDDLE DOT} edited</header>
<div class="body">{body}</div></section>"""
THREAD = """<section class="comment"><header class="author"><span class="face">CB</span><b>credit Build Service (bank)</b>
<time>just now</time><span class="status">{status}</span></header><div class="body">{body}</div></section>"""


def on_github(verdict: Verdict) -> str:
    markdown = render(verdict, "github")
    return COMMENT.format(
        body=cmarkgfm.github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE)
    )


def on_azure(verdict: Verdict) -> str:
    """A thread is active while the verdict blocks; its picture is an attachment there, and in the page here."""
    parser = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable("table")
    here = Change(platform="azure", event="pull_request")
    told = publication(verdict, change=here, picture=picture_of(verdict, here))
    files = {one.name: f"data:image/png;base64,{b64encode(one.data).decode()}" for one in told.pictures}
    text = SIZED.sub(r'<p><img alt="\1" src="\2" width="\3"></p>', filled(told.comment, files))
    status = "Closed" if state(verdict) in ("success", "not_applicable") else "Active"
    return THREAD.format(body=parser.render(text), status=status)


DRAWN = {"github": (on_github, "comment.css"), "azure": (on_azure, "thread.css")}


def page(verdicts: list[Path], unfolded: int, platform: str, theme: str) -> str:
    """Every comment in full; the first `unfolded` details of each are shown open."""
    told, css = DRAWN[platform]
    comments = [
        told(read_verdict(file)).replace("<details>", "<details open>", unfolded) for file in verdicts
    ]
    text = (HERE / css).read_text(encoding="utf-8")
    return PAGE.format(css=text, comments="\n".join(comments), theme=theme)


def draw(document: str, picture: Path, *, width: int, scale: float) -> None:
    """As high as it is."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("no Chromium found; install one to draw")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": width, "height": 100}, device_scale_factor=scale)
        page.set_content(document)
        page.screenshot(path=picture, full_page=True)
        chromium.close()


def squeeze(picture: Path) -> None:
    """256 colours are enough for text and a few signs, and take a third of the bytes."""
    with Image.open(picture) as drawn:
        drawn.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            picture, optimize=True
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("picture", type=Path)
    parser.add_argument("verdicts", type=Path, nargs="+")
    parser.add_argument("--platform", choices=DRAWN, default="github")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--width", type=int, default=830, help="CSS pixels; 390 is a phone")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--unfolded", type=int, default=0, help="how many details of each comment are open")
    given = parser.parse_args()
    document = page(given.verdicts, given.unfolded, given.platform, given.theme)
    draw(document, given.picture, width=given.width, scale=given.scale)
    squeeze(given.picture)
    size = given.picture.stat().st_size
    across, down = struct.unpack(">II", given.picture.read_bytes()[16:24])
    print(f"{given.picture}: {across} x {down}, {size} bytes")
    if size > LARGEST:
        sys.exit(f"larger than {LARGEST} bytes: take fewer comments or a smaller scale")


if __name__ == "__main__":
    main()
