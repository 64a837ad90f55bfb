"""The images of a climb that are kept for playing it: few, evenly spaced, whatever its length."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lazytui.analyses.attack.live_climb import MOST_FRAMES, ClimbRecord


@pytest.mark.parametrize("steps", [0, 1, 7, 50, 51, 1000])
def test_they_are_few_and_evenly_spaced_from_the_first_step_on(steps: int) -> None:
    record, images = ClimbRecord(), torch.zeros(1, 3, 28, 28)
    for step in range(steps):
        images.fill_((step % 256) / 255)  # in place, as an attack may do
        record.step(images, torch.zeros(1, 10))
    frames = record.frames()
    assert len(frames) == steps if steps <= MOST_FRAMES else MOST_FRAMES / 2 <= len(frames) <= MOST_FRAMES
    numbers = [frame.step for frame in frames]
    assert numbers == [*range(0, steps, max(numbers[1] if len(numbers) > 1 else 1, 1))]
    for frame in frames:
        np.testing.assert_array_equal(frame.image, np.full((28, 28, 3), frame.step % 256, np.uint8))
