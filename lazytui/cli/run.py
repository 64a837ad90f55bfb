"""`lazytui run ANALYSIS`: one command for each analysis, made from its Params."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from lazytui.analyses import SUMMARIES
from lazytui.cli.at import AtOption, RemoteLazytuiOption
from lazytui.cli.common_options import EngineOption, EngineOptionOption, WorkspaceOption, workspace_at
from lazytui.cli.config_file import read_config
from lazytui.code_permission import allow_named
from lazytui.errors import Interrupted, UsageError, unknown_name
from lazytui.files.writing import parse_path

_MOST_DIFFERENCES = 5

if TYPE_CHECKING:
    from pydantic import BaseModel

    from lazytui.runs.engines.engine import Engine
    from lazytui.runs.run_folder import RunFolder
    from lazytui.runs.workspace import Workspace


class _Analyses(TyperGroup):
    """Its commands are the registered analyses, each built when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return list(SUMMARIES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in SUMMARIES:
            if ctx.resilient_parsing:
                return None
            raise UsageError(unknown_name("analysis", cmd_name, SUMMARIES))
        self.commands[cmd_name] = command = self.commands.get(cmd_name) or _command(cmd_name)
        return command


group = typer.Typer(
    cls=_Analyses,
    help="Run an analysis and keep its result in a run folder.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@group.callback()
def run() -> None:
    pass


def _command(kind: str) -> Any:
    """The command of one analysis: its own options first, then those that every run has."""
    from lazytui.analyses import analysis
    from lazytui.cli.params_options import GroupedCommand, parameters

    own = parameters(analysis(kind).params)
    left_out = {"kind", "values", *(p.name for p in own)}  # a grid's engine is that of its trainings
    common = [p for name, p in inspect.signature(start, eval_str=True).parameters.items() if name not in left_out]

    def call(**values: Any) -> None:
        own_values = {p.name: values.pop(p.name) for p in own}
        start(kind, {name: value for name, value in own_values.items() if value is not None}, **values)

    signature = inspect.Signature([*own, *common])
    call.__signature__ = signature  # type: ignore[attr-defined]
    call.__annotations__ = {p.name: p.annotation for p in signature.parameters.values()}
    single = typer.Typer(rich_markup_mode=None, add_completion=False)
    single.command(kind, cls=GroupedCommand, help=SUMMARIES[kind])(call)
    return typer.main.get_command(single)


def start(
    kind: str,
    values: dict[str, Any],
    *,
    config: Annotated[
        Path | None,
        typer.Option(parser=parse_path, help="TOML file with options; the command line overrides it.", metavar="FILE"),
    ] = None,
    name: Annotated[str | None, typer.Option(help="A name for the run.")] = None,
    workspace: WorkspaceOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of the figures.")] = False,
    export: Annotated[
        list[Path] | None,
        typer.Option(parser=parse_path, help="Also write the figures to FILE, by suffix. Repeatable.", metavar="FILE"),
    ] = None,
    log: Annotated[
        list[str] | None,
        typer.Option(
            help="Also show curves and figures in tensorboard (files in the run's folder) or wandb. Repeatable.",
            metavar="PROGRAM",
        ),
    ] = None,
    engine: EngineOption = None,
    engine_option: EngineOptionOption = None,
    at: AtOption = None,
    remote_lazytui: RemoteLazytuiOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress messages.")] = False,
    detach: Annotated[bool, typer.Option("--detach", help="Run in the background; see `lazytui runs follow`.")] = False,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Continue an earlier run with the same options, if there is one. A finished training also continues "
            "to more --epochs, in a new run, where that gives the same weights as training without a break.",
        ),
    ] = False,
) -> None:
    from lazytui.analyses.core import execute
    from lazytui.cli.engine_runs import engine_elsewhere, submit
    from lazytui.cli.print_results import check_exports, print_note
    from lazytui.cli.run_json import run_json
    from lazytui.runs.jobs import start_detached
    from lazytui.runs.logs.choice import begin_logs, check_logs
    from lazytui.runs.status import RESUMABLE

    if at or remote_lazytui:
        options = {**read_config(config, kind), **values}
        others = {"--workspace": workspace and kind != "compare", "--log": log, "--resume": resume}
        job = (engine, engine_option or []) if engine else None
        how = {"name": name, "detach": detach, "json": json, "quiet": quiet, "job": job}
        local_options = _elsewhere(kind, options, at, remote_lazytui, others, **how)
        if local_options is None:
            return
        values, config = local_options, None
    logs = check_logs(log or [])
    elsewhere = engine_elsewhere(engine, engine_option or [])
    there = workspace_at(workspace)
    check_exports(kind, export or [])
    if tables := [file for file in export or [] if file.suffix.lower() == ".csv"]:
        raise UsageError(f"{tables[0]} holds one figure: write it after the run, with lazytui export --figure NAME.")
    all_values = {**read_config(config, kind), **values}
    params = execute.validate(kind, all_values)
    allow_named(all_values)
    chosen = _resumed(kind, params, there, name=name, quiet=quiet) if resume else None
    chosen = chosen or execute.create(kind, params, there, name=name)
    if chosen.status.state in RESUMABLE:
        begin_logs(chosen.path, logs)
    elif logs:
        print_note(f"{chosen.id} is {chosen.status.state} already, so --log writes nothing.", quiet=quiet)
    for option, value, recorded in _resolved_differently(params, chosen):
        print_note(f"--{option.replace('_', '-')}: {value} means {recorded} here.", quiet=quiet)
    if detach:
        if elsewhere and chosen.status.state in RESUMABLE:
            submit(chosen, there, elsewhere, quiet=quiet)
        elif chosen.status.state in RESUMABLE:
            start_detached(chosen, there)
            print_note(f"{chosen.id} runs in the background; follow it: lazytui runs follow {chosen.id}", quiet=quiet)
        else:
            print_note(f"{chosen.id} is {chosen.status.state} already.", quiet=quiet)
        print(run_json(chosen) if json else chosen.id)
        return
    execute_and_show(chosen, there, json=json, exports=export or [], quiet=quiet, engine=elsewhere)


