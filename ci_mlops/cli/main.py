"""The door: `ci-mlops`. Commands are loaded when they are called, so `--help` stays fast."""

import os
import signal
import sys
import traceback
from importlib import import_module
from typing import NoReturn

import click

from ci_mlops import __version__
from ci_mlops.errors import CiMlopsError

# command -> (module that holds it, what --help says); a command that is not listed does not exist
COMMANDS: dict[str, tuple[str, str]] = {
    "compare": ("ci_mlops.cli.compare", "Compare two prediction files: the court alone."),
    "demo": ("ci_mlops.cli.demo", "See the loop on real data: one change that passes, one that is blocked."),
    "history": ("ci_mlops.cli.history", "Tell what held which stage, when, by whom and why."),
    "init": ("ci_mlops.cli.init", "Read the repository; write ci-mlops.yml, the lock and the CI file."),
    "doctor": ("ci_mlops.cli.doctor", "Try every capability, and tell each problem with its mend."),
    "drill": ("ci_mlops.cli.drill", "Sabotage the champion, and see which of it your gates stop."),
    "judge": (
        "ci_mlops.cli.judge",
        "Judge predictions by the base branch's policy; runs no code of the change.",
    ),
    "passport": ("ci_mlops.cli.passport", "Tell what a version is made of and who let it up; sign it."),
    "pin": ("ci_mlops.cli.pin", "Pin the data sets into ci-mlops.lock, or check them."),
    "plugins": ("ci_mlops.cli.plugins", "List what ci-mlops.yml may name: metrics, platforms, registries."),
    "predict": ("ci_mlops.cli.predict", "Score both models on the same pinned rows, without the target."),
    "promote": ("ci_mlops.cli.promote", "Move the version at one stage to the next one."),
    "publish": ("ci_mlops.cli.publish", "Post a verdict.json where the CI's environment says."),
    "publish-run": (
        "ci_mlops.cli.publish_run",
        "Judge and tell, for information, what a run without rights left (forks).",
    ),
    "register": ("ci_mlops.cli.register", "Register the judged model with its evidence."),
    "report": ("ci_mlops.cli.report", "Render a verdict.json."),
    "reproduce": ("ci_mlops.cli.reproduce", "Train a registered version again: how alike, and why not."),
    "rollback": ("ci_mlops.cli.rollback", "Take a stage back to a version that it held before."),
    "schema": ("ci_mlops.cli.schema", "Print the JSON Schema of ci-mlops.yml."),
    "train": ("ci_mlops.cli.train", "Train candidate and champion, or reuse them by fingerprint."),
    "validate": ("ci_mlops.cli.validate", "Train, predict and judge: the whole story of a pull request."),
}

BUG = 3
INTERRUPTED = 130
TOLD_TO_END = 143


class LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)  # noqa: S101 - a slip of ours, found by the tests
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        # click would import every command for one line each
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ci-mlops", message="%(prog)s %(version)s")
def cli() -> None:
    """The model gate for the CI you already have."""


def main() -> None:
    """Run a command; an expected failure ends with its own exit code, anything else with 3 and a traceback."""
    signal.signal(signal.SIGTERM, _end)
    if os.environ.get("GITHUB_ACTIONS") or os.environ.get("TF_BUILD"):
        from ci_mlops.platforms.log import logged

        with logged(os.environ):
            _run()
    else:
        _run()


def _run() -> NoReturn:
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except CiMlopsError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception:  # noqa: BLE001 - the one place: a bug must not look like a blocked gate (exit 1)
        traceback.print_exc()
        click.echo(f"error: this is a bug in ci-mlops {__version__}; please report the lines above", err=True)
        sys.exit(BUG)
    sys.exit(code if isinstance(code, int) else 0)


def _end(*_: object) -> None:
    """A CI that cancels sends SIGINT, then SIGTERM: what was begun is cleaned up, and not interrupted twice."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(TOLD_TO_END)
