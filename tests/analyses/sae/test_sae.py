"""Features of a network by the real command, the experiments with them, and what is said where something is wrong."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lazytui.analyses.core.execute import figures, recorded_result
from lazytui.analyses.sae.control_figures import control_table
from lazytui.analyses.sae.result import SaeResult
from lazytui.analyses.sae_experiments.result import NetworkEdits, SaeExperimentsResult
from lazytui.figures.kinds import Bars, Figure, Histogram, Lines, Matrix, Pixels, Table, Text
from lazytui.runs.workspace import Workspace
from lazytui.sae import VARIANTS
from lazytui.sae.category_names import CATEGORIES
from tests.commands import TINY_DATA, TINY_TRAINING, Lab

QUICK = (
    "--steps",
    "400",
    "--expansion",
    "1",
    "--k",
    "8",
    "--lr",
    "3e-3",
    "--batch",
    "64",
    "--climb",
    "2",
    "--controls",
    "0",
)


@pytest.fixture(scope="module")
def taken_apart(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A laboratory with a lazy network, its features, and experiments with them."""
    lab = Lab(tmp_path_factory.mktemp("sae"))
    for command in (
        ("run", "train", *TINY_TRAINING, "--epochs", "8", "--name", "lazy"),
        ("run", "sae", "lazy", *QUICK, "--controls", "1", "--name", "features"),
        ("run", "sae-experiments", "features", "--samples", "200", "--draws", "5", "--name", "edited"),
    ):
        done = lab.call(*command, "--json")
        assert done.code == 0, done.err
    return lab


def features_of(lab: Lab, name: str) -> SaeResult:
    found: SaeResult = recorded_result(Workspace(lab.workspace).find(name))
    return found


def edits_of(lab: Lab, name: str) -> NetworkEdits:
    """Of the first network."""
    found: SaeExperimentsResult = recorded_result(Workspace(lab.workspace).find(name))
    return found.networks[0]


def figures_of(lab: Lab, name: str) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures(Workspace(lab.workspace).find(name))}


def test_every_headline_stands_beside_its_controls(taken_apart: Lab) -> None:
    result = features_of(taken_apart, "features")
    found, table = result.controls, figures_of(taken_apart, "features")["controls"]
    assert found is not None and isinstance(table, Table)
    trained, decoder, encoder = (np.array([row[column] for row in table.rows], float) for column in (1, 2, 3))
    metrics = result.metrics
    assert trained[0] == pytest.approx(100 * (metrics["unexplained_variance"] or 0))
    assert decoder[0] == pytest.approx(100 * (metrics["frozen_decoder_unexplained_variance"] or 0))
    assert trained[0] < min(decoder[0], encoder[0]), "what is learned whole explains more"
    assert trained[4] == metrics["color_features"] and encoder[4] == metrics["frozen_encoder_color_features"]
    assert {row[-1] for row in table.rows} == {"no claim under 3 seeds"}
    own, random = np.tile(found.own_by_seed, (3, 1)), np.tile(found.frozen_decoder_by_seed, (3, 1))
    several = replace(found, own_by_seed=own, frozen_decoder_by_seed=random, frozen_encoder_by_seed=random)
    verdicts = [row[-1] for row in control_table(replace(result, controls=several)).rows]
    assert verdicts[0] == "a gap" and set(verdicts) <= {"a gap", "no gap"}


def test_most_variance_is_explained_by_a_few_features(taken_apart: Lab) -> None:
    metrics = features_of(taken_apart, "features").metrics
    assert metrics["unexplained_variance"] is not None and metrics["unexplained_variance"] < 0.1
    assert metrics["l0"] is not None and metrics["l0"] <= 8
    assert sum(metrics[f"{name}_features"] or 0 for name in CATEGORIES) == 128
    easy, kept = metrics["easy_accuracy_intact"], metrics["easy_accuracy_reconstructed"]
    assert easy is not None and kept == pytest.approx(easy, abs=0.15)


def test_curves_are_reported_while_it_trains(taken_apart: Lab) -> None:
    run = Workspace(taken_apart.workspace).find("features")
    events = run.events.read_text()
    assert events.count('"unexplained"') == 50 and '"dead_share"' in events and '"l0"' in events
    chart = figures_of(taken_apart, "features")["unexplained"]
    assert isinstance(chart, Lines) and chart.series[0].x[-1] == 400
    assert chart.series[0].y[-1] < chart.series[0].y[0] / 2


