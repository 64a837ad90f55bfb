"""`lazytui features`: look through what an autoencoder found, and give features names."""

from __future__ import annotations

import json as jsonlib
from typing import TYPE_CHECKING, Annotated

import typer

from lazytui.cli.common_options import JsonOption, RunArgument, WorkspaceOption, workspace_at
from lazytui.counted_nouns import counted

if TYPE_CHECKING:
    from lazytui.analyses.sae.result import SaeResult
    from lazytui.runs.run_folder import RunFolder
    from lazytui.runs.workspace import Workspace

group = typer.Typer(
    help="List, show and label the features that `lazytui run sae` found.", no_args_is_help=True, rich_markup_mode=None
)

FeatureArgument = Annotated[int, typer.Argument(help="The feature's number.", min=0)]


@group.command("list")
def list_features(
    run: RunArgument,
    words: Annotated[
        list[str] | None, typer.Argument(help="Only features that match: color red, digit 7, or a label.")
    ] = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """List features and what they stand for, the most active first."""
    from lazytui.analyses.sae.feature_labels import find_features, read_labels
    from lazytui.analyses.sae.figures import feature_record, feature_table
    from lazytui.cli.print_results import print_figures, print_note

    run_folder, result = _find_features_run(workspace_at(workspace), run)
    labels = read_labels(run_folder)
    chosen = find_features(result, labels, " ".join(words or []))
    if json:
        print(jsonlib.dumps([feature_record(result, labels, f) for f in chosen], indent=1))
        return
    if chosen:
        print_figures([feature_table(result, labels, chosen)])
    fitting = f" fit {' '.join(words)!r}" if words else ""
    print_note(f"{len(chosen)} of {counted(result.features, 'feature')}{fitting}.")


@group.command()
def show(run: RunArgument, feature: FeatureArgument, workspace: WorkspaceOption = None) -> None:
    """Show all results on one feature."""
    from lazytui.analyses.sae.feature_labels import read_labels
    from lazytui.analyses.sae.feature_page import feature_page
    from lazytui.cli.print_results import print_figures
    from lazytui.errors import UsageError

    run_folder, result = _find_features_run(workspace_at(workspace), run)
    if feature >= result.features:
        raise UsageError(f"There is no feature {feature}: they go from 0 to {result.features - 1}.")
    label = read_labels(run_folder).get(feature)
    if label:
        print(f"{feature}: {label}\n")
    print_figures(feature_page(result, feature))


@group.command()
def label(
    run: RunArgument,
    feature: FeatureArgument,
    text: Annotated[str, typer.Argument(help="The label; empty removes it.")] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Label a feature, to find it by that label."""
    from lazytui.analyses.sae.feature_labels import set_label
    from lazytui.cli.print_results import print_note

    there = workspace_at(workspace)
    run_folder, result = _find_features_run(there, run)
    there.require_own(run_folder, "labelled")
    set_label(run_folder, result.features, feature, text)
    print_note(
        f"Feature {feature} of {run_folder.id} "
        + (f"is now called {text.strip()}." if text.strip() else "has no label.")
    )


def _find_features_run(workspace: Workspace, run: str) -> tuple[RunFolder, SaeResult]:
    """A run that found features, and its result."""
    from lazytui.analyses.core.execute import recorded_result

    run_folder = workspace.find(run, kinds=("sae",))
    return run_folder, recorded_result(run_folder)
