"""`lazytui export`: the figures of a finished run as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from lazytui.cli.at import AtOption, RemoteLazytuiOption, location_of
from lazytui.cli.common_options import RunArgument, WorkspaceOption
from lazytui.code_permission import allow_named
from lazytui.figures.paper import LEAST_DPI, MOST_DPI, Paper, parse_width
from lazytui.files.writing import parse_path


def export(
    run: RunArgument,
    files: Annotated[
        list[Path],
        typer.Argument(
            parser=parse_path,
            metavar="FILE...",
            help=".svg .png .pdf .html .txt .ansi .json .csv .tex, by suffix; .npz: its arrays; .onnx: the network of "
            "a training, or that of a run of sae without its color features; .saelens: the autoencoder of a run of "
            "sae, as a folder for SAELens.",
        ),
    ],
    figure: Annotated[
        str | None, typer.Option(help="Only these figures, separated by commas.", metavar="NAME,...")
    ] = None,
    width: Annotated[
        str | None,
        typer.Option(help="Width of pictures, such as 85mm or 3.3in; a number: columns of .txt and .ansi."),
    ] = None,
    dpi: Annotated[
        int | None,
        typer.Option(min=LEAST_DPI, max=MOST_DPI, help="Resolution of a .png in dots per inch; default 200."),
    ] = None,
    bare: Annotated[
        bool, typer.Option("--bare", help="Leave out titles and notes, as for a paper, which has captions.")
    ] = False,
    together: Annotated[bool, typer.Option("--together", help="All figures in one picture, side by side.")] = False,
    theme: Annotated[Literal["light", "dark"], typer.Option(help="Colors of the pictures.")] = "light",
    feature: Annotated[
        str | None,
        typer.Option(
            help="For .onnx of a run of sae: the features to ablate: numbers such as 21,44, or words such as color "
            "red, digit 7 or a label; default all that stand for a color.",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="For .onnx: the network's architecture, if it is custom code; code that only a run names is "
            "never executed."
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    at: AtOption = None,
    remote_lazytui: RemoteLazytuiOption = None,
) -> None:
    """Write the figures of a finished run to files, its arrays, its network or its autoencoder. Figures need neither a
    GPU nor the model."""
    from lazytui.analyses.core.analysis import OnnxOptions
    from lazytui.cli.print_results import check_exports, export_run, print_note

    columns, inches = parse_width(width) if width else (None, None)
    paper = Paper(inches, dpi, bare, together)
    there = location_of(workspace, at, remote_lazytui).workspace
    run_folder = there.find(run)
    check_exports(run_folder.record.kind, files)
    if model:
        allow_named({"model": model})
    choices: dict[str, Any] = {"figure": figure, "width": columns, "theme": theme, "paper": paper}
    onnx = OnnxOptions(feature or "", model)
    for path in export_run(run_folder, there, files, onnx=onnx, title=run_folder.id, **choices):
        print_note(f"wrote {path}")
