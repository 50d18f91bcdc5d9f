"""
A scripted history against a real registry: `python -m tests.registries.diary URI --events 200`.

Children register, promote, waive and roll back, some at once, some killed (-9) at random moments. A diary is kept
beside it, by what the children said and by how many entries there are; it knows nothing of chains. `history --at` is
held against it at random times, and then every kind of tampering is done to a copy, and has to be found.
"""

import argparse
import hashlib
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from ci_mlops.config import parse_config
from ci_mlops.errors import RegistryFailed
from ci_mlops.files.digest import tree_digest
from ci_mlops.flows.history import history
from ci_mlops.flows.ladder import finish, follows, read_ladder, until_it_counts
from ci_mlops.flows.project import Project
from ci_mlops.flows.promote import promote
from ci_mlops.flows.rollback import rollback
from ci_mlops.flows.told import event_about
from ci_mlops.flows.tools import Tools
from ci_mlops.ladder.back import Target
from ci_mlops.platforms.local import Local
from ci_mlops.records import Change, Contender, Lock, Registration, Tool, Verdict, Waiver, WaiverUse
from ci_mlops.registries.mlflow import MlflowRegistry
from ci_mlops.report.codec import seal, write_verdict

STAGES = ("staging", "production")
MOVED, NOTHING, REFUSED = 0, 20, 21


@dataclass(frozen=True)
class Place:
    uri: str
    folder: Path
    """For models and their evidence, before they are registered."""
    name: str = "diary"
    """Of the model: a server may be shared."""

    def open(self) -> MlflowRegistry:
        return MlflowRegistry(self.uri, STAGES, environ={})


def tools(place: Place) -> Tools:
    return Tools(
        platform=Local({}),
        environment=lambda *_: None,
        registry=lambda *_: place.open(),
        cache=Path(tempfile.gettempdir()),
        now=lambda: datetime.now(UTC),
        say=lambda line: None,
        actor=lambda: f"job {os.getpid()}",
    )


def project(place: Place) -> Project:
    text = (
        f"model: {place.name}\ntask: classification\ndata: {{test: {{path: t.csv, target: y, id: id}}}}\n"
        f'registry: {{uri: "{place.uri}"}}\n'
    )
    config = parse_config(text, name="ci-mlops.yml")
    change = Change(platform="local", event="local", run_url="https://ci.example/runs/1")
    return Project(folder=place.folder, config_name="ci-mlops.yml", config=config, lock=Lock(), change=change)


def register(place: Place, number: int, *, waived: bool) -> int:
    model = place.folder / f"{number}.bin"
    model.write_text(f"model {number}")
    digest = tree_digest(model)
    waiver = WaiverUse(
        waiver=Waiver(metric="recall", reason="a new source", until="2030-01-01", by="anna"),
        status="used",
        gates=1,
    )
    verdict = seal(
        Verdict(
            model=place.name,
            task="classification",
            verdict="passed",
            reason="all hold",
            exit_code=0,
            candidate=Contender(digest=digest, origin="trained"),
            waivers=(waiver,) if waived else (),
            tool=Tool(version="0"),
        )
    )
    kept = place.folder / str(number) / "verdict.json"
    kept.parent.mkdir(exist_ok=True)
    write_verdict(kept, verdict)
    registry = place.open()
    version = registry.register(
        Registration(
            name=place.name,
            model=model,
            digest=digest,
            stage="staging",
            evidence=(kept,),
            tags={"ci_mlops.verdict": "passed", "ci_mlops.verdict_digest": verdict.verdict_digest},
        )
    )
    ours, settings = tools(place), project(place)
    known = {one.number: one for one in registry.versions(place.name)}
    finish(registry, read_ladder(registry, place.name, STAGES), known, ours.now())
    event = event_about(ours, settings, version, "registered", stage="staging", verdict=verdict)
    until_it_counts(registry, place.name, STAGES, lambda now: (follows(now, event, ours.now()), version))
    return MOVED


def act(place: Place, what: str, number: int) -> int:
    if what in ("register", "waive"):
        return register(place, number, waived=what == "waive")
    ours, settings = tools(place), project(place)
    if what == "promote":
        done = promote(ours, settings, "production")
    else:
        done = rollback(ours, settings, Target(stage="production"), reason="a bad day", unscored=True)
    return MOVED if done.said[0].startswith("moved") else NOTHING


def child(place: Place, what: str, number: int) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        code = act(place, what, number)
    except RegistryFailed as refused:
        # somebody else came first
        code = REFUSED if "a moment ago" in refused.what else 1
        if code == 1:
            sys.stderr.write(f"{what}: {refused}\n")
    finally:
        sys.stderr.flush()
        os._exit(code)


