"""
Draw comments as GitHub shows them: python docs/pictures/make.py PICTURE.png VERDICT.json...

Needs cmarkgfm (GitHub's Markdown parser), Pillow and a Chromium; reads nothing from the network.
"""

import argparse
import html
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import cmarkgfm
from cmarkgfm.cmark import Options
from PIL import Image

from ci_mlops.report import read_verdict, render

HERE = Path(__file__).parent
LARGEST = 300_000
TALLEST = 8000
PAGE = """<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>{css}</style>
{comments}<script>document.title = document.documentElement.getBoundingClientRect().height</script>"""
COMMENT = """<section class="comment"><header class="author"><b>github-actions</b> <i>bot</i> commented \N{MIDDLE DOT} edited</header>
<div class="body">{body}</div></section>"""


def page(verdicts: list[Path], unfolded: int) -> str:
    """Every comment in full; the first `unfolded` details of each are shown open."""
    bodies = []
    for file in verdicts:
        markdown = render(read_verdict(file), "github")
        body = cmarkgfm.github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE)
        bodies.append(body.replace("<details>", "<details open>", unfolded))
    css = (HERE / "comment.css").read_text(encoding="utf-8")
    return PAGE.format(css=css, comments="\n".join(COMMENT.format(body=body) for body in bodies))


def draw(document: str, picture: Path, *, width: int, scale: float) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("no Chromium found; install one to draw")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "page.html")
        file.write_text(document, encoding="utf-8")

        def run(*options: str) -> str:
            command = [browser, *QUIET, f"--user-data-dir={folder}/profile", *options, file.as_uri()]
            done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
            return done.stdout

        # the page writes its own height into its title
        title = (
            run(f"--window-size={width},{TALLEST}", "--dump-dom").partition("<title>")[2].partition("<")[0]
        )
        height = min(TALLEST, int(float(html.unescape(title))) + 1)
        run(
            f"--window-size={width},{height}",
            f"--force-device-scale-factor={scale:g}",
            "--hide-scrollbars",
            f"--screenshot={picture.resolve()}",
        )


def squeeze(picture: Path) -> None:
    """256 colours are enough for text and a few signs, and take a third of the bytes."""
    with Image.open(picture) as drawn:
        drawn.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            picture, optimize=True
        )


QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("picture", type=Path)
    parser.add_argument("verdicts", type=Path, nargs="+")
    parser.add_argument("--width", type=int, default=830, help="CSS pixels; 390 is a phone")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--unfolded", type=int, default=0, help="how many details of each comment are open")
    given = parser.parse_args()
    draw(page(given.verdicts, given.unfolded), given.picture, width=given.width, scale=given.scale)
    squeeze(given.picture)
    size = given.picture.stat().st_size
    across, down = struct.unpack(">II", given.picture.read_bytes()[16:24])
    print(f"{given.picture}: {across} x {down}, {size} bytes")
    if size > LARGEST:
        sys.exit(f"larger than {LARGEST} bytes: take fewer comments or a smaller scale")


if __name__ == "__main__":
    main()
