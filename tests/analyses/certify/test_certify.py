"""Certificates by the real command: bounds beside attacks on a small network, smoothing on any, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lazytui.analyses.certify.figures import figures
from lazytui.analyses.certify.params import CertifyParams
from lazytui.analyses.certify.result import CertifyResult, read, write
from lazytui.analyses.core.execute import recorded_result
from lazytui.figures.kinds import Lines, Table, Text
from lazytui.runs.results.result_contents import Damaged
from lazytui.runs.workspace import Workspace
from tests.analyses.neurons.any_images import TRAINING, save_patterns
from tests.commands import TINY_TRAINING, Lab

PARAMS = CertifyParams(run="latest")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = Lab(tmp_path_factory.mktemp("certify"))
    for name, model in (("mlp", "mlp"), ("norm", "gap-groupnorm")):
        options = (*TINY_TRAINING, "--model", model, "--epochs", "1", "--name", name, "--quiet")
        assert lab.call("run", "train", *options).code == 0
    return lab


@pytest.fixture(scope="module")
def found(trained: Lab) -> CertifyResult:
    """Of the network of vectors, with two attacks and few draws."""
    options = ("--images", "6", "--attacks", "pgd,mi-fgsm", "--draws", "50", "--radius", ".1", "--json")
    ended = trained.call("run", "certify", "mlp", *options)
    assert ended.code == 0, ended.err
    result = recorded_result(Workspace(trained.workspace).find(ended.json["run"]))
    assert isinstance(result, CertifyResult) and ended.json["metrics"] == result.metrics
    return result


def test_no_attack_gets_beyond_a_certificate(found: CertifyResult) -> None:
    ibp, crown = found.radii
    assert found.bounds == ("ibp", "crown") and len(found.labels) == 18 and found.contradictions == 0
    assert (crown >= ibp).all() and crown.mean() > 1.2 * ibp.mean() > 0
    assert (found.best_radius < found.budgets).all() and np.isfinite(found.budgets).any()
    assert (found.lower <= found.attacked[:, None] + 1e-3).all() and (
        found.attacked[:, None] <= found.upper + 1e-3
    ).all()
    assert (found.lower.max(0) <= found.clean).all() and (found.attacked <= found.clean + 1e-3).all()
    held = crown >= found.epsilon * (1 - 1e-6)
    assert held.any() and (found.attacked[:, held] > 0).all(), "what is certified within epsilon keeps its answer there"


def test_rates_are_of_all_images_and_the_truth_lies_between_them(found: CertifyResult) -> None:
    for number, pool in enumerate(("aligned", "neutral", "target-colored")):
        rates, chosen = found.rates(number), found.of_pool(number)
        assert rates["clean_accuracy"] == np.mean(found.predicted[chosen] == found.labels[chosen])
        assert rates["ibp_accuracy"] <= rates["crown_accuracy"] <= rates["attacked_accuracy"] <= rates["clean_accuracy"]
        assert found.metrics[f"{pool.replace('-', '_')}_crown_accuracy"] == rates["crown_accuracy"]
    assert not (found.labels[found.of_pool(2)] == 3).any(), "a 3 in the color of 3 is aligned"
    assert found.rates(2)["clean_accuracy"] < found.rates(0)["clean_accuracy"] and found.rates(2)["certified_wrong"] > 0


def test_figures_have_a_row_an_image_and_curves_over_budgets(found: CertifyResult) -> None:
    by_name = {figure.name: figure for figure in figures(PARAMS, found)}
    verdict, images, margins = by_name["verdict"], by_name["images"], by_name["margins"]
    assert (
        isinstance(verdict, Text)
        and "No attack succeeded within a certified budget on any of 18 images." in verdict.paragraphs
    )
    assert isinstance(images, Table) and isinstance(margins, Table) and len(images.rows) == len(margins.rows) == 18
    columns = [column.name for column in images.columns]
    assert columns[4:] == ["IBP", "CROWN", "true", "pgd", "mi-fgsm", "smoothed", "radius"]
    for pool in found.pools:
        curves = by_name[f"accuracy-{pool}"]
        assert isinstance(curves, Lines)
        attacked, ibp, crown = (series.y for series in curves.series)
        assert (ibp <= crown).all() and (crown <= attacked).all() and attacked[0] == curves.references[0].value
    broken, certified = replace(found, budgets=np.zeros_like(found.budgets)), int((found.best_radius > 0).sum())
    assert f"CONTRADICTION: on {certified} of 18 images" in figures(PARAMS, broken)[0].paragraphs[-1]  # type: ignore[attr-defined]


def test_smoothing_takes_any_network_and_bounds_name_the_layer(trained: Lab) -> None:
    refused = trained.call("run", "certify", "norm", "--images", "1", "--quiet")
    assert refused.code == 3 and refused.sentence.startswith(
        "features.norm1 (GroupNorm) isn't supported by IBP and CROWN"
    )
    options = ("--certificates", "smoothing", "--attacks", "fgsm", "--images", "2", "--draws", "20")
    assert trained.call("run", "certify", "norm", *options, "--pool", "neutral", "--quiet").code == 0
    found = recorded_result(Workspace(trained.workspace).find("latest"))
    assert isinstance(found, CertifyResult) and found.bounds == () and found.smoothed_radii is not None
    assert (found.smoothed_radii < 2.47 * 0.25).all() and len(found.labels) == 2
    names = [figure.name for figure in figures(PARAMS, found)]
    assert names == ["verdict", "accuracy-neutral", "smoothed", "pools", "images", "pictures"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--attacks", "ddn"), "can't be compared with certificates"),
        (("--certificates", "crwn"), "crown"),
        (("--epsilon", ".3"), "is more than --largest"),
        (("--target-class", "eleven"), "eleven"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_sentence(options: tuple[str, ...], words: str, trained: Lab) -> None:
    refused = trained.call("run", "certify", "mlp", *options)
    assert refused.code == 2 and words in refused.sentence


def test_images_without_an_attribute_are_one_pool_and_with_one_only_those_that_there_are(tmp_path: Path) -> None:
    lab, options = Lab(tmp_path), ("--images", "3", "--draws", "20", "--epsilon", ".02", "--quiet")
    for name, pools in (("plain", ("neutral",)), ("grounds", ("aligned", "neutral", "target-colored"))):
        archive = save_patterns(tmp_path / f"{name}.npz", grounds=name == "grounds")
        assert lab.call("run", "train", "--source", f"npz:{archive}", *TRAINING, "--name", name, "--quiet").code == 0
        ended = lab.call("run", "certify", name, *options)
        assert ended.code == 0, ended.err
        found = recorded_result(Workspace(lab.workspace).find("latest"))
        assert isinstance(found, CertifyResult) and found.pools == pools and found.contradictions == 0
        assert found.radii.max() > 0 and len(found.content.classes) == 3
    refused = lab.call("run", "certify", "plain", "--pool", "aligned")
    assert refused.code == 2 and "no pool aligned: use neutral" in refused.sentence


def test_a_damaged_result_is_refused(found: CertifyResult) -> None:
    saved = write(found)
    assert read(PARAMS, saved).metrics == found.metrics
    for name, array in (("radii", -found.radii), ("pool", 0 * found.pool), ("clean", -found.clean - 1)):
        with pytest.raises(Damaged):
            read(PARAMS, replace(saved, arrays={**saved.arrays, name: array}))
    with pytest.raises(Damaged, match="metrics"):
        read(PARAMS, replace(saved, metrics={**saved.metrics, "aligned_crown_accuracy": 1.5}))
    with pytest.raises(Damaged):
        read(PARAMS, replace(saved, facts={**saved.facts, "attacks": ["ddn", "pgd"]}))
