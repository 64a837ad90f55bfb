"""Options of a run from a TOML file: `--config`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lazytui.analyses import SUMMARIES
from lazytui.errors import BadInput, UsageError, unknown_name
from lazytui.files.writing import reason

if TYPE_CHECKING:
    pass


_LARGEST_CONFIG = 1 << 20


def read_config(path: Path | None, kind: str) -> dict[str, Any]:
    """Options from a TOML file: at its top level, or in a table named after the analysis."""
    if path is None:
        return {}
    from lazytui.analyses import analysis
    from lazytui.files.reading import read_toml

    try:
        content = read_toml(path, _LARGEST_CONFIG)
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else error
        raise BadInput(f"The config file {path} can't be read: {why}.") from error
    tables = {name: value for name, value in content.items() if isinstance(value, dict)}
    for name in tables:
        if name not in SUMMARIES:
            raise UsageError(f"{path}: {unknown_name('analysis', name, SUMMARIES)}")
    options = {name: value for name, value in content.items() if name not in tables} | tables.get(kind, {})
    from lazytui.analyses.core.form_fields import fields_of

    fields = [field.name for field in fields_of(analysis(kind).params)]
    values = {name.replace("-", "_"): value for name, value in options.items()}
    for name in values:
        if name not in fields:
            raise UsageError(f"{path}: {unknown_name(f'option of `lazytui run {kind}`', name, fields)}")
    return values
