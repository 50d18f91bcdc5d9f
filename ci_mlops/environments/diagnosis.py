"""Why a declaration can't be solved or installed: what uv or pip says, told by the team's own lines. Pure."""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches

from ci_mlops.environments.names import COMMON, DEAD
from ci_mlops.environments.problems import Problem
from ci_mlops.environments.pythons import nearest_fitting
from ci_mlops.environments.requirement_lines import Requirement, normalized

_BOX = re.compile(r"[│╰├─▶\u00d7]|\s+")
_LOGIN = re.compile(r"://[^/@\s]+@")
_NAME = r"[A-Za-z0-9][\w.-]*"
_UNREACHABLE = re.compile(
    r"(?:dns error|Could not resolve host|Connection refused|error sending request|Failed to fetch|NewConnectionError"
    r"|timed out|Max retries exceeded|Temporary failure in name resolution|401 Unauthorized|403 Forbidden|404 Not Found for url)",
    re.IGNORECASE,
)
Explain = Callable[[str, "tuple[Requirement, ...]", str], "Problem | None"]


def explain(said: str, requirements: Iterable[Requirement], python: str) -> Problem:
    """
    Args:
        said: What the tool wrote to stderr.
        requirements: The lines of the declaration, as many as are known.
        python: `3.10`, what it was solved for.
    """
    text = plain(said)
    known = tuple(requirements)
    for look in _LOOKS:
        if found := look(text, known, python):
            return found
    return Problem(
        kind="not_solved",
        what=f"The environment can't be solved for Python {python}: {_short(text)}",
        where=known[0].where.rpartition(":")[0] if known else "",
        mend="Solve it by hand with the tool that the team uses; what it says may tell more.",
    )


def plain(said: str) -> str:
    """One line, without the drawing of the tool and without logins in addresses."""
    said = "\n".join(
        line for line in said.splitlines() if not line.startswith(("WARNING:", "warning:", "[notice]"))
    )
    return _LOGIN.sub("://***@", _BOX.sub(" ", said)).replace("  ", " ").strip()


def requirement_named(name: str, requirements: Iterable[Requirement]) -> Requirement | None:
    wanted = normalized(name)
    return next((one for one in requirements if one.name == wanted), None)


def _wrong_python(text: str, known: tuple[Requirement, ...], python: str) -> Problem | None:
    tags = re.search(rf"[Ww]heels (?:are available )?for `({_NAME})`[^:]*?tags?: ((?:`\w+`[, and]*)+)", text)
    if tags and (fits := _of_tags(tags[2])) and python not in fits:
        return _python_problem(tags[1], f"has wheels for Python {_some(fits)} only", fits[-1], known, python)
    asked = re.search(
        rf"({_NAME})(?:[=<>]=?\S+)? (?:requires|depends on) Python ?([<>=!~][^, ]*(?:,[<>=!~][^, ]*)*)", text
    )
    if asked and (asked[1].lower() not in ("and", "because")):
        return _python_problem(
            asked[1], f"needs Python {asked[2]}", nearest_fitting(asked[2], python), known, python
        )
    pips = re.search(rf"Package '({_NAME})' requires a different Python: \S+ not in '([^']+)'", text)
    if pips:
        return _python_problem(
            pips[1], f"needs Python {pips[2]}", nearest_fitting(pips[2], python), known, python
        )
    ignored = re.search(r"require a different python version: (.*?)(?: ERROR|$)", text)
    missing = re.search(rf"(?:No matching distribution found for|satisfies the requirement) ({_NAME})", text)
    if ignored and missing:
        one = requirement_named(missing[1], known)
        bounds = dict(re.findall(r"([\w.]+) Requires-Python ([^;\s]+)", ignored[1]))
        wanted = one.bound.lstrip("= ") if one else ""
        bound = bounds.get(wanted) or (list(bounds.values()) or [""])[-1]
        return _python_problem(
            missing[1], f"needs Python {bound}", nearest_fitting(bound, python), known, python
        )
    return None


def _python_problem(name: str, says: str, fits: str, known: tuple[Requirement, ...], python: str) -> Problem:
    one = requirement_named(name, known)
    return Problem(
        kind="wrong_python",
        what=f"`{one.text if one else normalized(name)}` {says}, and the environment is made with Python {python}",
        where=one.where if one else "",
        mend=(f'Write `python: "{fits}"` into ci-mlops.yml, or ' if fits and fits != python else "")
        + f"{'w' if fits and fits != python else 'W'}iden the bound to a version that runs on Python {python}.",
    )


