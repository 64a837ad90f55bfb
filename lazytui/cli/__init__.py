"""The command line. What a command needs is imported when it runs, so that help and lists answer at once."""

from __future__ import annotations

from typing import Annotated

import typer

from lazytui import __version__
from lazytui.cli import doctor, export, models, run, runs

app = typer.Typer(
    help="A laboratory for shortcut learning: make data that lies, train the cheat, catch it in the act.",
    epilog="Begin with: lazytui run story",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        print(f"lazytui {__version__}")
        raise typer.Exit


@app.callback()
def lazytui(
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    pass


app.add_typer(run.group, name="run")
app.add_typer(runs.group, name="runs")
app.command("export")(export.export)
app.command("models")(models.models)
app.command("doctor")(doctor.doctor)
