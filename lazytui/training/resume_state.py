"""The state between two steps, on disk: all that a resume needs to go on exactly."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from lazytui.errors import BadInput
from lazytui.files.reading import open_regular, require_unpacked_size
from lazytui.files.writing import write_atomic
from lazytui.system.memory import memory_error_or

_LARGEST = 4 << 30


@dataclass
class Snapshot:
    """step: updates done. random: torch's generator on the CPU (dropout draws from it), and the GPU's.

    history: the curves so far, as columns. loss_sum, loss_count: since the last point of the curves. seconds: of work.
    """

    step: int
    model: dict[str, Any]
    method: dict[str, Any]
    random: list[torch.Tensor]
    history: dict[str, list[float]]
    loss_sum: torch.Tensor
    loss_count: int
    seconds: float = 0.0


def save_snapshot(snapshot: Snapshot, path: Path) -> None:
    content = io.BytesIO()  # torch.save itself doesn't say why a disk takes no more
    torch.save(vars(snapshot), content)
    write_atomic(path, content.getvalue())


def load_snapshot(path: Path) -> Snapshot | None:
    """The snapshot, or None where there is none. Never runs code from the file. Raises BadInput when it is damaged."""
    try:
        with open_regular(path) as file:
            require_unpacked_size(file, _LARGEST)
            return Snapshot(**torch.load(file, map_location="cpu", weights_only=True))
    except FileNotFoundError:
        return None
    except Exception as error:  # what a damaged file raises depends on where the damage is
        raise memory_error_or(error, f"read {path}", unusable_state(path)) from error


def unusable_state(path: Path) -> BadInput:
    """The failure to report where a snapshot can't be read, or belongs to another training."""
    return BadInput(f"{path} is damaged, so this training can't be resumed; start it again.")