def _elsewhere(
    kind: str,
    options: dict[str, Any],
    at: list[str] | None,
    remote_lazytui: str | None,
    others: Mapping[str, Any],
    **how: Any,
) -> dict[str, Any] | None:
    """What a comparison of other machines' trainings is asked here; any other run is started there, and None returned.

    others: options that don't go with that, and what was given of them.
    """
    from lazytui.cli.at import location_of
    from lazytui.cli.runs_elsewhere import compared_there, start_there

    if wrong := [option for option, value in others.items() if value]:
        raise UsageError(f"{wrong[0]} doesn't go with --at.")
    location = location_of(None, at, remote_lazytui)
    if kind == "compare":
        return compared_there(options, location)
    start_there(kind, options, location, **how)
    return None


def execute_and_show(
    run: RunFolder,
    workspace: Workspace,
    *,
    json: bool,
    exports: list[Path],
    quiet: bool,
    engine: Engine | None = None,
) -> None:
    """Do the run's work and print what came of it; of one that failed in parts, what there is.

    engine: has it done elsewhere; None does it in this process.
    """
    from lazytui.cli.engine_runs import execute_elsewhere
    from lazytui.cli.print_results import show
    from lazytui.runs.results.saved_result import Unfinished

    try:
        if engine and run.status.state != "done":
            execute_elsewhere(run, workspace, engine, quiet=quiet)
        else:
            _execute_with_narration(run, workspace, quiet=quiet)
    except Unfinished:
        show(run, workspace, json=json, exports=exports, quiet=quiet)
        raise
    show(run, workspace, json=json, exports=exports, quiet=quiet)


def _execute_with_narration(run: RunFolder, workspace: Workspace, *, quiet: bool) -> None:
    """Do the run's work in this process, narrating on standard error. A run that is done is left as it is."""
    from lazytui.analyses.core import execute
    from lazytui.cli.narration import open_narrator
    from lazytui.cli.print_results import print_note
    from lazytui.runs.jobs import resume_command

    if run.status.state == "done":
        print_note(f"{run.id} is done already.", quiet=quiet)
        return
    try:
        with open_narrator(run.id, quiet=quiet) as narrator:
            execute.execute_run(run, workspace, narrator)
    except Interrupted as error:
        raise Interrupted(f"{error} Go on with: {resume_command(run)}") from error


