"""A training that the screen follows: its points, the stages it has, and what it says of ten conflicting images."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.execute import recorded_params, recorded_result
from lazytui.analyses.train.figures import curves, stages, ten_figure
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.train.result import TrainResult
from lazytui.app.workers.run_follower import RunWatch
from lazytui.data.splits import MOST_SHOWN
from lazytui.errors import BadInput
from lazytui.evaluation.cue_conflict_images import answers_at
from lazytui.figures.kinds import Lines, Pixels, Reference
from lazytui.runs.live_images import load_images
from lazytui.runs.metric_history import Columns
from lazytui.runs.run_folder import IMAGES_FILE, RunFolder


@dataclass(frozen=True, eq=False)
class TenImages:
    """images: (10, 28, 28, 3) uint8. columns: the points at which the network was asked of them."""

    params: TrainParams
    images: NDArray[np.uint8]
    columns: Columns

    def figure(self, step: float | None) -> Pixels | None:
        """What it says at the last point up to a step; the newest where that is None."""
        answers = answers_at(self.columns, step)
        return ten_figure(self.params, self.images, answers) if answers else None


class FollowedTraining(RunWatch):
    """A training that came without its events has the points in its result."""

    def __init__(self, run: RunFolder) -> None:
        super().__init__(run)
        self._params: TrainParams | None = None
        self._images: NDArray[np.uint8] | None = None
        with suppress(BadInput):  # a run folder of elsewhere may hold anything
            recorded = recorded_params(run)
            self._params = recorded if isinstance(recorded, TrainParams) else None

    def points(self) -> Columns:
        """Empty before the first. Raises BadInput for a damaged result."""
        columns = self.columns()
        return columns if len(columns["step"]) else dict(self._result.history) if self.run.has_result else {}

    def charts(self) -> list[Lines]:
        """None before the first point."""
        points = self.points()
        if not points:
            return []
        trained = self._params or TrainParams()
        return curves(points, trained.metrics_samples, trained.content, self._stages)

    @property
    def _shown_images(self) -> tuple[int, int, int]:
        """How many images there are of which the network is asked, and their size."""
        content = (self._params or TrainParams()).content
        return min(len(content.classes), MOST_SHOWN), content.height, content.width

    def ten(self) -> TenImages | None:
        """None where nothing was kept of it, or not yet. The images stay: a run that ends moves them to its result."""
        if self._images is None:
            self._images = load_images(self.run.path / IMAGES_FILE, *self._shown_images)
        if self._images is None and self.run.has_result:
            with suppress(BadInput):
                self._images = self._result.conflicting_images
        if self._params is None or self._images is None:
            return None
        return TenImages(self._params, self._images, self.points())

    @property
    def _stages(self) -> tuple[Reference, ...]:
        steps = self.total or (self._result.steps if self.run.has_result else 0)
        return stages(self._params, steps) if self._params and steps else ()

    @property
    def _result(self) -> TrainResult:
        result = recorded_result(self.run)
        assert isinstance(result, TrainResult)
        return result
