"""
The audit trail in MLflow: a registered model of its own, whose every version is one event.

Making a version is the one write of MLflow that gives a number to exactly one writer, in order, and its tags are
written in the same transaction; aliases and tags are last writer wins.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ci_mlops.records import Version
from ci_mlops.records.tags import LAST_EVENT
from ci_mlops.records.trail import Entry
from ci_mlops.registries.adding import while_crowded
from ci_mlops.registries.store import Store, Stored

EVENT = "ci_mlops.event"
EVENT_DIGEST = "ci_mlops.event_digest"
SETTLED = "ci_mlops.settled"


def trail_name(name: str) -> str:
    return f"{name}.trail"


@dataclass(frozen=True, slots=True)
class MlflowTrail:
    store: Store

    def entries(self, name: str) -> list[Entry]:
        found = self.store.versions(trail_name(name))
        return sorted((_entry(one) for one in found), key=lambda one: one.number)

    def add(self, about: Version, text: str, digest: str) -> int:
        like = self.store.version(about.name, about.number)
        told = (
            f"The audit trail of {about.name}, kept by ci-mlops: one version, one event, each bound to the one before it. "
            "Nothing here is to be edited or deleted: `ci-mlops history --verify` finds it."
        )
        number = self.store.add(trail_name(about.name), like, {EVENT: text, EVENT_DIGEST: digest}, told)
        return int(number)

    def settle(self, about: Version, number: int, digest: str) -> None:
        """The event's pointer was seen, and its version names it: a trail that is cut short is missed there."""
        self._tag(trail_name(about.name), str(number), SETTLED, "true")
        if not names_later(about, number):
            self._tag(about.name, about.number, LAST_EVENT, f"{number} {digest}")

    def _tag(self, name: str, number: str, key: str, value: str) -> None:
        while_crowded(lambda: self.store.set_tag(name, number, key, value))


def names_later(about: Version, number: int) -> bool:
    """An event that is settled long after it was written may not be the newest one about its version any more."""
    known = about.tags.get(LAST_EVENT, "").partition(" ")[0]
    return known.isdigit() and int(known) > number


def _entry(one: Stored) -> Entry:
    told: Mapping[str, str] = one.tags
    return Entry(
        number=int(one.number),
        text=told.get(EVENT, ""),
        digest=told.get(EVENT_DIGEST, ""),
        settled=told.get(SETTLED) == "true",
    )
