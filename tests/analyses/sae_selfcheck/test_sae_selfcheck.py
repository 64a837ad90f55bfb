"""The self-check of autoencoders on a smaller instance, and what a broken dictionary looks like."""

from __future__ import annotations

import pytest
import torch

from lazytui.analyses.core.execute import figures
from lazytui.figures.kinds import Table, Text
from lazytui.runs.workspace import Workspace
from lazytui.sae.toy_superposition import mean_correlation, random_dictionary, toy_superposition
from tests.commands import Lab

SMALLER = (
    "--features",
    "48",
    "--active",
    "2",
    "--samples",
    "5000",
    "--batch",
    "128",
    "--lr",
    "5e-3",
    "--steps",
    "1000",
)


def test_known_features_are_found_and_random_ones_are_not(lab: Lab) -> None:
    done = lab.call("run", "sae-selfcheck", "--variants", "topk,l1", *SMALLER, "--json")
    assert done.code == 0, done.err
    metrics = done.json["metrics"]
    assert metrics["topk_mcc"] >= 0.95 and metrics["l1_mcc"] >= 0.95
    assert metrics["random_mcc"] < metrics["random_mcc_largest"] <= 0.5
    verdict, table = figures(Workspace(lab.workspace).find(done.json["run"]))[:2]
    assert (
        isinstance(verdict, Text) and "topk, l1" in verdict.paragraphs[0] and "isn't quality" in verdict.paragraphs[1]
    )
    assert isinstance(table, Table) and [row[0] for row in table.rows].count("l1") == 3


def test_an_untrained_dictionary_is_distinguished_from_one_that_found_the_features(lab: Lab) -> None:
    done = lab.call("run", "sae-selfcheck", "--variants", "topk", *SMALLER[:-1], "2", "--json")
    assert done.json["metrics"]["topk_mcc"] < 0.9
    verdict = figures(Workspace(lab.workspace).find(done.json["run"]))[0]
    assert isinstance(verdict, Text) and "Not found: topk" in verdict.paragraphs[0]


def test_correlation_is_matched_one_to_one_and_blind_to_order_and_sign() -> None:
    random = torch.Generator().manual_seed(0)
    truth = toy_superposition(64, 32, 3, 500, random)
    order = torch.randperm(64, generator=random)
    assert mean_correlation(truth.directions, -truth.directions[order]) == pytest.approx(1, abs=1e-6)
    assert mean_correlation(truth.directions, truth.directions[:1].expand(64, 32)) < 0.3, "one direction counts once"
    assert mean_correlation(truth.directions, random_dictionary(64, 32, random)) <= 0.5


@pytest.mark.parametrize(
    ("options", "words"),
    [(("--variants", "topk,l2"), "no variant 'l2'"), (("--active", "64"), "aren't sparse")],
)
def test_what_cannot_be_checked_is_refused(lab: Lab, options: tuple[str, ...], words: str) -> None:
    refused = lab.call("run", "sae-selfcheck", *options)
    assert refused.code == 2 and words in refused.sentence
    assert not lab.workspace.exists()
