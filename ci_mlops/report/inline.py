"""
Text with marks: what is ours is plain, what is anybody else's is a name; each dialect writes the marks its own way.

Escaping is not enough against mentions and links, which are found in the rendered text: only code is left alone.
"""

import re
from collections.abc import Callable
from unicodedata import category

from ci_mlops.report.numbers import MINUS, NBSP, NONE

# private use characters: taken out of every name, so nobody can write a mark but us
_NAME, _NAME_END, _STRONG, _STRONG_END = "\ue000", "\ue001", "\ue002", "\ue003"
BREAK = "\ue004"
"""A space in a cell of numbers: a comment breaks there, as it has no room; a terminal wraps the words beside it."""
_MARKED = re.compile(f"{_NAME}([^{_NAME_END}]*){_NAME_END}")
# what a plain word of a sentence is made of; no sign that Markdown or a platform gives a meaning to
_SIGNS = r".,;!?%()'+=…≈→€£" + f"{MINUS}{NONE}{NBSP}-"
_SAFE = re.compile(f"[A-Za-z0-9À-ÿ{_SIGNS}]+:?")
_LIVE = re.compile(r"(?i)^\W*(www\.|gh-\d|[0-9a-f]{7,})")
_SIGNED_MONEY = re.compile(f"([+{MINUS}])(?=[€$£¥])")
ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?/([A-Za-z0-9._/-]|%[0-9A-F]{2})*(\?buildId=\d+)?")
"""An address that is checked letter by letter: the one thing that we let come alive."""
_LONGEST_NAME = 80
_LONGEST_PROSE = 500
_LONGEST_LINE = 2_000
_LONGEST_READ = 10_000

_EMPTY = "(empty)"
# what a runner that reads a log obeys: `::error::` at the head of a line, `##[error]` and `##vso[...]` anywhere
_LEADING = re.compile(r"(?<!\S)::")
_COMMAND = re.compile(r"#(?=#(?:vso)?\[)", re.IGNORECASE)


def name(text: str) -> str:
    """Anything that we did not write: a model, a metric, a slice, a label, a path, a branch."""
    return f"{_NAME}{_cut(_plain(text), _LONGEST_NAME) or _EMPTY}{_NAME_END}"


def code(text: str) -> str:
    """A command or digest, set as code; not cut as short as a name."""
    # an empty span would be two bare backticks, which open a span that ends who knows where
    return f"{_NAME}{_cut(_plain(text), 200) or _EMPTY}{_NAME_END}"


def strong(text: str) -> str:
    return f"{_STRONG}{text}{_STRONG_END}" if text else ""


def capital(text: str) -> str:
    """At the head of a sentence; a name keeps its own letters."""
    return text[:1].upper() + text[1:]


def headed(text: str) -> tuple[str, str]:
    """
    What is strong at the head of a text, and what follows its colon; a text without such a head is all head.

    >>> headed(strong("Slices") + ": 3 checked")
    ('Slices', '3 checked')
    """
    head, end, rest = text.partition(_STRONG_END)
    if not end or not head.startswith(_STRONG):
        return text, ""
    return head.removeprefix(_STRONG), rest.removeprefix(":").lstrip()


def link(text: str) -> tuple[str, str]:
    """
    What is before the address at the end of a text, and the address; we alone can write one there.

    >>> link("Run log: https://ci.example/runs/8817")
    ('Run log: ', 'https://ci.example/runs/8817')
    """
    before, space, last = text.rpartition(" ")
    return (before + space, last) if ADDRESS.fullmatch(last) else (text, "")


def prose(text: str) -> str:
    """A sentence that may quote somebody: words that could come alive on a platform are set as code."""
    parts = _cut(_plain(text), _LONGEST_PROSE).split("`")
    # an odd part stood between backticks
    return "".join(
        name(part) if odd % 2 else _words(part)
        for odd, part in enumerate(parts)
        if part.strip() or not odd % 2
    )


def shortened(text: str) -> str:
    """A digest or commit, as short as a reader needs it."""
    return re.sub(r"\b([0-9a-f]{8})[0-9a-f]{32,}\b", r"\1…", text)


def to_markdown(text: str, *, cell: bool = False) -> str:
    def span(found: re.Match[str]) -> str:
        inside = found[1]
        fence = "`" * (1 + max((len(run) for run in re.findall("`+", inside)), default=0))
        pad = " " if inside.startswith("`") or inside.endswith("`") else ""
        inside = inside.replace("|", "\\|") if cell else inside
        return f"{fence}{pad}{inside}{pad}{fence}"

    return _unbroken(_written(text, span, "**", "**").replace(BREAK, " "))


def to_html(text: str) -> str:
    """For the inside of a tag, where Markdown is not read."""
    import html

    # whole, and first: no mark is a sign that has to be escaped
    safe = html.escape(text).replace(BREAK, " ")
    return _unbroken(_written(safe, lambda found: f"<code>{found[1]}</code>", "<b>", "</b>"))


def to_terminal(text: str, *, breaks: bool = False) -> str:
    """
    Without signs: colour is laid over whole lines, so that it never changes where they break. A terminal may be the
    log of a CI, so no word of it is a command there. `breaks`: a cell of numbers may, as in a comment.
    """
    written = _written(text, lambda found: found[1], "", "").replace(BREAK, " " if breaks else NBSP)
    return _COMMAND.sub("# ", _LEADING.sub(": :", written))


def commands_escaped(document: str) -> str:
    """The same JSON, for a log as well."""
    return _COMMAND.sub(r"\\u0023", document)


def plain(text: str) -> str:
    """One line of visible characters, for what is neither Markdown nor a terminal: an output, an annotation."""
    return to_terminal(_cut(_plain(text), _LONGEST_LINE))


def _written(text: str, span: Callable[[re.Match[str]], str], strong_start: str, strong_end: str) -> str:
    # marks outside names first: a name holds none
    return _MARKED.sub(span, text.replace(_STRONG, strong_start).replace(_STRONG_END, strong_end))


def _unbroken(text: str) -> str:
    """
    A browser would break a line between a sign and a currency, and a runner obeys `##[` and `##vso[` anywhere in a log;
    it has nothing of anybody's at the head of a line here.
    """
    return _COMMAND.sub("#\N{WORD JOINER}", _SIGNED_MONEY.sub("\\1\N{WORD JOINER}", text))


def _plain(text: str) -> str:
    # far more than is ever shown: what is longer must not cost the time to look at each letter of it
    text = text[:_LONGEST_READ]
    kept = (" " if character.isspace() else character for character in text)
    return " ".join("".join(c for c in kept if category(c) not in ("Cc", "Cf", "Co", "Cs", "Cn")).split())


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _words(text: str) -> str:
    return " ".join(map(_word, text.split(" ")))


def _word(word: str) -> str:
    if not word or (_SAFE.fullmatch(word) and not _LIVE.match(word)):
        return word
    bare = word.rstrip(",.;:")
    # signs and no word: `::` at the head of a line is half a command
    return name(shortened(bare or word)) + (word[len(bare) :] if bare else "")
