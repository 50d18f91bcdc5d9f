"""A declaration becomes versions with hashes. By uv where there is one, for every platform; else by pip, for this one."""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ci_mlops.environments import pip_solving
from ci_mlops.environments.declaration import Declaration
from ci_mlops.environments.diagnosis import explain
from ci_mlops.environments.index import index_arguments
from ci_mlops.environments.install_variables import for_uv, install_variables
from ci_mlops.environments.interpreters import find_interpreter, our_minor
from ci_mlops.environments.lines import hashed_line, in_order, line_of, packages_of
from ci_mlops.environments.problems import Problem, raise_all, without_hash
from ci_mlops.environments.pythons import lowest_fitting
from ci_mlops.environments.uv import Said, ask, find_uv
from ci_mlops.errors import BadConfig
from ci_mlops.records import Package, ResolvedEnvironment

_PLAIN = (
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
    "--no-annotate",
    "--no-progress",
    "--quiet",
)
_WHEELS = ("--only-binary", ":all:")
_MOST_BUILT = 20
_PYTHONS = tuple(f"3.{minor}" for minor in range(6, 15))


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    environment: ResolvedEnvironment
    notices: tuple[str, ...] = ()
    built: tuple[str, ...] = ()
    """`docopt==0.6.2`: what has no wheel for this Python here, with the Pythons that it has one for."""


def python_for(declaration: Declaration, wanted: str | None) -> str:
    """The config's, else the declaration's, else ours where the declaration lets it."""
    return wanted or declaration.python or lowest_fitting(declaration.requires_python, our_minor())


def solve(
    declaration: Declaration,
    *,
    python: str | None,
    environ: Mapping[str, str],
    before: str | None = None,
    wheels: bool = False,
) -> Solved:
    """
    `before`: a date (`2022-12-01`); what was released later is not looked at. `wheels`: only packages that need no build.

    Raises:
        BadConfig: why it can't be solved, with the lines of the declaration that are to blame.
    """
    minor = python_for(declaration, python)
    notices, built = list(declaration.notices), list[str]()
    if declaration.packages is not None:
        packages = declaration.packages
    else:
        variables = install_variables(environ)
        interpreter = find_interpreter(minor, environ, variables)
        uv = find_uv(environ)
        if uv is not None:
            room = _Uv(uv, interpreter, minor, for_uv(variables), declaration, before)
            packages = room.exported() if declaration.kind == "uv" else room.compiled(wheels=wheels)
            notices += room.notices
            built = room.built
        elif declaration.kind == "uv" or before:
            raise BadConfig(
                f"{declaration.source} needs uv to be read"
                if not before
                else "Only uv can solve for a day in the past",
                where="ci-mlops.yml environment",
                mend="Install it beside ci-mlops: `pip install 'ci-mlops[uv]'`.",
            )
        else:
            packages = pip_solving.solve(interpreter, minor, variables, declaration)
            notices.append("solved by pip, for this platform alone; with uv installed it is solved for all")
    raise_all([without_hash(one, declaration.source) for one in packages if not one.hashes])
    if declaration.local:
        named = ", ".join(declaration.local)
        notices.append(f"code of this repository is imported from its folder, and not installed: {named}")
    solved = ResolvedEnvironment(
        source=declaration.source,
        declared=declaration.digest,
        python=minor,
        packages=in_order(packages),
        local=declaration.local,
    )
    return Solved(environment=solved, notices=tuple(notices), built=tuple(built))


