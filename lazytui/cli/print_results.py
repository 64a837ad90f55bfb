"""What a command prints of a run: its figures, or one JSON object; and the files it exports."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lazytui.errors import BadInput
from lazytui.plain_text import plain_text

if TYPE_CHECKING:
    from lazytui.analyses.core.analysis import OnnxOptions
    from lazytui.figures.kinds import Figure
    from lazytui.runs.run_folder import RunFolder
    from lazytui.runs.workspace import Workspace


def print_note(text: str, *, quiet: bool = False) -> None:
    """A sentence of narration, on standard error."""
    if quiet:
        return
    with suppress(OSError):  # the disk that holds the log is full: what it says next may fit again
        print(plain_text(text), file=sys.stderr, flush=True)


def show(run: RunFolder, workspace: Workspace, *, json: bool, exports: Sequence[Path], quiet: bool) -> None:
    """Print a finished run and write its exports."""
    from lazytui.analyses.core.execute import figures
    from lazytui.cli.run_json import run_json

    if json:
        print(run_json(run))
    else:
        print_figures(figures(run))
    for path in export_run(run, workspace, exports, title=run.id):
        print_note(f"wrote {path}", quiet=quiet)
    where = f"at {workspace.title}" if workspace.is_elsewhere else f"in {run.path}"
    print_note(f"{run.id}: {run.status.state}; saved {where}", quiet=quiet)


def print_figures(figures: Sequence[Figure]) -> None:
    """Draw on standard output, as wide as the terminal; in color only where that is understood."""
    from rich.console import Console

    from lazytui.figures.terminal import draw

    console = Console(highlight=False, markup=False, emoji=False)
    for figure in figures:
        console.print(draw(figure))
        console.print()


def export_run(
    run: RunFolder, workspace: Workspace, paths: Sequence[Path], *, onnx: OnnxOptions | None = None, **options: Any
) -> list[Path]:
    """Write a run's figures, its arrays (.npz), its network (.onnx) or its autoencoder (.saelens, a folder), to files
    of several kinds, and return those written: all, or none where one is refused.
    """
    from lazytui.analyses.core.analysis import OnnxOptions
    from lazytui.analyses.core.execute import exported_arrays, figures, onnx_of, saelens_of
    from lazytui.figures.figure_files import render_files
    from lazytui.files.writing import new_folders, write_together
    from lazytui.runs.results.array_files import npz_bytes

    run_figures = figures(run) if any(map(_holds_figures, paths)) else ()
    contents: dict[Path, str | bytes] = {}
    for path in paths:
        if _is(".npz", path):
            contents[path] = npz_bytes(exported_arrays(run))
        elif _is(".onnx", path):
            contents[path] = onnx_of(run, workspace, onnx or OnnxOptions())
        elif _is(".saelens", path):
            contents |= {path / name: content for name, content in saelens_of(run).items()}
        else:
            contents |= render_files(run_figures, path, **options)
    with new_folders(path for path in paths if _is(".saelens", path)):
        write_together(contents)
    return list(contents)


def _is(suffix: str, path: Path) -> bool:
    return path.suffix.lower() == suffix


def _holds_figures(path: Path) -> bool:
    return not any(_is(suffix, path) for suffix in (".npz", ".onnx", ".saelens"))


def check_exports(kind: str, paths: Sequence[Path]) -> None:
    """Raise UsageError or BadInput for a file that can't be written of a run of this kind, before any work is done."""
    if any(_is(".onnx", path) for path in paths):
        from lazytui.analyses.core.execute import require_network
        from lazytui.system.optional_packages import require_onnx

        require_network(kind)
        require_onnx()
    if any(_is(".saelens", path) for path in paths):
        from lazytui.analyses.core.execute import require_autoencoder

        require_autoencoder(kind)
    if paths:
        from lazytui.figures.figure_files import check_suffix

        for path in paths:
            if _holds_figures(path):
                check_suffix(path)
            if path.is_dir() and not _is(".saelens", path):
                raise BadInput(f"{path} can't be written: it is a folder.")
            if path.exists() and not path.is_dir() and _is(".saelens", path):
                raise BadInput(f"{path} can't be written: it is a file, and an autoencoder is written as a folder.")
            if not path.absolute().parent.is_dir():
                raise BadInput(f"{path} can't be written: the folder doesn't exist.")