@dataclass
class Diary:
    """Entries that count, by the one rule that a late one does not, and what that makes of the stages."""

    seen: int = 0
    last: str = ""
    counted: list[dict[str, str]] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)
    quiet: list[tuple[datetime, dict[str, str]]] = field(default_factory=list)
    """Moments at which nobody was at work, and what the stages held then."""

    def read(self, texts: list[str]) -> set[str]:
        """Actors whose entries count, among the new ones."""
        fresh, self.seen = texts[self.seen :], len(texts)
        actors = set()
        for text in fresh:
            entry = json.loads(text)
            if entry.get("previous", "") != self.last:
                continue
            self.last = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
            self.counted.append(entry)
            self.held |= {entry["stage"]: entry["version"]}
            actors.add(entry["actor"])
        return actors

    def back(self) -> str:
        """Where a rollback of production leads: its own bookkeeping, with a stack."""
        stack: list[str] = []
        for entry in self.counted:
            if entry["stage"] != "production":
                continue
            if entry["kind"] == "rolled_back":
                stack = stack[: stack.index(entry["version"]) + 1]
            elif stack[-1:] != [entry["version"]]:
                stack.append(entry["version"])
        return stack[-2] if len(stack) > 1 else ""


@dataclass
class Played:
    killed: int = 0
    late: int = 0
    bars: int = 0
    wrong: list[str] = field(default_factory=list)


def play(place: Place, events: int, seed: int = 7) -> tuple[Diary, Played]:
    """Until so many events count."""
    import_module("mlflow.store.tracking.sqlalchemy_store")
    dice, diary, played = random.Random(seed), Diary(), Played()
    lasts: dict[str, float] = {}
    number = 0
    while len(diary.counted) < events:
        jobs = {}
        before, held, back = time.monotonic(), dict(diary.held), diary.back()
        for _ in range(dice.choice([1, 1, 1, 2, 3])):
            number += 1
            what = dice.choice(["register", "register", "waive", "promote", "promote", "promote", "rollback"])
            jobs[child(place, what, number)] = what
        doomed = [pid for pid in jobs if len(lasts) > 2 and dice.random() < 0.3]
        if doomed:
            time.sleep(dice.uniform(0, max(lasts.values())))
            for pid in doomed:
                os.kill(pid, signal.SIGKILL)
        ends = {pid: os.waitpid(pid, 0)[1] for pid in jobs}
        if len(jobs) == 1 and not doomed:
            lasts[next(iter(jobs.values()))] = time.monotonic() - before
        registry = place.open()
        texts = [entry.text for entry in registry.entries(place.name)]
        played.late += len(texts) - diary.seen
        counts = diary.read(texts)
        played.late -= len(counts)
        played.bars += 1
        played.killed += sum(os.WIFSIGNALED(status) for status in ends.values())
        played.wrong += told_wrong(jobs, ends, counts)
        if len(jobs) == 1 and counts:
            played.wrong += meant_wrong(diary.counted[-1], held, back)
        diary.quiet.append((datetime.now(UTC), dict(diary.held)))
        time.sleep(0.005)
    return diary, played


def told_wrong(jobs: dict[int, str], ends: dict[int, int], counts: set[str]) -> list[str]:
    """Children that were told something else than what the trail has of them."""
    wrong = []
    for pid, what in jobs.items():
        if os.WIFSIGNALED(ends[pid]):
            continue
        code, there = os.WEXITSTATUS(ends[pid]), f"job {pid}" in counts
        if code not in (MOVED, NOTHING, REFUSED) or there != (code == MOVED):
            wrong.append(f"{what} ended with {code}, and its event {'counts' if there else 'does not count'}")
    return wrong


def meant_wrong(entry: dict[str, str], held: dict[str, str], back: str) -> list[str]:
    wanted = {"promoted": held.get("staging", ""), "rolled_back": back}.get(entry["kind"], entry["version"])
    if entry["version"] == wanted and entry.get("replaces", "") == held.get(entry["stage"], ""):
        return []
    return [
        f"{entry['kind']} took {entry['version']} in place of {entry.get('replaces')}, not {wanted}: {held}"
    ]


def at_wrong(place: Place, diary: Diary, times: int, seed: int = 8) -> list[str]:
    """Random quiet moments at which `history --at` says something else than the diary."""
    dice, wrong = random.Random(seed), []
    for moment, held in dice.choices(diary.quiet, k=times):
        told = history(tools(place), project(place), at=moment)
        found = {one.stage: one.version for one in told.held if one.version}
        if found != held:
            wrong.append(f"at {moment}: {found}, not {held}")
    return wrong


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("uri")
    asked.add_argument("--name", default="diary")
    asked.add_argument("--events", type=int, default=200)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as room:
        place = Place(given.uri, Path(room), given.name)
        diary, played = play(place, given.events)
        wrong = [*played.wrong, *at_wrong(place, diary, 100)]
        act(place, "register", 10_000)
        left = history(tools(place), project(place)).faults
    kinds = Counter(entry["kind"] for entry in diary.counted)
    waived = sum("waivers" in entry for entry in diary.counted)
    sys.stdout.write(
        f"{len(diary.counted)} events ({dict(kinds)}, {waived} of them waived) in {played.bars} bars; "
        f"{played.killed} children were killed, {played.late} entries came late; "
        f"{len(wrong)} disagreements in 100 looks back; faults at the end: {[one.told for one in left]}\n"
    )
    sys.stdout.writelines(f"  {line}\n" for line in wrong[:20])
    return 1 if wrong or left else 0


if __name__ == "__main__":
    sys.exit(main())
