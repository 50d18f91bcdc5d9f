"""The chain of identity of each version that was walked: what breaks first, and what can't be seen from here."""

from collections.abc import Sequence

from ci_mlops.records.identity import ChainLink, Identity, LinkStanding, Part
from ci_mlops.report.blocks import Align, Block, Heading, Items, Paragraph, Table
from ci_mlops.report.inline import name, prose, strong

_MARKS = {"holds": "\N{CHECK MARK}", "broken": "\N{BALLOT X}", "unknown": "?"}


def identity_blocks(identities: Sequence[Identity]) -> list[Block]:
    if not identities:
        return []
    blocks: list[Block] = [Heading("From data to version"), _table(identities)]
    for title, kind in (("Broken:", "broken"), ("Can't be seen from here:", "unknown")):
        told = [_told(one, link) for one in identities for link in one.links if link.standing == kind]
        if told:
            blocks += [Paragraph(title), Items(tuple(told))]
    return blocks


def _table(identities: Sequence[Identity]) -> Table:
    # a version that is not ours has one link only
    whole = max(identities, key=lambda one: len(one.links))
    parts = [link.part for link in whole.links]
    rows = [
        (
            f"version {name(one.version)}",
            ", ".join(map(name, one.stages)),
            *(_MARKS[standing] for standing in _standings(one, parts)),
        )
        for one in identities
    ]
    head = ("Version", "Holds", *(part.capitalize() for part in parts))
    centre: Align = "centre"
    return Table(head, ("left", "left", *(centre for _ in parts)), tuple(rows))


def _standings(one: Identity, parts: Sequence[Part]) -> list[LinkStanding]:
    known = {link.part: link.standing for link in one.links}
    return [known.get(part, "unknown") for part in parts]


def _told(one: Identity, link: ChainLink) -> str:
    return f"{strong(f'version {name(one.version)}, {link.part}')}: {prose(link.told)}"
