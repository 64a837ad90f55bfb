"""The dial: what it answers is what the edit does, computed by hand; and what is said where nothing can be turned."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from lazytui.analyses.core.execute import recorded_result
from lazytui.analyses.sae.dose_figures import dose_figures, dose_text
from lazytui.analyses.sae.feature_browser import (
    active_features,
    browser_table,
    fit_logit_effects,
    next_category,
    read_features,
    stands_for,
)
from lazytui.analyses.sae.figures import logit_effects
from lazytui.analyses.sae.live import DoseAnswer, DoseQuestion, DoseResponseSession
from lazytui.analyses.sae.loaded_sae import LoadedSae, load_sae
from lazytui.analyses.sae.result import SaeResult
from lazytui.data.device_split import to_float
from lazytui.errors import UsageError
from lazytui.figures.kinds import Lines, Matrix, Pixels, Table
from lazytui.hooks.layer_hooks import replace_activations
from lazytui.hooks.split_model import SplitModel
from lazytui.models.build import build_model
from lazytui.models.weights_saving import save_weights
from lazytui.runs.results.saved_result import read_metrics
from lazytui.runs.workspace import Workspace
from lazytui.sae.category_names import CATEGORIES
from lazytui.sae.edits.dose_response import FACTORS, UNCHANGED, Dose
from lazytui.saliency.explainer import Explainer
from tests.commands import Lab

PLACE = 7


@pytest.fixture(scope="module")
def workspace(features_found: Lab) -> Workspace:
    return Workspace(features_found.workspace)


@pytest.fixture(scope="module")
def dial(workspace: Workspace, features_found: Lab) -> Iterator[DoseResponseSession]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAZYTUI_DATA", str(features_found.folder / "data"))
        yield DoseResponseSession(workspace)


@pytest.fixture(scope="module")
def result(workspace: Workspace) -> SaeResult:
    found: SaeResult = recorded_result(workspace.find("found"))
    return found


@pytest.fixture(scope="module")
def spliced(workspace: Workspace) -> LoadedSae:
    """The same layer, opened apart from the dial."""
    return load_sae("found", workspace, lambda data: {"hard": data.hard}, print)


def last(dial: DoseResponseSession, question: DoseQuestion) -> DoseAnswer:
    (*_, answer) = dial.answers(question)
    return answer


def asked(dial: DoseResponseSession, turn: Dose, index: int = PLACE) -> DoseAnswer:
    answer = last(dial, DoseQuestion("found", turn, index))
    assert answer.after is not None and answer.before is not None, answer.refused
    return answer


def strongest(dial: DoseResponseSession, count: int = 1) -> tuple[int, ...]:
    here = asked(dial, Dose()).activity_here
    assert here is not None
    return tuple(active_features(here, None)[:count])


def said_by_hand(spliced: LoadedSae, features: list[int], amounts: list[float] | None, factor: float) -> Tensor:
    """(10,) probabilities once features are `factor` times as active, or at these amounts, written out."""
    network, autoencoder = spliced.network, spliced.spliced.model
    layer = spliced.result.layer
    image = to_float(torch.from_numpy(spliced.spliced.split("hard").images[PLACE : PLACE + 1]))

    def change(h: Tensor) -> Tensor:
        f = autoencoder.encode(h)
        for number, feature in enumerate(features):
            wanted = factor * f[:, feature] if amounts is None else torch.full_like(f[:, feature], amounts[number])
            h = h + (wanted - f[:, feature])[:, None] * autoencoder.decoder[feature]
        return h

    with torch.no_grad(), replace_activations(network.model, layer, change):
        probabilities: Tensor = network.model(image).softmax(1)[0]
    return probabilities


def close(said: NDArray[np.float32], by_hand: Tensor) -> bool:
    return bool(np.allclose(said, by_hand.numpy(), atol=1e-5))


def test_at_one_the_image_is_as_it_is(dial: DoseResponseSession) -> None:
    answer = asked(dial, Dose(strongest(dial, 3)))
    assert answer.before and answer.after and answer.curve is not None
    assert np.allclose(answer.after.probabilities, answer.before.probabilities, atol=1e-6)
    assert answer.before.heat is not None and answer.after.heat is not None
    assert np.allclose(answer.after.heat, answer.before.heat, rtol=1e-4, atol=1e-6)
    assert np.allclose(answer.curve[UNCHANGED], answer.before.probabilities, atol=1e-6)


@pytest.mark.parametrize("step", [0, 4, 30])
def test_a_turn_is_what_the_change_along_the_features_directions_does(
    dial: DoseResponseSession, spliced: LoadedSae, step: int
) -> None:
    features = strongest(dial, 2)
    answer = asked(dial, Dose(features, FACTORS[step]))
    by_hand = said_by_hand(spliced, list(features), None, FACTORS[step])
    assert answer.after and answer.before and answer.curve is not None
    assert close(answer.after.probabilities, by_hand)
    assert close(answer.curve[step], by_hand) and answer.curve.shape == (len(FACTORS), 10)
    assert not np.allclose(answer.before.probabilities, answer.after.probabilities, atol=1e-3)


def test_steering_and_swapping_put_features_at_their_typical_strength(
    dial: DoseResponseSession, spliced: LoadedSae, result: SaeResult
) -> None:
    (first,) = strongest(dial)
    here = asked(dial, Dose()).activity_here
    assert here is not None
    category = result.category
    absent = next(f for f in range(len(here)) if here[f] == 0 and category[f] != CATEGORIES.index("dead"))
    typical = float(result.strength[absent])
    steered = asked(dial, Dose((absent,), 1.5, "steer"))
    assert steered.after and close(steered.after.probabilities, said_by_hand(spliced, [absent], [1.5 * typical], 1))
    swapped = asked(dial, Dose((first,), 1.0, "swap", (absent,)))
    assert swapped.after
    assert close(swapped.after.probabilities, said_by_hand(spliced, [first, absent], [0.0, typical], 1))


def test_the_maps_are_grad_cam_before_and_after(dial: DoseResponseSession, spliced: LoadedSae) -> None:
    (feature,) = strongest(dial)
    answer = asked(dial, Dose((feature,), 0))
    network, autoencoder = spliced.network, spliced.spliced.model
    image = spliced.spliced.split("hard").images[PLACE]
    explainer = Explainer(network.model, image[None], network.trained.model)

    def without(h: Tensor) -> Tensor:
        return h - autoencoder.encode(h)[:, feature, None] * autoencoder.decoder[feature]

    before = explainer.explain(image)
    with replace_activations(network.model, spliced.result.layer, without):
        after = explainer.explain(image)
    assert answer.before and answer.after and answer.before.heat is not None and answer.after.heat is not None
    assert np.allclose(answer.before.heat, before.heat, atol=1e-6)
    assert np.allclose(answer.after.heat, after.heat, atol=1e-6)
    assert not np.allclose(before.heat, after.heat, atol=1e-4)


def test_what_is_drawn_is_what_was_answered(dial: DoseResponseSession) -> None:
    answer = asked(dial, Dose(strongest(dial), 0))
    image, gaze, here, said, curve = dose_figures(answer.shown)
    assert isinstance(here, Pixels) and len(here.images) == len(answer.features) == len(answer.question.dose.features)
    assert answer.before and answer.after and answer.browsed
    assert isinstance(image, Pixels) and image.overlay is None
    assert isinstance(gaze, Pixels) and gaze.overlay is not None and gaze.overlay.max() == 1
    assert gaze.captions == (f"before → {answer.before.label}", f"after → {answer.after.label}")
    for pictures in (image, gaze):
        assert (pictures.images == answer.browsed.split.images[PLACE]).all()
    assert isinstance(said, Matrix) and said.column_labels == ("before", "after")
    for column, prediction in enumerate((answer.before, answer.after)):
        assert np.allclose(said.values[:, column], 100 * prediction.probabilities)
    assert isinstance(curve, Lines)
    of_said = next(series for series in curve.series if series.name == str(answer.before.label))
    assert of_said.y[UNCHANGED] == pytest.approx(answer.before.probabilities.max(), abs=1e-5)
    assert (
        curve.note == "" and dose_figures(replace(answer, advice="Probabilities.").shown)[-1].note == "Probabilities."
    )


def test_a_setting_is_reported_in_words() -> None:
    turn = Dose((3,))
    assert dose_text(turn, "red") == "Feature 3 (red) x 1.0: as it is"
    assert dose_text(replace(turn, factor=0.0)) == "Feature 3 x 0.0: ablated"
    assert dose_text(Dose((3, 4), 1.5, "steer")) == "Features 3, 4 steered at 1.5 x their typical strength"
    assert dose_text(Dose((3,), 1.0, "swap", (8,))) == "Feature 3 swapped for feature 8 at 1.0 x its typical strength"
    assert turn.moved_by(100).factor == 3 and turn.moved_by(-100).factor == 0 and turn.moved_by(1).factor == 1.1


def test_a_network_that_is_not_the_one_it_was_trained_on_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    other = Workspace(tmp_path / "runs")
    shutil.copytree(workspace.path, other.path)
    weights = other.find("reference").weights
    dial = DoseResponseSession(other)
    question = DoseQuestion("found", Dose((0,), 0))
    assert last(dial, question).after
    save_weights(build_model("cnn3", seed=5), weights, metadata={"model": "cnn3"})
    refused = last(dial, question)
    assert refused.after is None and "trained on another network, whose fingerprint" in refused.refused
    weights.unlink()
    assert "gone, so no feature can be scaled any more" in last(dial, question).refused
    shutil.rmtree(weights.parent)
    assert "There is no run" in last(DoseResponseSession(other), question).refused


def test_dead_features_cannot_be_turned(workspace: Workspace, dial: DoseResponseSession) -> None:
    assert read_metrics(workspace.find("dead").path)["dead_share"] == 1
    assert last(dial, DoseQuestion("dead", Dose())).refused.startswith("All features of dead are dead")


def test_the_table_says_what_each_feature_moves_and_drops_columns_where_it_is_narrow(result: SaeResult) -> None:
    every = list(range(result.features))
    wide = browser_table(result, {3: "the sun"}, every, 200)
    names = [column.name for column in wide.columns]
    assert names[0] == "feature" and names[-3:] == ["says", "logit", "label"]
    row = wide.rows[3]
    assert result.effect is not None
    moved = result.strength[3] * result.effect[3]
    if row[names.index("says")] is not None:
        assert abs(float(row[names.index("logit")] or 0)) == pytest.approx(np.abs(moved).max(), rel=1e-5)
    assert row[-1] == "the sun"
    narrow = [column.name for column in browser_table(result, {}, every, 80).columns]
    assert "density" not in narrow and {"feature", "category", "strength", "sel", "logit"} <= {*narrow}
    effects = logit_effects(result)
    assert isinstance(effects, Table) and fit_logit_effects(effects, 200) is effects
    short = fit_logit_effects(effects, 80)
    assert [column.name for column in short.columns] == ["feature", *"0123456789"]
    assert [row[0] for row in short.rows] == [row[0] for row in effects.rows] and short.rows[0][-1] == effects.rows[0][
        -1
    ]


def test_features_are_chosen_by_number_and_by_word(result: SaeResult) -> None:
    assert read_features("4, 2 4", result, {}) == (4, 2)
    category = result.category
    assert read_features("color", result, {})
    assert set(read_features("color", result, {})) == set(np.flatnonzero(category == CATEGORIES.index("color")))
    assert read_features("the sun", result, {3: "The Sun"}) == (3,)
    for wrong in ("", "9999", "no such thing"):
        with pytest.raises(UsageError):
            read_features(wrong, result, {})
    color = read_features("color", result, {})[0]
    assert color in read_features(f"color {stands_for(result, color)}", result, {})


def test_categories_follow_one_another_and_active_features_come_strongest_first() -> None:
    words, notes = "", []
    while words := next_category(words):
        notes.append(words)
    assert tuple(notes) == CATEGORIES and next_category("my own words") == CATEGORIES[0]
    here = np.array([0, 2.0, 0, 5.0], np.float32)
    assert (
        active_features(here, None) == [3, 1]
        and active_features(here, 1) == [3, 1]
        and active_features(here, 2) == [2, 3, 1]
    )


def test_the_shortest_way_to_the_features_is_the_cut(spliced: LoadedSae, dial: DoseResponseSession) -> None:
    """The activity that is shown is that of the layer as the network puts it out."""
    answer = asked(dial, Dose())
    assert answer.activity is not None
    split_model = SplitModel(spliced.network.model, spliced.result.layer)
    images = to_float(torch.from_numpy(spliced.spliced.split("hard").images[:5]))
    with torch.inference_mode():
        by_hand = spliced.spliced.model.encode(split_model.activations(images))
    assert np.allclose(answer.activity[:5], by_hand.numpy(), atol=1e-5)
