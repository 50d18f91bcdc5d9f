"""What must hold of every rendering, whatever anybody wrote into the verdict."""

import re
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt

OURS = {
    *("h3", "h4", "p", "strong", "b", "code", "ul", "ol", "li", "details", "summary"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
# what a platform looks for in the rendered text, outside code
ALIVE = re.compile(
    r"@\w|#\d|https?:/|www\.|\bgh-\d|:[a-z_]+:|\$\S+\$|\$`"
    r"|[\u202a-\u202e\u2066-\u2069\u200b\ue000-\uf8ff\x00-\x08\x0b-\x1f\x7f-\x9f]",
    re.IGNORECASE,
)
REFERENCE = re.compile(r"[#!]\d|@<")
"""What Azure DevOps looks for in the text as it was sent."""
COMMAND = re.compile(r"(?m)^\s*::|##(vso)?\[", re.IGNORECASE)
"""What a runner or an agent obeys in a log."""
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f\ue000-\uf8ff]")
_COLOUR = re.compile(r"\x1b\[\d+m")


class Seen(HTMLParser):
    """What a browser would be given of a piece of Markdown."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.outside, self.comments, self.tables = set(), [], [], [], []
        self._code = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        # the alignment of a column is ours
        self.attributes += [(tag, *one) for one in attrs if one[0] not in ("align", "style")]
        self._code += tag == "code"
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append(0)
        if tag in ("td", "th"):
            self.tables[-1][-1] += 1

    def handle_endtag(self, tag):
        self._code -= tag == "code"

    def handle_data(self, data):
        if not self._code:
            self.outside.append(data)

    def handle_comment(self, data):
        self.comments.append(data)


def github(markdown):
    """By GitHub's own parser; raw HTML is let through, as the platform does before it cleans."""
    return Seen(cmarkgfm.github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE))


def azure(markdown):
    """By one of the family of Azure DevOps' parser: a line's end is a line's end there."""
    return Seen(MarkdownIt("commonmark", {"html": True, "breaks": True}).enable("table").render(markdown))


def check_markdown(markdown, *, comments, seen=None):
    """Nothing but elements of ours, all text of others in code, every table as wide as its head."""
    seen = seen or github(markdown)
    assert seen.tags <= OURS, seen.tags - OURS
    assert seen.attributes == [] or {tag for tag, *_ in seen.attributes} == {"ol"}, seen.attributes
    outside = "".join(seen.outside)
    assert not ALIVE.search(outside), ALIVE.search(outside)
    assert len(seen.comments) == comments
    for table in seen.tables:
        assert set(table) == {table[0]}
    check_log(markdown)
    return seen


def check_azure(markdown, *, comments):
    check_markdown(markdown, comments=comments, seen=azure(markdown))
    sent = markdown.rsplit("\n<!-- ", 1)[0] if comments else markdown
    assert not REFERENCE.search(sent), REFERENCE.search(sent)
    return check_markdown(markdown, comments=comments)


def check_log(text):
    assert not COMMAND.search(text), COMMAND.search(text)


def check_terminal(text, *, colour=False):
    bare = _COLOUR.sub("", text) if colour else text
    assert not _CONTROL.search(bare), _CONTROL.search(bare)
    check_log(bare)
