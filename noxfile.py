"""One command each: `nox -s lint`, `nox -s tests`, `nox -s docs`. They run in the environment that nox is in."""

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "tests", "docs"]


@nox.session
def lint(session: nox.Session) -> None:
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("lint-imports")
    session.run("python", ".ci/lint.py")


@nox.session
def tests(session: nox.Session) -> None:
    session.run("pytest", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """What the README says and shows is what the code does."""
    session.run("pytest", "tests/test_readme.py", *session.posargs)
