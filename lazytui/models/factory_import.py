"""From a model's name to the function that makes it: the catalog's, or custom code.

Custom code is named `package.module:factory`, `path/to/file.py:factory`, or `path/to/file.py` where that file
holds a single public function or module class. It is imported only where a person named it in this process: see
`lazytui.code_permission`.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from lazytui.code_permission import is_custom, is_of_library, is_variant, require_allowed
from lazytui.errors import BadInput, UsageError, unknown_name
from lazytui.files.writing import parse_path
from lazytui.models.architectures import model_entry
from lazytui.models.architectures.base import ModelEntry
from lazytui.models.forms.variants import build_variant
from lazytui.models.library_models import build_of_library
from lazytui.models.shapes import NetworkShape
from lazytui.system.memory import memory_error_or

if TYPE_CHECKING:
    from lazytui.models.architectures.classifier import Classifier


def check_model_name(name: str) -> None:
    """UsageError where a name is neither in the catalog nor shaped like custom code. Imports nothing."""
    if is_variant(name):
        model_entry(name.partition(":")[2])
    elif not is_custom(name) and not is_of_library(name):
        model_entry(name)


def resolve_model(name: str) -> Callable[[NetworkShape], object]:
    """What makes the named model for a shape.

    Custom code gets those arguments that its factory has a parameter for: `classes` (or `num_classes`),
    `image_shape`, (3, height, width); most have none.

    Raises UsageError for an unknown name and BadInput where the code named can't be found or imported, or where nobody
    but a file named it.
    """
    if is_of_library(name):
        return partial(build_of_library, name)
    if is_variant(name):
        form, _, listed = name.partition(":")
        return partial(build_variant, form, partial(_build_listed, model_entry(listed)))
    if not is_custom(name):
        return partial(_build_listed, model_entry(name))
    return partial(_call_factory, import_function(name, "--model"))


def import_function(name: str, option: str) -> Callable[..., Any]:
    """What `file.py:function` or `package.module:function` names. option: the command line's name for it.

    Raises BadInput where it can't be found or imported, or where nobody but a file named it.
    """
    require_allowed(name, option)
    module_name, function = _split(name)
    module = _import(module_name)
    if not function:
        function = _only_factory(module, module_name)
    factory: Callable[..., Any] | None = getattr(module, function, None)
    if not callable(factory):
        public = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
        raise BadInput(unknown_name(f"function in {module_name}", function, public))
    return factory


def _build_listed(entry: ModelEntry, shape: NetworkShape) -> Classifier:
    if min(shape.height, shape.width) < entry.least_side:
        least = entry.least_side
        raise UsageError(
            f"{entry.name} needs images of {least} x {least} pixels or more; these are {shape.height} x {shape.width}."
        )
    return entry.build(shape)


def _call_factory(factory: Callable[..., object], shape: NetworkShape) -> object:
    offered = {"classes": shape.classes, "num_classes": shape.classes, "image_shape": shape.image_shape}
    try:
        wanted = inspect.signature(factory).parameters
    except (TypeError, ValueError):  # a builtin has no signature
        return factory()
    return factory(**{name: value for name, value in offered.items() if name in wanted})


def _split(spec: str) -> tuple[str, str]:
    """("path/to/file.py", "factory"), with an empty factory where only a file is named."""
    if spec.endswith(".py"):
        return spec, ""
    module_name, _, factory = spec.rpartition(":")
    return module_name, factory


def _import(module_name: str) -> ModuleType:
    """Import a dotted module (the current folder counts, as for `python -m`) or a file (its own folder counts)."""
    path = Path(module_name)
    is_file = module_name.endswith(".py")
    if is_file and not parse_path(module_name).is_file():
        raise BadInput(f"There is no file {module_name!r} to take code from.")
    try:
        with _importable(path.parent if is_file else Path()):
            return _import_file(path) if is_file else importlib.import_module(module_name)
    except (Exception, SystemExit) as error:  # custom code may raise anything
        line = next(iter(str(error).splitlines()), "")
        wrong = BadInput(f"The code {module_name!r} can't be imported: {type(error).__name__}: {line}")
        raise memory_error_or(error, f"import {module_name}", wrong) from error


def _import_file(path: Path) -> ModuleType:
    name = f"lazytui_custom_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError("not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickling look their module up there
    spec.loader.exec_module(module)
    return module


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Put a folder first on the import path for a while."""
    entry = str(folder.resolve())
    sys.path.insert(0, entry)
    try:
        yield
    finally:
        sys.path.remove(entry)


def _only_factory(module: ModuleType, module_name: str) -> str:
    """The name of the one public function or module class that the file itself defines."""
    from torch import nn

    own = [
        name
        for name, value in vars(module).items()
        if getattr(value, "__module__", None) == module.__name__
        and not name.startswith("_")
        and (inspect.isfunction(value) or (inspect.isclass(value) and issubclass(value, nn.Module)))
    ]
    if len(own) != 1:
        held = f"it has {', '.join(own)}" if own else "it has none"
        raise BadInput(f"Say which function of {module_name} makes the model, as in {module_name}:factory: {held}.")
    return own[0]