class _Uv:
    def __init__(
        self,
        uv: str,
        interpreter: str,
        minor: str,
        variables: Mapping[str, str],
        declaration: Declaration,
        before: str | None,
    ) -> None:
        self._uv = uv
        self._interpreter = interpreter
        self._minor = minor
        self._variables = variables
        self._declaration = declaration
        self._dated = ("--exclude-newer", before) if before else ()
        self.notices: list[str] = []
        self.built: list[str] = []

    def _ask(self, *arguments: str) -> Said:
        return ask([self._uv, *arguments], folder=self._declaration.path.parent, variables=self._variables)

    def _problem(self, said: Said) -> Problem:
        found = explain(said.errors, self._declaration.requirements, self._minor)
        return found if found.where else replace(found, where=self._declaration.source)

    def exported(self) -> tuple[Package, ...]:
        """A lock of uv's own says it already; `--locked` also holds it against pyproject.toml."""
        plain = (
            "export",
            "--format",
            "requirements.txt",
            "--no-emit-workspace",
            "--no-header",
            "--no-annotate",
            "--quiet",
        )
        python = ("--python", self._interpreter, "--project", str(self._declaration.path.parent))
        said = self._ask(*plain, *python, "--locked")
        if not said.is_good and "needs to be updated" in said.errors:
            raise BadConfig(
                f"{self._declaration.source} is not what pyproject.toml asks for any more",
                where=self._declaration.source,
                mend="`uv lock`, then commit it.",
            )
        if not said.is_good:
            # it may be no more than the network that is missing
            first = said
            said = self._ask(*plain, *python, "--frozen")
            if not said.is_good:
                raise self._problem(first).as_error()
        packages = self._hashed(packages_of(said.output, self._declaration.path.parent, self._minor))
        self._check_wheels(packages)
        return packages

    def _hashed(self, packages: tuple[Package, ...]) -> tuple[Package, ...]:
        """Uv's lock keeps no hash of what comes from a folder; the files themselves tell it."""
        if all(one.hashes for one in packages):
            return packages
        index = index_arguments(self._declaration.index_options, self._variables)
        with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
            source = Path(private, "requirements.in")
            source.write_text("".join(f"{line_of(one)}\n" for one in packages), encoding="utf-8")
            python = ("--python", self._interpreter)
            said = self._ask("pip", "compile", str(source), *python, *_PLAIN, "--universal", *index)
        if not said.is_good:
            raise self._problem(said).as_error()
        known = {one.name for one in packages}
        found = packages_of(said.output, self._declaration.path.parent, self._minor)
        return tuple(one for one in found if one.name in known)

    def compiled(self, *, wheels: bool) -> tuple[Package, ...]:
        with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
            source = self._source(Path(private))
            written = self._declaration.as_written
            index = () if written else index_arguments(self._declaration.index_options, self._variables)
            common = (
                "pip",
                "compile",
                str(source),
                "--python",
                self._interpreter,
                *_PLAIN,
                *self._dated,
                *index,
            )
            # wheels alone and for every platform, where that can be; a build would run the package's code
            said = Said(exit_code=1, output="", errors="")
            ways: tuple[tuple[str, ...], ...] = (("--universal", *_WHEELS), ("--universal",), _WHEELS, ())
            for extra in (way for way in ways if not wheels or "--only-binary" in way):
                said = self._ask(*common, *extra)
                if said.is_good:
                    if "--universal" not in extra:
                        self.notices.append("solved for this platform alone: there is no set for all of them")
                    break
            if not said.is_good:
                raise self._problem(said).as_error()
            packages = packages_of(said.output, self._declaration.path.parent, self._minor)
        self._check_wheels(packages)
        return packages

    def _source(self, private: Path) -> Path:
        if self._declaration.as_written:
            return self._declaration.path
        source = private / "requirements.txt"
        source.write_text(
            "".join(f"{one.text}\n" for one in self._declaration.requirements), encoding="utf-8"
        )
        return source

    def _check_wheels(self, packages: tuple[Package, ...]) -> None:
        """
        Does every package have a wheel for this Python, on this platform? One that never had any is built when it is
        installed, and said; one that has them for other Pythons is a wrong Python.
        """
        built: list[str] = []
        with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
            lines = Path(private, "requirements.txt")
            lines.write_text("".join(f"{hashed_line(one)}\n" for one in packages), encoding="utf-8")
            while len(built) < _MOST_BUILT:
                only = [
                    word for one in packages if one.name not in built for word in ("--only-binary", one.name)
                ]
                said = self._ask(
                    "pip", "install", "--dry-run", "--quiet", "--no-deps", "--require-hashes", "--python", self._interpreter,
                    "--target", str(Path(private, "target")), *index_arguments(self._declaration.index_options, self._variables), *only, "-r", str(lines),
                )  # fmt: skip
                if said.is_good:
                    break
                problem = self._problem(said)
                name = re.search(r"`?([a-z0-9][a-z0-9._-]*?)(?:==|`| )", _about_wheels(said.errors))
                if problem.kind != "no_wheel" or name is None or name[1] in built:
                    raise problem.as_error()
                built.append(name[1])
        if built:
            self.built = [self._with_fits(one, packages) for one in built]
            self.notices.append(
                f"no wheel for Python {self._minor} here, so built from source when it is installed: {', '.join(self.built)}"
            )

    def _with_fits(self, name: str, packages: tuple[Package, ...]) -> str:
        """With the Pythons that it has wheels for: a build for another one mostly fails."""
        lines = [line_of(one) for one in packages if one.name == name]
        index = index_arguments(self._declaration.index_options, self._variables)
        with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
            source = Path(private, "requirements.in")
            source.write_text("".join(f"{line}\n" for line in lines[:1]), encoding="utf-8")
            common = ("pip", "compile", str(source), "--quiet", "--no-deps", *_WHEELS, *index)
            fits = [one for one in _PYTHONS if self._ask(*common, "--python-version", one).is_good]
        return f"{lines[0]} (it has wheels for Python {', '.join(fits)})" if fits else lines[0]


def _about_wheels(errors: str) -> str:
    found = re.search(r"Because (\S+ has no .*)|Wheels are required for (`\S+`)", " ".join(errors.split()))
    return next((group for group in found.groups() if group), "") if found else ""