def test_what_a_feature_stands_for_is_measured_where_digit_and_color_are_apart(taken_apart: Lab) -> None:
    """Selectivity recomputed from the means by digit and color that are kept."""
    result = features_of(taken_apart, "features")
    alive = result.category != CATEGORIES.index("dead")
    for axis, selectivity in ((1, result.attribute_selectivity), (2, result.label_selectivity)):
        means = result.heat.astype(np.float64).mean(axis)[alive]
        np.testing.assert_allclose(selectivity[alive], means.max(1) / means.mean(1), rtol=1e-3, atol=1e-3)
    ratios = result.attribute_selectivity[alive]
    assert ratios.min() >= 1 and ratios.max() <= 10 + 1e-4
    assert np.isnan(result.attribute_selectivity[~alive]).all()


def test_the_effect_on_a_logit_is_what_an_edit_of_the_feature_does(
    taken_apart: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """W_d . W_head by weights, and by steering one feature one unit up in the running network."""
    from lazytui.analyses.sae.loaded_sae import load_sae

    for name, value in taken_apart.environment().items():
        monkeypatch.setenv(name, value)
    one = load_sae("features", Workspace(taken_apart.workspace), lambda data: {"hard": data.hard}, print)
    feature = 17
    before, after = one.spliced.logits("hard"), one.spliced.logits("hard", lambda f: _more(f, feature))
    expected = one.result.effect[feature]
    np.testing.assert_allclose(after - before, np.broadcast_to(expected, before.shape), atol=1e-4)


def _more(f: object, feature: int) -> object:
    edited = f.clone()  # type: ignore[attr-defined]
    edited[:, feature] += 1
    return edited


def test_a_page_shows_one_feature(taken_apart: Lab) -> None:
    from lazytui.analyses.sae.feature_page import feature_page

    result = features_of(taken_apart, "features")
    feature = int(result.exemplars.units[np.argmax(result.strength[result.exemplars.units])])
    figures_by_name = {
        figure.name.removeprefix(f"feature-{feature}-"): figure for figure in feature_page(result, feature)
    }
    assert set(figures_by_name) == {
        *("evidence", "maps", "preferred", "colors", "digits", "heat", "activations", "effect", "related")
    }
    evidence, heat, counted, profile = (figures_by_name[name] for name in ("evidence", "heat", "activations", "colors"))
    assert isinstance(evidence, Pixels) and len(evidence.images) == 16
    top, spread = ([float(c) for c in evidence.captions[half]] for half in (slice(0, 8), slice(8, 16)))
    assert top == sorted(top, reverse=True) and spread == sorted(spread) and min(spread) > 0
    assert isinstance(heat, Matrix) and heat.values.shape == (10, 10)
    assert isinstance(counted, Histogram)
    density = float(result.probe_density[feature])
    assert counted.counts.sum() == round(density * result.probe_images)
    assert isinstance(profile, Bars) and profile.values.max() > 0
    maps, preferred = figures_by_name["maps"], figures_by_name["preferred"]
    assert (
        isinstance(maps, Pixels)
        and maps.row_labels == ("active", "Grad-CAM")
        and maps.captions[:4] == maps.captions[4:]
    )
    assert maps.overlay is not None and np.abs(maps.overlay).max() == pytest.approx(1)
    assert isinstance(preferred, Pixels) and len(preferred.images) == 2


def test_experiments_stand_beside_random_features_of_the_same_mass(taken_apart: Lab) -> None:
    result = edits_of(taken_apart, "edited")
    for split in (result.easy, result.hard, result.balanced):
        mass, _whole = split.mass
        assert len(split.random_mass) == 5
        assert np.abs(split.random_mass - mass).max() <= 0.2 * mass
        low, mean, high = split.directions_low, split.directions, split.directions_high
        assert low is not None and mean is not None and high is not None
        assert 0 <= low <= mean <= high <= 1
        color_too = split.pool[1] > 0
        assert (split.random is None) == color_too, "no verdict beside sets of the same features"
        assert split.color_alone is not None and 0 <= split.color_alone <= 1
    assert result.dose.shape == (31, 3)
    assert result.dose[10, 0] == pytest.approx(result.easy.intact), "a factor of 1 is the network as it is"
    assert result.dose[0, 1] == pytest.approx(result.hard.without_color), "a factor of 0 is without"


def test_the_verdict_says_which_way_it_went(taken_apart: Lab) -> None:
    hard = edits_of(taken_apart, "edited").hard
    verdict = figures_of(taken_apart, "edited")["verdict"]
    assert isinstance(verdict, Text)
    rises = (hard.without_color or 0) > (hard.intact or 0)
    assert f"hard accuracy {'rises' if rises else 'falls'} from" in verdict.paragraphs[0]


def test_two_networks_stand_side_by_side_and_features_are_carried_over(taken_apart: Lab) -> None:
    for command in (
        ("run", "train", *TINY_TRAINING, "--epochs", "3", "--seed", "0", "--lr", "2e-3", "--name", "other"),
        ("run", "sae", "other", *QUICK, "--steps", "100", "--name", "other-features"),
        ("run", "sae-experiments", "features", "--against", "other-features", "--samples", "100", "--draws", "3"),
    ):
        done = taken_apart.call(*command, "--json")
        assert done.code == 0, done.err
    figures_by_name = figures_of(taken_apart, done.json["run"])
    injected = figures_by_name["injection"]
    assert isinstance(injected, Table) and len(injected.rows) == 10
    assert {"swap", "swap-against", "single", "single-against", "gaze", "gaze-against"} <= set(figures_by_name)
    assert done.json["metrics"]["against_easy_intact"] is not None


def test_two_seeds_of_one_layer_are_asked_whether_they_agree(taken_apart: Lab) -> None:
    for command in (
        ("run", "sae", "lazy", *QUICK, "--steps", "200", "--seed", "1", "--name", "again"),
        ("run", "sae-experiments", "features", "--against", "again", "--samples", "100", "--draws", "3"),
    ):
        done = taken_apart.call(*command, "--json")
        assert done.code == 0, done.err
    figures_by_name, metrics = figures_of(taken_apart, done.json["run"]), done.json["metrics"]
    assert "injection" not in figures_by_name, "there is no other network to carry features to"
    agreement, verdict = figures_by_name["agreement"], figures_by_name["verdict"]
    assert isinstance(agreement, Table) and isinstance(verdict, Text)
    same = [row[1] == row[3] for row in agreement.rows]
    assert 0 < metrics["same_category_by_chance"] <= 1 and 0 < metrics["partner_cosine"] <= 1
    assert metrics["same_category"] == pytest.approx(np.mean(same), abs=0.5), "the mean of both ways"
    assert any("features:" in paragraph for paragraph in verdict.paragraphs), "by their runs, as the network is one"
    assert any("again:" in paragraph for paragraph in verdict.paragraphs)


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("gap-cnn", ("--layer", "features.relu3")),
        ("small-16", ("--layer", "features.conv2", "--positions", "together")),
    ],
    ids=str,
)
def test_layers_with_a_map_are_taken_apart_too(lab: Lab, model: str, options: tuple[str, ...]) -> None:
    assert lab.call("run", "train", *TINY_TRAINING, "--model", model, "--json").code == 0
    few = ("--steps", "20", "--expansion", "0.5", "--k", "4", "--climb", "1")
    done = lab.call("run", "sae", "latest", *options, *few, "--json")
    assert done.code == 0, done.err
    maps = features_of(lab, done.json["run"]).exemplar_maps
    assert maps is not None and maps.grad_cam is not None
    assert (maps.activation is None) == ("together" in options), "a position has no activation of its own then"
    edited = lab.call("run", "sae-experiments", "latest", "--samples", "100", "--draws", "3", "--json")
    assert edited.code == 0, edited.err


