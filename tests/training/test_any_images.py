"""Trainings on images of other sizes and other classes than digits, with an attribute of their own and without."""

from __future__ import annotations

import pytest

from lazytui.data.params import DatasetParams
from lazytui.errors import UsageError
from lazytui.models.architectures import ARCHITECTURES
from lazytui.training.loop import train
from lazytui.training.methods import METHODS
from lazytui.training.requirements import check_requirements
from lazytui.training.settings import TrainingSettings
from tests.training.any_images import patterns

REFUSED = {"saliency-background"}
"""Reads which pixels are the object, which nobody knows of these."""

WITHOUT_ATTRIBUTE = REFUSED | {name for name, entry in METHODS.items() if entry.reads}


def settings(**chosen: object) -> TrainingSettings:
    quick = {"epochs": 2, "batch_size": 32, "metrics_samples": 100, "metrics_every": 7, "device": "cpu"}
    return TrainingSettings.model_validate({**quick, **chosen})


def test_a_residual_network_takes_a_few_steps() -> None:
    found = train(settings(model="resnet18", epochs=1, batch_size=12), patterns(tinted=False, train=40, test=20))
    assert found.steps == 3 and found.model.get_submodule("head").get_parameter("weight").shape == (3, 512)


@pytest.mark.parametrize(("model", "tinted"), [("gap-cnn", True), ("mlp", False)])
def test_three_classes_at_another_size_are_learned(model: str, tinted: bool) -> None:
    found = train(settings(model=model, epochs=4), patterns(tinted=tinted))
    assert found.history["easy_accuracy"][-1] > 0.8
    assert {"says_2", "says_2_probability"} < set(found.history) and "says_3" not in found.history
    assert ("color_follow_rate" in found.history) == tinted


@pytest.mark.parametrize("tinted", [True, False])
def test_every_method_trains_or_says_in_one_sentence_what_is_missing(tinted: bool) -> None:
    data = patterns(tinted=tinted, train=130)
    for method in METHODS:
        asked = settings(method=method, model="lazy-gap")
        if method in (REFUSED if tinted else WITHOUT_ATTRIBUTE):
            with pytest.raises(UsageError, match=r"of --source npz:patterns.npz (have no attribute|that isn't known)"):
                check_requirements(asked, data.params)
            continue
        check_requirements(asked, data.params)
        history = train(asked, data).history
        assert ("conflicting_weight" in METHODS[method].signals and tinted) == ("conflicting_weight" in history), method


@pytest.mark.parametrize("side", [8, 9, 33])
def test_every_architecture_takes_any_size_or_says_what_it_needs(side: int) -> None:
    import torch

    from lazytui.models.build import build_model

    for name, entry in ARCHITECTURES.items():
        if side < entry.least_side:
            least = f"{entry.least_side} x {entry.least_side}"
            with pytest.raises(
                UsageError, match=f"{name} needs images of {least} pixels or more; these are {side} x 32"
            ):
                build_model(name, seed=0, image_shape=(3, side, 32), classes=2)
            continue
        model = build_model(name, seed=0, image_shape=(3, side, 32), classes=2).eval()
        assert model(torch.zeros(1, 3, side, 32)).shape == (1, 2)


def test_what_cannot_be_asked_of_these_images_is_refused() -> None:
    params = patterns(tinted=True).params
    with pytest.raises(UsageError, match=r"--colors detected takes the nearest color .* --source npz:patterns\.npz"):
        check_requirements(settings(method="grl", colors="detected"), params)
    with pytest.raises(UsageError, match="needs color labels; --placement none has no colors"):
        check_requirements(settings(method="grl"), DatasetParams(placement="none"))
