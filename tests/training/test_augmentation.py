"""Moved training images: by how much, that colors stay, and that a resume moves them alike."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from lazytui.data.params import DatasetParams
from lazytui.data.splits import BiasedDataset, build_dataset
from lazytui.training.augmentation import augmentation_generator, augmented
from lazytui.training.settings import TrainingSettings
from tests.commands import TINY_TRAINING, Lab
from tests.training.methods.whole_trainings import train_in_two, train_whole

N = 64


@pytest.fixture(scope="module")
def data() -> BiasedDataset:
    return build_dataset(DatasetParams(source="strokes", train_size=100, test_size=100))


def moved(images: Tensor, **options: float) -> Tensor:
    generator = augmentation_generator(0, 0, torch.device("cpu"))
    return augmented(images, TrainingSettings.model_validate(options), generator)


def dots(across: int, down: int) -> Tensor:
    """An image of a small dot, (N, 3, 29, 29), right and below of the center by so many pixels."""
    images = torch.zeros(N, 3, 29, 29)
    images[:, :, 13 + down : 16 + down, 13 + across : 16 + across] = 1
    return images


def positions(images: Tensor) -> Tensor:
    """(n, 2): how far right and below of the center the mean bright pixel lies."""
    mass, coordinates = images.mean(1), torch.arange(-14.0, 15)
    total = mass.sum((1, 2))
    return torch.stack(((mass.sum(1) * coordinates).sum(1) / total, (mass.sum(2) * coordinates).sum(1) / total), 1)


def test_a_shift_moves_each_axis_by_itself_up_to_its_limit() -> None:
    found = positions(moved(dots(0, 0), shift=0.2))
    assert 0.8 * 0.2 * 29 < found.abs().max() <= 0.2 * 29 + 0.1
    assert abs(torch.corrcoef(found.T)[0, 1]) < 0.4 and (found.std(0) > 2).all()


def test_a_rotation_keeps_the_distance_from_the_center() -> None:
    found = positions(moved(dots(8, 0), rotation=90))
    torch.testing.assert_close(found.norm(dim=1), torch.full((N,), 8.0), atol=0.1, rtol=0)
    angles = torch.atan2(found[:, 1], found[:, 0]).rad2deg()
    assert 80 < angles.abs().max() <= 91 and angles.min() < -60 and angles.max() > 60


def test_a_scale_keeps_the_direction() -> None:
    found = positions(moved(dots(6, 6), scale=0.5))
    torch.testing.assert_close(found[:, 0], found[:, 1], atol=0.1, rtol=0)
    reach = found.norm(dim=1) / (6 * math.sqrt(2))
    assert 0.49 < reach.min() < 0.6 and 1.4 < reach.max() < 1.51


def test_colors_stay_and_nothing_happens_where_nothing_is_asked() -> None:
    flat = torch.tensor([0.2, 0.5, 0.9])[None, :, None, None].expand(N, 3, 28, 28)
    torch.testing.assert_close(moved(flat, shift=0.5, rotation=180, scale=0.5), flat.contiguous())
    assert moved(flat) is flat and moved(flat, shift=0.0) is flat


def test_a_resume_moves_images_as_the_uninterrupted_training_does(data: BiasedDataset, tmp_path: Path) -> None:
    settings = TrainingSettings(
        model="lazy-gap", epochs=2, batch_size=20, metrics_every=3, metrics_samples=100, precision="fp32", device="cpu",
        checkpoint_seconds=0, shift=0.1, rotation=20, scale=0.2,
    )  # fmt: skip
    straight = train_whole(settings, data, tmp_path)
    resumed = train_in_two(settings, data, tmp_path, break_at=6)
    plain = train_whole(settings.model_copy(update={"shift": None, "rotation": None, "scale": None}), data, tmp_path)
    np.testing.assert_array_equal(straight.history["loss"], resumed.history["loss"])
    assert straight.history["loss"][1] != plain.history["loss"][1]


def test_a_method_that_reads_where_the_stroke_lies_refuses_moved_images(lab: Lab) -> None:
    refused = lab.call("run", "train", *TINY_TRAINING, "--method", "saliency-background", "--rotation", "10")
    assert refused.code == 2 and not lab.workspace.exists()
    assert refused.sentence == (
        "The method saliency-background reads which pixels are the object; --shift, --rotation and --scale would move "
        "them."
    )
