"""The engines by name, made from their settings."""

from __future__ import annotations

from collections.abc import Iterable

from lazytui.errors import UsageError
from lazytui.runs.engines.engine import Engine
from lazytui.runs.engines.local import LocalProcesses
from lazytui.runs.engines.ray import Ray
from lazytui.runs.engines.settings import chosen_engine, own_table, read_option
from lazytui.runs.engines.slurm import Slurm


def engine_with_queue(name: str, options: Iterable[str] = ()) -> Engine | None:
    """The engine of that name, which takes runs now; None where that is this machine, whose processes need no queue.

    Raises LazytuiError where it can be known that it won't.
    """
    engine = open_engine(name, options)
    engine.check()
    return engine if engine.takes_tickets else None


def open_engine(name: str, options: Iterable[str] = (), at_a_time: int = 0) -> Engine:
    """The engine of that name, with the options given over those of `engines.toml`.

    at_a_time: how many runs at most at a time; 0 leaves that to the engine. Raises UsageError for an unknown engine or
    option, BadInput where `engines.toml` can't be read.
    """
    name = chosen_engine(name)
    try:
        option_values = dict(map(read_option, options))
    except ValueError as error:
        raise UsageError(str(error)) from error
    settings = {**own_table(name), **option_values}
    if name == "slurm":
        return Slurm(settings, at_a_time)
    if name == "ray":
        return Ray(settings, at_a_time)
    return LocalProcesses(at_a_time, settings)
