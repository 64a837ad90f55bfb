"""The command line. What a command needs is imported when it runs, so that help and lists answer at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from lazytui import __version__
from lazytui.analyses import SUMMARIES
from lazytui.cli import add, doctor, export, features, run, runs, serve
from lazytui.cli.at import AtOption, RemoteLazytuiOption, location_of
from lazytui.cli.common_options import WorkspaceOption
from lazytui.cli.lists import attacks, autoencoders, methods, models, recipes, sources
from lazytui.cli.open_app import open_app
from lazytui.errors import UsageError, shorten


@contextmanager
def _echoing_little() -> Iterator[None]:
    """What typer says of a word that it doesn't know has the word in it, however long it is."""
    try:
        yield
    except Exception as error:  # raised again
        if isinstance(message := getattr(error, "message", None), str):
            error.message = shorten(message)  # type: ignore[attr-defined]
        raise


class _Commands(TyperGroup):
    """Points to `run` where somebody types an analysis without it. `add` isn't made by typer."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.add_command(add.AddCommand())

    def make_context(self, *arguments: Any, **more: Any) -> Any:
        with _echoing_little():
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: Any) -> Any:
        with _echoing_little():
            return super().invoke(ctx)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] in SUMMARIES:
            raise UsageError(f"Analyses are run with: lazytui run {' '.join(args)}")
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=_Commands,
    help="A laboratory for shortcut learning: make biased data, train a network on it, see which cue it uses, "
    "cure it and attack it. Without a command it opens the app.",
    epilog="Begin with: lazytui, or without the app: lazytui run story",
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(requested: bool) -> None:
    if requested:
        print(f"lazytui {__version__}")
        raise typer.Exit


@app.callback()
def lazytui(
    ctx: typer.Context,
    workspace: WorkspaceOption = None,
    at: AtOption = None,
    remote_lazytui: RemoteLazytuiOption = None,
    low_bandwidth: Annotated[
        bool, typer.Option("--low-bandwidth", help="For the app: less drawing over a slow link; the default over SSH.")
    ] = False,
    keys: Annotated[
        str | None, typer.Option(metavar="PRESET", help="For the app: the keys to use, `default` or `vim`.")
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Write a log for developers: lazytui.log in the workspace.")
    ] = False,
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    if verbose:
        from lazytui.diagnostics import ask_for_log

        ask_for_log()
    if ctx.invoked_subcommand is None:
        open_app(lambda: location_of(workspace, at, remote_lazytui), low_bandwidth=low_bandwidth, keys=keys)
    elif at or remote_lazytui:
        raise UsageError(
            "--at in front of a command is for the app. Put it behind the command: lazytui runs list --at HOST."
        )
    elif low_bandwidth or keys:
        option = "--low-bandwidth" if low_bandwidth else "--keys"
        raise UsageError(f"{option} is for the app, which opens without a command.")
    elif workspace:
        os.environ["LAZYTUI_WORKSPACE"] = str(workspace)  # the command's own --workspace still counts more


app.add_typer(run.group, name="run")
app.add_typer(runs.group, name="runs")
app.command("export")(export.export)
app.command("sources")(sources.sources)
app.command("cues")(sources.cues)
app.command("models")(models.models)
app.command("methods")(methods.methods)
app.command("attacks")(attacks.attacks)
app.command("autoencoders")(autoencoders.autoencoders)
app.add_typer(features.group, name="features")
app.command("recipes")(recipes.recipes)
app.command("doctor")(doctor.doctor)
app.command("serve")(serve.serve)
