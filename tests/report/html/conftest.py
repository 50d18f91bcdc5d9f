"""Pages in a real browser: Debian's Chromium, or whichever is installed."""

from contextlib import contextmanager
from pathlib import Path

import pytest

from ci_mlops.report import render, seal


class Shown:
    """A page, what it asked for, and what the browser complained about."""

    def __init__(self, page):
        self.page, self.requests, self.complaints = page, [], []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (self.complaints.append(dialog.message), dialog.dismiss()))


@pytest.fixture
def show(browser, tmp_path):
    """`with show(verdict, width=360) as shown:`; options are those of a browser's context."""

    @contextmanager
    def shown(verdict, *, width=1280, flipped=None, **options):
        file = Path(tmp_path, "report.html")
        file.write_text(render(seal(verdict), "html", flipped=flipped), encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        try:
            one = Shown(context.new_page())
            one.address = file.as_uri()
            one.page.goto(one.address)
            yield one
        finally:
            context.close()

    return shown