def _of_tags(text: str) -> list[str]:
    """
    Their minor versions, sorted.

    >>> _of_tags("`cp27m`, `cp36m`, `cp310`, `abi3`")
    ['3.6', '3.10']
    """
    found = {(3, int(minor)) for minor in re.findall(r"`cp3(\d+)\w*`", text)}
    return [f"{major}.{minor}" for major, minor in sorted(found)]


def _some(fits: list[str]) -> str:
    return fits[0] if len(fits) == 1 else f"{fits[0]} to {fits[-1]}"


def _dead(text: str, known: tuple[Requirement, ...], _python: str) -> Problem | None:
    name = re.search(rf"`({_NAME})` is often confused for `({_NAME})`", text)
    if not name:
        return None
    return _no_package(name[1], known, f"Write `{name[2]}` in its place.")


def _absent(text: str, known: tuple[Requirement, ...], _python: str) -> Problem | None:
    gone = re.search(
        rf"(?:Because|because|and) ({_NAME}) was not found in (?:the package registry|the provided package locations|the cache)"
        rf"|No matching distribution found for ({_NAME})|from versions: none\).*?requirement ({_NAME})",
        text,
    )
    versions = re.search(r"\(from versions: (?!none)([^)]*)\)", text)
    if gone and not versions:
        return _no_package(next(name for name in gone.groups() if name), known)
    return None


def _no_package(name: str, known: tuple[Requirement, ...], mend: str = "") -> Problem:
    one, right = requirement_named(name, known), DEAD.get(normalized(name))
    if right:
        mend = f"Write `{right}` in its place."
    like = get_close_matches(normalized(name), COMMON, n=1, cutoff=0.8)
    meant = f"Is `{like[0]}` meant? Else, f" if like else "Is its name right? F"
    return Problem(
        kind="dead_name" if mend else "no_such_package",
        what=f"There is no package `{one.text if one else name}` to install",
        where=one.where if one else "",
        mend=mend
        or f"{meant}rom an index of the team's own it is found where that index is named: PIP_EXTRA_INDEX_URL or "
        "UV_INDEX in the step that runs ci-mlops.",
    )


def _no_version(text: str, known: tuple[Requirement, ...], python: str) -> Problem | None:
    said = re.search(rf"there (?:is no version of|are no versions of) ({_NAME}?)(\s*[=<>!~]=?\S*)", text)
    if said is None:
        pips = re.search(
            rf"satisfies the requirement ({_NAME}?)([=<>!~]=?[^( ]*)[^(]*\(from versions: ([^)]*)\)", text
        )
        if pips is None or pips[3] == "none":
            return None
        name, bound, there = pips[1], pips[2], pips[3]
    else:
        name, bound, there = said[1], said[2], ""
    one = requirement_named(name, known)
    if one is None or "," in bound:
        return None
    newest = f" The newest is {there.rpartition(',')[2].strip()}." if there else ""
    return Problem(
        kind="no_such_version",
        what=f"`{one.text}`: there is no such version of {one.name} for Python {python}",
        where=one.where,
        mend=f"Ask for a version that was released, and not withdrawn since.{newest}",
    )


def _colliding(text: str, known: tuple[Requirement, ...], _python: str) -> Problem | None:
    reason = re.search(r"Because (.*?), we can conclude", text)
    if reason is None or "you require" not in text:
        return _colliding_for_pip(text, known)
    required = re.findall(rf"you require ({_NAME})|and ({_NAME})[=<>!~]=?\S+, we can conclude", text)
    names = dict.fromkeys(normalized(name) for pair in required for name in pair if name)
    lines = [one for name in names for one in known if one.name == name and not one.is_constraint]
    narrowing = [one for name in names for one in known if one.name == name and one.is_constraint]
    told = _unlike([*lines, *narrowing])
    if len(told) < 2:
        # one line of the team's, and what it asks for itself
        mentioned = dict.fromkeys(normalized(name) for name in re.findall(_NAME, reason[1]))
        told = _unlike([*told, *(one for one in known if one.name in mentioned)])
    if not told:
        return None
    why = re.sub(r"\s*(?:,? ?and )?you require [^,]*", "", reason[1]).strip(" ,")
    return _collision(told, why)


