"""Small wheels of our own in a folder, so that resolving and installing are real and need no index."""

import zipfile
from pathlib import Path


def wheel(folder, name, version, *, needs=(), python=None, body="", tag="py3-none-any", module=None):
    folder.mkdir(parents=True, exist_ok=True)
    known = f"{name}-{version}.dist-info"
    lines = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"]
    lines += [f"Requires-Dist: {need}\n" for need in needs]
    if python:
        lines.append(f"Requires-Python: {python}\n")
    path = folder / f"{name}-{version}-{tag}.whl"
    files = {
        f"{module or name}/__init__.py": body or f"VERSION = {version!r}\n",
        f"{known}/METADATA": "".join(lines),
        f"{known}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = "".join(f"{file},,\n" for file in [*files, f"{known}/RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in {**files, f"{known}/RECORD": record}.items():
            # one time for all: the same wheel has the same hash
            archive.writestr(zipfile.ZipInfo(file, (2020, 1, 1, 0, 0, 0)), text)
    return path


def shelf(folder):
    """`lending` 1 and 2, `scoring` that needs the newer one, `tomorrow` for a Python to come, `yesterday` for one gone."""
    wheel(folder, "lending", "1.0")
    wheel(folder, "lending", "2.0")
    wheel(folder, "scoring", "1.0", needs=["lending>=2"])
    wheel(folder, "tomorrow", "1.0", python=">=3.99")
    wheel(folder, "yesterday", "1.0", tag="cp36-cp36m-manylinux1_x86_64")
    return folder


def declare(folder, *lines, name="requirements.txt"):
    """A requirements file that knows the shelf beside it, and nothing else."""
    text = "".join(f"{line}\n" for line in ("--no-index", "--find-links shelf", *lines))
    Path(folder, name).write_text(text)
