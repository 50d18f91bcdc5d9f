"""A page that is longer than a platform takes, cut where a reader can see it."""

CUT = "\n\n</details>\n\n**The rest of this report was cut: it is longer than a page may be.** `verdict.json` holds all of it.\n"


def cut_page(text: str, room: int) -> str:
    """At most `room` bytes, cut between lines, and told."""
    whole = text.encode()
    if len(whole) <= room:
        return text
    left = room - len(CUT.encode())
    if left <= 0:
        return ""
    lines = whole[:left].decode(errors="ignore").rpartition("\n")[0]
    # a table or block of code that was cut in the middle must not swallow the notice
    open_block = "\n```" if lines.count("\n```") % 2 else ""
    return lines[: len(lines) - len(open_block)] + open_block + CUT