def _colliding_for_pip(text: str, known: tuple[Requirement, ...]) -> Problem | None:
    if "conflicting dependencies" not in text and "conflict is caused by" not in text:
        return None
    caused = re.search(r"conflict is caused by: (.*?)(?: Additionally,| To fix this| ERROR|$)", text)
    reason = caused[1] if caused else ""
    names = [normalized(name) for name in re.findall(_NAME, reason)]
    told = _unlike([one for name in dict.fromkeys(names) for one in known if one.name == name])
    return _collision(told, re.sub(r"\s*The user requested \S+", "", reason).strip()) if told else None


def _unlike(lines: list[Requirement]) -> list[Requirement]:
    return list({one.where: one for one in lines}.values())


def _collision(told: list[Requirement], why: str) -> Problem:
    named = " and ".join(f"`{one.text}`" for one in told[:3])
    because = f": {why}" if why else ""
    return Problem(
        kind="collide",
        what=f"{named} can't be installed together{because}"
        if len(told) > 1
        else f"{named} can't be solved{because}",
        where=", ".join(one.where for one in told[:3]),
        mend="Loosen one of the bounds; `ci-mlops doctor --fix` looks for a set of versions that works.",
    )


def _no_wheel(text: str, known: tuple[Requirement, ...], python: str) -> Problem | None:
    name = re.search(
        rf"({_NAME}?)(?:==(\S+?))?(?: \(v?\S+\))? has no (?:usable wheels|wheels with a matching|compatible wheels)",
        text,
    ) or re.search(rf"`({_NAME}?)(?:==([^`]+))?` (?:can't be installed because|was pinned, but)", text)
    if name is None:
        return None
    one = requirement_named(name[1], known)
    return Problem(
        kind="no_wheel",
        what=f"`{one.text if one else name[1]}` has no wheel for Python {python} on this platform",
        where=one.where if one else "",
        mend="Ask for a version that has one, another `python` in ci-mlops.yml, or a runner of another platform.",
    )


def _build(text: str, known: tuple[Requirement, ...], python: str) -> Problem | None:
    name = re.search(
        rf"Failed to (?:build|download and build) `({_NAME})|Failed to build '({_NAME})|Failed to build (?:installable wheels for some pyproject.toml based projects \()?({_NAME})"
        rf"|Could not build wheels for ({_NAME})|Failed building wheel for ({_NAME})",
        text,
    )
    if name is None:
        return None
    built = next(group for group in name.groups() if group)
    one = requirement_named(re.split(r"==|@", built)[0], known)
    return Problem(
        kind="build_fails",
        what=f"`{one.text if one else built}` has no wheel for Python {python} here, and building it from source fails",
        where=one.where if one else "",
        mend="Ask for a version that has a wheel for this Python, or for an older `python` in ci-mlops.yml.",
    )


def _hash(text: str, known: tuple[Requirement, ...], _python: str) -> Problem | None:
    name = re.search(rf"Hash mismatch for `({_NAME}?)==|HASHES? .*?({_NAME})==\S+ from", text)
    wrong = name or ("DO NOT MATCH THE HASHES" in text)
    if not wrong:
        return None
    one = requirement_named(next((g for g in name.groups() if g), ""), known) if name else None
    called = f"`{one.name}`" if one else (f"`{next(g for g in name.groups() if g)}`" if name else "A package")
    return Problem(
        kind="wrong_hash",
        what=f"{called} is not the file that was pinned: its hash is another",
        where=one.where if one else "ci-mlops.lock",
        mend="Either the index serves another file than when it was pinned (look at it before you trust it), or it was pinned "
        "for another platform: `ci-mlops pin` with uv pins for all.",
    )


def _unreachable(text: str, known: tuple[Requirement, ...], _python: str) -> Problem | None:
    if not _UNREACHABLE.search(text):
        return None
    return Problem(
        kind="unreachable",
        what=f"The package index can't be reached: {_short(text)}",
        mend="Is there a network? An index of the team's own is named by PIP_INDEX_URL or UV_DEFAULT_INDEX, its login by "
        "`.netrc` or in that variable, in the step that runs ci-mlops.",
    )


def _short(text: str) -> str:
    text = re.sub(r"^(?:error|ERROR): ", "", text)
    return text if len(text) <= 400 else f"{text[:400]} ..."


# the first that knows a text explains it: the narrow ones come before the wide ones
_LOOKS: tuple[Explain, ...] = (
    _hash,
    _dead,
    _wrong_python,
    _absent,
    _build,
    _no_version,
    _no_wheel,
    _colliding,
    _unreachable,
)
