"""Weights & Biases, by its own package: online where it is logged in, else in files (WANDB_MODE=offline)."""

from __future__ import annotations

import io
import shutil
from collections.abc import Mapping, Sequence
from typing import Any

from lazytui.errors import BadInput
from lazytui.runs.logs.base import Point
from lazytui.runs.run_folder import RunFolder

PROJECT = "lazytui"


class WandbLog:
    """A run there for each run here, of the same id. What it has can't be taken back, so that no step is sent twice: a
    resumed training is the same on its way to where it was. Offline, its files are written anew from the beginning."""

    def __init__(self, run: RunFolder, past: Sequence[Point]) -> None:
        """Raises BadInput where W&B refuses, as it does where nobody is logged in."""
        import wandb

        for old in (run.path / "wandb").glob(f"offline-run-*-{run.id}"):
            shutil.rmtree(old, ignore_errors=True)
        try:
            self._run: Any = wandb.init(
                project=PROJECT,
                id=run.id,
                name=run.name or run.id,
                job_type=run.record.kind,
                config=dict(run.record.params),
                dir=str(run.path),
                resume="allow",
                settings=wandb.Settings(silent=True, symlink=False, console="off", disable_git=True, save_code=False),
            )
        except (wandb.Error, ValueError) as error:  # the latter where its own variables are wrong
            line = next(iter(str(error).splitlines()), type(error).__name__)
            raise BadInput(f"W&B refuses ({line}): run `wandb login`, or set WANDB_MODE=offline.") from error
        self._sent = self._run.step - 1
        for point in past:
            self.point(point)

    def point(self, point: Point) -> None:
        if point.step > self._sent:
            self._run.log(dict(point.values), step=point.step, commit=True)
            self._sent = point.step

    def void_after(self, step: int) -> None:
        """Steps up to where it was aren't sent again."""

    def result(self, metrics: Mapping[str, float], pictures: Mapping[str, bytes]) -> None:
        import wandb
        from PIL import Image

        self._run.summary.update({f"result/{name}": value for name, value in metrics.items()})
        shown = {f"figures/{name}": wandb.Image(Image.open(io.BytesIO(png))) for name, png in pictures.items()}
        self._run.log(shown)

    def close(self) -> None:
        self._run.finish()
