"""Settings of engines: from the command line or a form, over a person's own `engines.toml`.

A run's folder may come from anywhere, and a study that is resumed has its engine's options from there. So what is code,
or says whom to trust (`setup`, `python`, `address`), is only read from `engines.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import platformdirs

from lazytui.errors import BadInput, UsageError, unknown_name
from lazytui.files.own_settings import read_own_settings

LOCAL = "local"

ENGINES: Mapping[str, str] = {
    LOCAL: "processes of this machine, several at a time",
    "slurm": "jobs of a Slurm cluster, by sbatch, squeue and scancel",
    "ray": "jobs of a Ray cluster, by the REST interface of its dashboard",
}
"""By name: a line on each."""

AUTO = "auto"
"""That of `engines.toml`, else `local`."""

OWN: Mapping[str, str] = {
    "setup": "lines of shell to execute before lazytui, such as `module load python`",
    "python": "the Python to execute it with, if not this one's path",
    "address": "of the cluster, if not that of $RAY_API_SERVER_ADDRESS",
}
"""What only `engines.toml` may say."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,49}")
_LONGEST = 1000


def engines_file() -> Path:
    """Where a person's own settings are."""
    return platformdirs.user_config_path("lazytui") / "engines.toml"


def read_option(text: str) -> tuple[str, str]:
    """Name and value of `NAME=VALUE`, or of `NAME` alone, which has none. Raises ValueError for anything else."""
    name, _, value = text.partition("=")
    if not _NAME.fullmatch(name) or not value.isprintable() or len(value) > _LONGEST:
        raise ValueError(f"{text!r:.200} isn't an engine's option: write NAME=VALUE, as in time=2:00:00.")
    if name in OWN:
        raise ValueError(f"{name} can only be set in {engines_file()}: it names code to execute.")
    return name, value


def chosen_engine(name: str) -> str:
    """The engine that is meant; `auto`: that of `engines.toml`, else `local`. Raises UsageError for an unknown one."""
    if name == AUTO:
        name = _own_settings().get("engine", LOCAL)
        if name not in ENGINES:
            raise UsageError(f"{engines_file()}: {unknown_name('engine', str(name), ENGINES)}")
    if name not in ENGINES:
        raise UsageError(unknown_name("engine", name, ENGINES))
    return name


def seconds_between_looks(settings: Mapping[str, str], default: float) -> float:
    """What `look-every` says. Raises UsageError for what is no number of seconds."""
    text = settings.get("look-every", "")
    try:
        seconds = float(text) if text else default
    except ValueError:
        seconds = -1.0
    if not 0.1 <= seconds <= 3600:
        raise UsageError(f"look-every={text:.100}: must be 0.1 to 3600 seconds.")
    return seconds


def require_known(settings: Iterable[str], allowed: Collection[str], engine: str) -> None:
    """Raise UsageError for an option that an engine doesn't have."""
    for name in settings:
        if name not in allowed:
            raise UsageError(unknown_name(f"option of the engine {engine}", name, allowed))


def _own_settings() -> dict[str, Any]:
    """What `engines.toml` says; nothing where there is none."""
    file = engines_file()
    settings = read_own_settings(file)
    for name in settings:
        if name not in {"engine", *ENGINES}:
            raise BadInput(f"{file}: {unknown_name('engine', name, ENGINES)}")
    return settings


def own_table(name: str) -> dict[str, str]:
    """Its options of the engine, as texts; `setup` with its lines."""
    table = _own_settings().get(name, {})
    if not isinstance(table, dict):
        raise BadInput(f"{engines_file()}: {name} isn't a table; write [{name}] and its options below.")
    return {option: _text(option, value) for option, value in table.items() if value is not False}


def _text(option: str, value: object) -> str:
    if isinstance(value, list) and option == "setup" and all(isinstance(line, str) for line in value):
        return "\n".join(value)
    if value is True:
        return ""
    text = str(value)
    if not _NAME.fullmatch(option) or not isinstance(value, str | int | float):
        raise BadInput(f"{engines_file()}: {option!r:.100} isn't an option with a value.")
    if option != "setup" and not text.isprintable():
        raise BadInput(f"{engines_file()}: {option} has a character that can't be printed.")
    return text
