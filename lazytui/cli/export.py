"""`lazytui export`: the figures of a finished run as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from lazytui.cli.common_options import RunArgument, WorkspaceOption, workspace_at
from lazytui.files.writing import parse_path


def export(
    run: RunArgument,
    files: Annotated[
        list[Path],
        typer.Argument(
            parser=parse_path, metavar="FILE...", help=".svg .png .pdf .html .txt .ansi .json .csv, by suffix."
        ),
    ],
    figure: Annotated[str | None, typer.Option(help="Only the figure of this name.", metavar="NAME")] = None,
    width: Annotated[int | None, typer.Option(min=20, max=1000, help="Columns of .txt and .ansi.")] = None,
    theme: Annotated[Literal["light", "dark"], typer.Option(help="Colors of the pictures.")] = "light",
    workspace: WorkspaceOption = None,
) -> None:
    """Write the figures of a finished run to files. Needs neither a GPU nor the model."""
    from lazytui.analyses.core.execute import figures
    from lazytui.cli.print_results import check_exports, export_figures, print_note

    check_exports(files)
    found = workspace_at(workspace).find(run)
    run_figures = figures(found)
    for path in export_figures(run_figures, files, title=found.id, figure=figure, width=width, theme=theme):
        print_note(f"wrote {path}")