def _resolved_differently(params: BaseModel, run: RunFolder) -> list[tuple[str, Any, Any]]:
    """Options whose value was replaced by what it means on this machine, with both values."""
    recorded = run.record.params
    requested = params.model_dump(mode="json")
    both = ((name, value, recorded[name]) for name, value in requested.items() if name in recorded)
    return [(name, value, here) for name, value, here in both if value not in (None, [], here)]


def _resumed(kind: str, params: BaseModel, workspace: Workspace, *, name: str | None, quiet: bool) -> RunFolder | None:
    """The run to go on with; None, having said why, where one has to begin anew."""
    from lazytui.analyses.core import execute
    from lazytui.cli.print_results import print_note

    recorded = execute.resolve_params(kind, params, workspace)[0].model_dump(mode="json")
    if same := _same_run(kind, recorded, workspace):
        return same
    if longer := _longer_training(params, recorded, workspace, name=name, quiet=quiet):
        return longer
    print_note(_nothing_to_resume(kind, params, recorded, workspace), quiet=quiet)
    return None


def _same_run(kind: str, recorded: Mapping[str, Any], workspace: Workspace) -> RunFolder | None:
    """The newest run of the same analysis and recorded parameters."""
    from lazytui.analyses.core.older_records import updated_params
    from lazytui.runs.saved_options import without_nulls

    options = without_nulls(recorded)
    of_kind = [run for run in workspace.readable_runs() if run.record.kind == kind]
    runs = [run for run in of_kind if without_nulls(updated_params(run.record.params)) == options]
    return runs[-1] if runs else None


def _longer_training(
    params: BaseModel, recorded: Mapping[str, Any], workspace: Workspace, *, name: str | None, quiet: bool
) -> RunFolder | None:
    """A new run that goes on where a finished training of fewer epochs ended, having said so; None where none can."""
    from lazytui.analyses.train.more_epochs import furthest_shorter, go_on_from, sentence_on_the_beginning
    from lazytui.analyses.train.params import TrainParams
    from lazytui.cli.print_results import print_note

    if not isinstance(params, TrainParams) or (shorter := furthest_shorter(params, recorded, workspace)) is None:
        return None
    run, step = go_on_from(shorter, params, workspace, name=name)
    print_note(sentence_on_the_beginning(run, shorter, step), quiet=quiet)
    return run


def _nothing_to_resume(kind: str, params: BaseModel, recorded: Mapping[str, Any], workspace: Workspace) -> str:
    """Why there is no run to go on with, and what is done instead: which run is the nearest, and what differs."""
    runs = [run for run in workspace.readable_runs() if run.record.kind == kind]
    if not runs:
        return f"No earlier `lazytui run {kind}` to resume: starting a new run."
    nearest = min(reversed(runs), key=lambda run: len(_differences(run, recorded)))
    differences = _differences(nearest, recorded)
    listed = [f"{name.replace('_', '-')}: {value!s:.40}" for name, value in differences.items()][:_MOST_DIFFERENCES]
    more = "" if len(listed) == len(differences) else f" and {len(differences) - len(listed)} more"
    return (
        f"No earlier run with the same options (the nearest, {nearest.id}, differs in {', '.join(listed)}{more}): "
        f"starting a new run. {_why_not_longer(nearest, params, recorded)}"
    ).rstrip()


def _why_not_longer(nearest: RunFolder, params: BaseModel, recorded: Mapping[str, Any]) -> str:
    """Why a finished training of fewer epochs doesn't go on to more; nothing to say of any other run."""
    from lazytui.analyses.train.more_epochs import is_shorter, why_not
    from lazytui.analyses.train.params import TrainParams

    return why_not(nearest, params) if isinstance(params, TrainParams) and is_shorter(nearest, recorded) else ""


def _differences(run: RunFolder, options: Mapping[str, Any]) -> dict[str, Any]:
    """What a run has recorded where something else is wanted."""
    from lazytui.analyses.core.older_records import updated_params

    recorded = updated_params(run.record.params)
    return {name: recorded.get(name) for name in {**options, **recorded} if recorded.get(name) != options.get(name)}
