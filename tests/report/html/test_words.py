"""A page says what every other dialect says: the words of the document, all of them, in its order."""

from html.parser import HTMLParser

import pytest

from ci_mlops.report import render, seal
from ci_mlops.report.blocks import Details, Heading, Items, Paragraph, Table
from ci_mlops.report.document import document
from ci_mlops.report.headline import headline
from ci_mlops.report.html.icons import of_mark
from ci_mlops.report.html.page import WHOLE
from ci_mlops.report.inline import to_html, to_terminal
from tests.report.html import curve_verdicts
from tests.report.test_expected import ALL as VERDICTS

ALL = VERDICTS | curve_verdicts.ALL


class Text(HTMLParser):
    """What stands in the body of a page, without the script."""

    def __init__(self, page):
        super().__init__()
        self.parts, self._silent = [], False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self._silent = tag in ("style", "script", "title")

    def handle_endtag(self, tag):
        self._silent = False

    def handle_data(self, data):
        if not self._silent:
            self.parts.append(data)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("passed", "Each cell: rows, and their share of the rows of the actual class."),
        ("many_classes", "Shaded by their share of the rows of the actual class, whatever they weigh."),
    ],
)
def test_the_share_in_a_matrix_says_of_what_it_is(name, said):
    assert said in " ".join(Text(render(seal(ALL[name]()), "html")).parts)


def bare(text):
    """Without any space, as elements stand side by side."""
    return "".join(text.replace("\N{WORD JOINER}", "").split())


def texts(block):
    if isinstance(block, Heading | Paragraph):
        yield block.text
    elif isinstance(block, Items):
        yield from block.texts
    elif isinstance(block, Table):
        yield from block.head
        for row in block.rows:
            yield from row
    elif isinstance(block, Details):
        for inner in block.blocks:
            yield from texts(inner)


@pytest.mark.parametrize("name", ALL)
def test_every_word_of_the_document_is_on_the_page(name):
    verdict = seal(ALL[name]())
    page = bare("".join(Text(render(verdict, "html")).parts))
    first, *blocks = document(verdict, WHOLE)
    # a mark is a sign there
    said = [marked[1] if (marked := of_mark(text)) else text for block in blocks for text in texts(block)]

    assert first.text.endswith(headline(verdict))
    assert bare(to_terminal(headline(verdict))) in page
    assert [text for text in said if bare(to_terminal(text)) not in page] == []


def test_a_text_of_ours_is_escaped_as_well():
    assert to_html('1 < 2 & "3"') == "1 &lt; 2 &amp; &quot;3&quot;"
