"""`lazytui doctor`: what this machine offers, and what to do where something is missing."""

from __future__ import annotations

import os
import shutil
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lazytui import __version__
from lazytui.cli.common_options import JsonOption, WorkspaceOption, workspace_at

if TYPE_CHECKING:
    from lazytui.training.speed import Speed, Speeds

_LIBRARIES = (
    "torch",
    "torchvision",
    "numpy",
    "textual",
    "rich",
    "typer",
    "plotext",
    "pydantic",
    "safetensors",
)


def doctor(
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
    benchmark: Annotated[
        bool,
        typer.Option("--benchmark", help="Also measure how fast it trains, by precision and threads; takes seconds."),
    ] = False,
) -> None:
    """Look at terminal, torch and device, data, workspace and versions."""
    sections = {
        "terminal": _terminal(),
        "compute": _compute(),
        "data": _data(),
        "workspace": _workspace(workspace),
        "versions": _versions(),
    }
    speeds = _speeds() if benchmark else None
    if json:
        import json as jsonlib

        print(jsonlib.dumps({**sections, **({"benchmark": speeds.as_json()} if speeds else {})}, indent=1))
        return
    for title, facts in sections.items():
        print(title)
        for name, value in facts.items():
            print(f"  {name:<12} {value}")
    if speeds:
        _print_speeds(speeds)


def _versions() -> dict[str, str]:
    libraries = {name: metadata.version(name) for name in _LIBRARIES}
    return {"lazytui": __version__, **libraries, "python": sys.version.split()[0]}


def _terminal() -> dict[str, str]:
    from rich.console import Console

    size = shutil.get_terminal_size()
    kind = os.environ.get("TERM", "not set")
    over = "over SSH" if "SSH_CONNECTION" in os.environ else "local"
    colors = Console().color_system or "none"
    return {
        "size": f"{size.columns}x{size.lines}"
        + ("" if size.columns >= 80 and size.lines >= 24 else " (80x24 is better)"),
        "type": f"{kind}, {over}",
        "colors": colors + ("" if colors == "truecolor" else " (for 24-bit color: export COLORTERM=truecolor)"),
        "encoding": sys.stdout.encoding,
    }


def _compute() -> dict[str, str]:
    from lazytui.errors import BadInput
    from lazytui.system.torch_import import require_torch

    try:
        require_torch()
    except BadInput as error:
        return {"torch": str(error)}
    from lazytui.system.hardware import describe_hardware

    return describe_hardware()


def _speeds() -> Speeds:
    from lazytui.system.torch_import import require_torch

    require_torch()
    from lazytui.training.speed import measure_speeds

    return measure_speeds()


def _print_speeds(speeds: Speeds) -> None:
    from lazytui.cli.lists.tables import print_table
    from lazytui.counted_nouns import counted

    print(f"\nspeed of plain training steps: {speeds.model}, batches of {speeds.batch_size}")
    rows = [
        [one.device, one.precision, str(one.threads), "yes" if one.graph else "no", f"{one.images:,.0f}"]
        for one in speeds.measured
    ]
    print_table(["device", "precision", "threads", "CUDA graph", "images/s"], rows)
    print(f"auto uses {_way(speeds.auto)}: {speeds.auto.images:,.0f} images a second.")
    if speeds.fastest != speeds.auto:
        print(f"The fastest measured is {_way(speeds.fastest)}: {speeds.fastest.images:,.0f}.")
    print(
        f"A study trains {speeds.at_a_time} at a time, with {counted(speeds.each, 'thread')} each; "
        f"load while this was measured: {os.getloadavg()[0]:.1f}"
    )


def _way(speed: Speed) -> str:
    from lazytui.counted_nouns import counted

    graph = ", a step one CUDA graph" if speed.graph else ""
    return f"{speed.device}, {speed.precision}, {counted(speed.threads, 'thread')}{graph}"


def _data() -> dict[str, str]:
    from lazytui.data.data_folder import data_folder
    from lazytui.data.sources.gray_shapes import is_cached

    facts = {"folder": str(data_folder())}
    return facts | {name: "there" if is_cached(name) else "absent" for name in ("mnist", "fashion")}


def _workspace(path: Path | None) -> dict[str, str]:
    there = workspace_at(path).path
    parent = next(folder for folder in (there, *there.absolute().parents) if folder.exists())
    writable = "writable" if os.access(parent, os.W_OK) else "NOT writable: choose another with --workspace"
    return {"folder": f"{there} ({writable})", "free": f"{shutil.disk_usage(parent).free / 1e9:.1f} GB"}
