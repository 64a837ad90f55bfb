"""`lazytui add`: weights from elsewhere become a training that is done, which every analysis can look at."""

from __future__ import annotations

import functools
import inspect
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from lazytui.cli.common_options import JsonOption, WorkspaceOption
from lazytui.errors import BadInput, UsageError
from lazytui.files.writing import parse_path

_CHOSEN = ("model", "normalize", "input_size", "device")
"""Of the options of a training those that say which network it is, besides those of its data."""

_ABOUT = "Add a trained network, for every analysis to use: weights in a file (.pth, .pt, .ckpt, .safetensors)."

_LARGEST_LIST = 1 << 20


class AddCommand(TyperCommand):
    """The command, whose options, some of a training's, are made when they are asked for: a list of commands isn't
    kept waiting for them."""

    def __init__(self) -> None:
        super().__init__("add", help=_ABOUT)

    @functools.cached_property
    def _made(self) -> Any:
        return _made_command()

    @property
    def params(self) -> list[Any]:
        return list(self._made.params)

    @params.setter
    def params(self, nothing: list[Any]) -> None:
        """As the base class does, which has none yet."""

    def make_context(self, *arguments: Any, **more: Any) -> Any:
        return self._made.make_context(*arguments, **more)


def _made_command() -> Any:
    from lazytui.analyses.train.params import TrainParams
    from lazytui.cli.params_options import GroupedCommand, parameters
    from lazytui.data.params import DatasetParams

    wanted = {*_CHOSEN, *DatasetParams.model_fields}
    of_training = [parameter for parameter in parameters(TrainParams) if parameter.name in wanted]
    own = [one for name, one in inspect.signature(_add, eval_str=True).parameters.items() if name != "values"]

    def call(**values: Any) -> None:
        chosen = {parameter.name: values.pop(parameter.name) for parameter in of_training}
        _add(values={name: value for name, value in chosen.items() if value is not None}, **values)

    signature = inspect.Signature([*own, *of_training])
    call.__signature__ = signature  # type: ignore[attr-defined]
    call.__annotations__ = {one.name: one.annotation for one in signature.parameters.values()}
    single = typer.Typer(rich_markup_mode=None, add_completion=False)
    single.command("add", cls=GroupedCommand, help=_ABOUT)(call)
    return typer.main.get_command(single)


def _add(
    *,
    weights: Annotated[str, typer.Argument(help="File of the weights.", metavar="WEIGHTS")],
    classes: Annotated[
        Path | None,
        typer.Option(
            parser=parse_path,
            help="Text file with the names of the network's outputs, one per line, in their order; the data's classes "
            "must be among them. Default: the data's classes, in their order.",
            metavar="FILE",
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(help="A name for the run.")] = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress messages.")] = False,
    values: dict[str, Any],
) -> None:
    from lazytui.cli.run import start

    if "model" not in values:
        raise UsageError("Give --model: the architecture that the weights belong to.")
    named = {} if classes is None else {"outputs": read_names(classes)}
    start(
        "train",
        {**values, **named, "weights": weights, "epochs": 0},
        name=name,
        workspace=workspace,
        json=json,
        quiet=quiet,
    )


def read_names(path: Path) -> tuple[str, ...]:
    """The lines of a text file. Raises BadInput where it can't be read, or two outputs have the same name."""
    from lazytui.files.reading import read_regular
    from lazytui.files.writing import reason
    from lazytui.plain_text import plain_text

    try:
        text = read_regular(path, _LARGEST_LIST, links=True).decode()
    except FileNotFoundError as error:
        raise BadInput(f"There is no file {path} that names classes.") from error
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else "it isn't text"
        raise BadInput(f"{path} can't be read: {why}.") from error
    names = tuple(plain_text(line.strip()) for line in text.splitlines() if line.strip())
    if len(names) < 2:
        raise BadInput(f"{path} names {len(names)} of a network's outputs; a classifier has two or more.")
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise BadInput(f"{path} names {doubled[0]!r} twice.")
    return names
