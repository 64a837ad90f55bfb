"""`lazytui export`: the figures of a finished run as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from lazytui.cli.common_options import RunArgument, WorkspaceOption, workspace_at
from lazytui.figures.paper import LEAST_DPI, MOST_DPI, Paper, parse_width
from lazytui.files.writing import parse_path


def export(
    run: RunArgument,
    files: Annotated[
        list[Path],
        typer.Argument(
            parser=parse_path,
            metavar="FILE...",
            help=".svg .png .pdf .html .txt .ansi .json .csv .tex, by suffix; .npz: its arrays.",
        ),
    ],
    figure: Annotated[str | None, typer.Option(help="Only these figures, with commas.", metavar="NAME,...")] = None,
    width: Annotated[
        str | None,
        typer.Option(help="Width of pictures, such as 85mm or 3.3in; a number: columns of .txt and .ansi."),
    ] = None,
    dpi: Annotated[
        int | None, typer.Option(min=LEAST_DPI, max=MOST_DPI, help="Dots an inch of a .png; 200 by default.")
    ] = None,
    bare: Annotated[
        bool, typer.Option("--bare", help="Pictures without title and note: a paper has a caption.")
    ] = False,
    together: Annotated[bool, typer.Option("--together", help="All figures in one picture, side by side.")] = False,
    theme: Annotated[Literal["light", "dark"], typer.Option(help="Colors of the pictures.")] = "light",
    workspace: WorkspaceOption = None,
) -> None:
    """Write the figures of a finished run to files, or its arrays. Needs neither a GPU nor the model."""
    from lazytui.cli.print_results import check_exports, export_run, print_note

    check_exports(files)
    columns, inches = parse_width(width) if width else (None, None)
    paper = Paper(inches, dpi, bare, together)
    found = workspace_at(workspace).find(run)
    for path in export_run(found, files, title=found.id, figure=figure, width=columns, theme=theme, paper=paper):
        print_note(f"wrote {path}")