def test_an_autoencoder_of_other_weights_is_refused(taken_apart: Lab, tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    shutil.copytree(taken_apart.workspace, lab.workspace)
    own, other = (Workspace(lab.workspace).find(name) for name in ("lazy", "features"))
    assert lab.call("run", "train", *TINY_TRAINING, "--seed", "5", "--name", "replaced", "--json").code == 0
    shutil.copy(Workspace(lab.workspace).find("replaced").weights, own.weights)
    refused = lab.call("run", "sae-experiments", other.id, "--samples", "100")
    assert refused.code == 3 and "was trained on another network, whose fingerprint is" in refused.last


def test_damaged_autoencoders_are_reported(taken_apart: Lab, tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    shutil.copytree(taken_apart.workspace, lab.workspace)
    Workspace(lab.workspace).find("features").autoencoder.write_bytes(b"nonsense")
    refused = lab.call("run", "sae-experiments", "features", "--samples", "100")
    assert refused.code == 3 and "autoencoder.safetensors" in refused.last


def test_when_all_features_die_it_is_explained(taken_apart: Lab) -> None:
    options = ("--variant", "l1", "--lam", "100", "--steps", "150", "--expansion", "0.1", "--lr", "0.1", "--climb", "1")
    done = taken_apart.call("run", "sae", "lazy", *options, "--name", "dead", "--json")
    assert done.code == 0, done.err
    assert done.json["metrics"]["dead_features"] == 13
    verdict = figures_of(taken_apart, "dead")["verdict"]
    assert isinstance(verdict, Text) and "a smaller --lam than 100" in verdict.paragraphs[0]
    refused = taken_apart.call("run", "sae-experiments", "dead")
    assert refused.code == 3 and refused.sentence.startswith("All features of")


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (("--expansion", "0"), 2, "--expansion: Must be more than 0."),
        (("--expansion", "0.001"), 2, "leaves no dictionary of 128 dimensions"),
        (("--expansion", "1", "--k", "129"), 2, "--k 129 is more than the 128 features"),
        (("--variant", "archetypal", "--expansion", "1", "--centroids", "127"), 2, "are fewer than the 128 features"),
        (("--k", "0"), 2, "--k: Must be at least 1."),
        (("--layer", "features.relu1", "--positions", "together", "--expansion", "200"), 2, "a smaller --expansion"),
        (("--layer", "features.relu9"), 2, "There is no layer 'features.relu9'"),
        (("--variant", "topp"), 2, "Did you mean topk"),
        (("--lam", "1"), 2, "The variant topk doesn't read lam; it takes k."),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    taken_apart: Lab, options: tuple[str, ...], code: int, sentence: str
) -> None:
    before = sorted(taken_apart.workspace.iterdir())
    done = taken_apart.call("run", "sae", "lazy", *options)
    assert done.code == code and sentence in done.sentence
    assert sorted(taken_apart.workspace.iterdir()) == before


def test_data_without_color_are_refused(lab: Lab) -> None:
    assert lab.call("run", "train", *TINY_DATA, "--dataset", "clean", "--model", "mlp", "--json").code == 0
    refused = lab.call("run", "sae", "latest")
    assert refused.code == 3 and "have no color" in refused.sentence


def test_features_are_found_by_what_they_are_and_by_what_a_person_calls_them(taken_apart: Lab) -> None:
    called = taken_apart.call("features", "label", "features", "3", "the red wall")
    assert called.code == 0, called.err
    by_label = taken_apart.call("features", "list", "features", "RED", "wall", "--json").json
    assert [row["feature"] for row in by_label] == [3] and by_label[0]["label"] == "the red wall"
    category = features_of(taken_apart, "features").category
    dead = taken_apart.call("features", "list", "features", "dead", "--json").json
    assert {row["feature"] for row in dead} == set(np.flatnonzero(category == CATEGORIES.index("dead")))
    assert "the red wall" in taken_apart.call("features", "list", "features", "wall").out
    assert "3: the red wall" in taken_apart.call("features", "show", "features", "3").out
    assert taken_apart.call("features", "label", "features", "3").code == 0
    assert taken_apart.call("features", "list", "features", "wall", "--json").json == []


@pytest.mark.parametrize(
    ("feature", "text", "words"),
    [
        ("3", "red\x1b[31m", "without control characters"),
        ("3", "two\nlines", "without control characters"),
        ("3", "x" * 81, "80 characters at most"),
        ("128", "beyond", "they go from 0 to 127"),
    ],
    ids=ascii,
)
def test_labels_that_cannot_be_are_refused(taken_apart: Lab, feature: str, text: str, words: str) -> None:
    refused = taken_apart.call("features", "label", "features", feature, text)
    assert refused.code == 2 and words in refused.sentence


def test_labels_from_elsewhere_are_data(taken_apart: Lab, tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    shutil.copytree(taken_apart.workspace, lab.workspace)
    labels = Workspace(lab.workspace).find("features").labels
    labels.write_text('{"5": "evil\\u001b[2Jlabel"}')
    assert "evillabel" in lab.call("features", "list", "features", "label").out
    labels.write_text("[1, 2")
    refused = lab.call("features", "list", "features")
    assert refused.code == 3 and "labels.json is damaged" in refused.sentence


def test_the_list_names_every_variant(lab: Lab) -> None:
    ended = lab.call("autoencoders")
    assert [row["variant"] for row in lab.call("autoencoders", "--json").json] == list(VARIANTS)
    assert all(name in ended.out for name in VARIANTS)


def test_steps_and_epochs_together_are_refused(lab: Lab) -> None:
    for steps in ("50", "12000"):  # the default, too
        refused = lab.call("run", "sae", "shipped/lazy-strokes", "--steps", steps, "--epochs", "1")
        assert refused.code == 2 and refused.sentence == "Give --steps or --epochs, not both."
