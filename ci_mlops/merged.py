"""The merge of a change, fetched from the platform as data: nothing of it is run, and no link in it leads out of it."""

import os
import subprocess
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from ci_mlops.errors import BadData
from ci_mlops.records import MergeRef

_TIME_LIMIT = 600
_LONGEST_TARGET = 4096
# no hook, no filter of a machine's own, no submodule; a link is written as text until it is known where it leads
_SETTINGS = {
    "advice.detachedHead": "false",
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.symlinks": "false",
    "filter.lfs.process": "",
    "filter.lfs.required": "false",
    "filter.lfs.smudge": "cat",
    "http.followRedirects": "false",
    "submodule.recurse": "false",
}
_VARIABLES = (
    "PATH",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "GIT_SSL_CAINFO",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "NO_PROXY",
    "no_proxy",
)


def fetch_merge(source: MergeRef, head: str, into: Path) -> str:
    """
    A repository in `into` that holds the merge and its two parents, checked out. Returns the base's commit.

    Raises:
        BadData: it can't be fetched, or it is no merge of that head.
    """
    into.mkdir(parents=True)
    _git("init", "--quiet", "--template=", ".", folder=into)
    for name, value in _SETTINGS.items():
        _git("config", name, value, folder=into)
    fetch = ("fetch", "--quiet", "--no-tags", "--depth=2", "--no-recurse-submodules", "--end-of-options")
    _git(*fetch, source.url, f"+{source.ref}:refs/ci-mlops/merge", folder=into, source=source)
    base = _base_of(head, into)
    _git("checkout", "--quiet", "--detach", "refs/ci-mlops/merge", folder=into)
    _restore_links(into)
    # nothing but base is ever checked out after this, and its links are its own
    _git("config", "core.symlinks", "true", folder=into)
    return base


def _base_of(head: str, folder: Path) -> str:
    told = _git("cat-file", "commit", "refs/ci-mlops/merge", folder=folder).split("\n\n", 1)[0].splitlines()
    parents = [line.removeprefix("parent ") for line in told if line.startswith("parent ")]
    if len(parents) == 2 and parents[1] == head:
        return parents[0]
    raise BadData(
        f"What the platform keeps as the merge of this change is not the merge of {head[:8]} into its base",
        where=", ".join(parent[:8] for parent in parents),
        mend="The change has moved on, or conflicts with its base: push to it, so that it is merged anew.",
    )


def _restore_links(folder: Path) -> None:
    """Those that stay inside; the others remain files that hold the text of where they would lead."""
    for entry in filter(None, _git("ls-files", "-z", "--stage", folder=folder).split("\0")):
        mode, _, path = entry.partition("\t")
        place = folder / path
        if not mode.startswith("120000") or not place.is_file() or place.is_symlink():
            continue
        target = place.read_bytes()[:_LONGEST_TARGET].decode("utf-8", "surrogateescape")
        if stays_inside(PurePosixPath(path), target):
            place.unlink()
            place.symlink_to(target)


def stays_inside(link: PurePosixPath, target: str) -> bool:
    """
    By its text alone: up only at its beginning, where all folders are real ones, as git puts no file below a link.

    >>> [stays_inside(PurePosixPath("a/b"), to) for to in ("c", "../c", "../../c", "/c", "d/../c", "../.git/config")]
    [True, True, False, False, False, False]
    """
    steps = [step for step in target.split("/") if step not in ("", ".")]
    names = list(steps)
    while names and names[0] == "..":
        names.pop(0)
    climbs = len(steps) - len(names)
    plain = not target.startswith("/") and "\0" not in target and ".." not in names
    return plain and climbs <= len(link.parts) - 1 and ".git" not in (name.lower() for name in names)


def _git(*arguments: str, folder: Path, source: MergeRef | None = None) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            env=_environ(source),
            timeout=_TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise _failed(arguments[0], f"it took longer than {_TIME_LIMIT} s") from late
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _failed(arguments[0], said[-1] if said else f"exit code {done.returncode}")
    return done.stdout.decode("utf-8", "surrogateescape")


def _failed(what: str, why: str) -> BadData:
    return BadData(
        f"The merge of this change can't be fetched (`git {what}`): {why}",
        where="the platform's merge of the change",
        mend="A change that conflicts with its base has no merge; else give the job `permissions: contents: read`.",
    )


def _environ(source: MergeRef | None) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _VARIABLES if name in os.environ}
    kept |= {
        "LC_ALL": "C",
        "HOME": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ATTR_NOSYSTEM": "1",
    }
    if source is not None and source.authorization:
        address = urlsplit(source.url)
        # by variable: a command line can be read by everybody on the machine, and a file outlives the fetch
        kept |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{address.scheme}://{address.netloc}/.extraheader",
            "GIT_CONFIG_VALUE_0": source.authorization,
        }
    return kept
