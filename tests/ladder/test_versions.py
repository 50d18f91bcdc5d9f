"""The trail against the registry's versions."""

from dataclasses import replace

from ci_mlops.ladder.chain import link
from ci_mlops.ladder.versions import version_faults
from ci_mlops.records import Version
from tests.ladder.test_chain import chain, entry, event


def test_an_event_that_was_pushed_aside_by_a_forged_one_is_not_there_any_more():
    entries = chain(3)
    noted = entries[-1]
    forged = entry(3, event(3, entries[1].digest, version="666"))
    anew = link([*entries[:2], forged, replace(noted, number=4)])
    version = Version(
        name="credit", number="3", digest="sha256:3", tags={"ci_mlops.last_event": f"3 {noted.digest}"}
    )

    told = [
        fault.told for fault in version_faults(anew, [version], noted.digest) if fault.code == "cut_short"
    ]

    assert anew.faults == ()
    assert told == [
        "event 3, the last about version 3, is not in the trail any more, or was edited",
        f"event {noted.digest} is not in the trail",
    ]
