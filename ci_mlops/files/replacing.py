"""Write a file whole or not at all."""

import contextlib
import fcntl
import os
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """
    Put the content in the file's place in one step; a kill at any moment leaves the old file or the new one.

    The draft has one fixed name beside the file, so kills leave no litter behind: the next writer takes it over.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    with os.fdopen(_own(draft), "wb") as file:
        try:
            file.truncate(0)
            file.write(content)
            file.flush()
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise


def _own(draft: Path) -> int:
    while True:
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
        # Some network file systems have no locks; two writers at once are rare enough there.
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        # While we waited, another writer may have renamed this very draft to the file itself.
        with contextlib.suppress(FileNotFoundError):
            if draft.stat(follow_symlinks=False).st_ino == os.fstat(descriptor).st_ino:
                return descriptor
        os.close(descriptor)
