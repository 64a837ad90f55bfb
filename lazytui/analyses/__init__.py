"""The analyses by name. Each module holds one; it is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from lazytui.errors import BadInput, unknown_name

if TYPE_CHECKING:
    from lazytui.analyses.core.analysis import Analysis

SUMMARIES = {
    "dataset": "Make a biased data set, view samples and measure how well its attribute predicts the class.",
    "train": "Train a network on biased data and watch whether it learns the class or a color.",
    "curves": "Overlay the curves of several trainings.",
    "evaluate": "Evaluate what a trained network reads: confusion matrices, accuracy of each group, cue conflicts.",
    "transfer": "Evaluate a network on data that it wasn't trained on: other colors, placements, noise, or no color.",
    "audit": "Find which property a network relies on, without labels of it: exchange properties between images.",
    "groups": "Infer without labels which training images contradict a shortcut, for methods that need group labels.",
    "cure": "Find the shortcut of a network, try methods against it within a budget, and audit the best network.",
    "gradcam": "Show where a network looks, whether at the object, and how its saliency maps compare with chance.",
    "ask": "Classify any picture: the prediction, its probability, and where the network looks.",
    "neurons": "Measure every neuron of a layer: its selectivity, its preferred input, and the effect of its ablation.",
    "ablate": "Ablate chosen neurons of a network, or patch in their activations from another image.",
    "probes": "Fit linear probes to every layer, for the class and for the attribute.",
    "concepts": "Test whether the logit of each class depends on concepts of classes and of the attribute (TCAV).",
    "sae": "Decompose a layer into features with a sparse autoencoder; report what each stands for and its effect.",
    "sae-experiments": "Edit the features that an autoencoder found, and measure how predictions change.",
    "sae-dial": "Scale features of one image down and up, and see the dose-response of the prediction.",
    "sae-selfcheck": "Test which kinds of sparse autoencoders recover known features of synthetic data.",
    "llc": "Estimate the complexity of a network's solution: its local learning coefficient, with its settings.",
    "side-by-side": "Compare neurons, features, complexity or audits of several networks, such as lazy and cured ones.",
    "attack": "Find the smallest change of an image that makes a network predict another class, by pool of sources.",
    "attack-image": "Attack one image, step by step: sensitivity, probabilities on the way, the smallest budget.",
    "certify": "Certify budgets within which no change alters a network's prediction, beside attacks.",
    "compare": "Rank trainings by recipe over seeds, each beside plain training for as many steps.",
    "select": "Choose among trainings without labels of the shortcut, beside the choice by the hard split.",
    "study": "Train a grid of methods, biases and seeds in parallel, and rank the results.",
    "recipe": "Reproduce what studies and papers reported, beside the reported numbers.",
    "story": "Run everything in one command: data, a network that reads color, evidence, cures, attacks, a report.",
}
"""Every analysis with the line that lists show for it."""


def analysis(kind: str) -> Analysis[Any, Any]:
    """The analysis called `kind`. Raises BadInput for one that doesn't exist (of a later version, say)."""
    if kind not in SUMMARIES:
        raise BadInput(unknown_name("analysis", kind, SUMMARIES))
    entry: Analysis[Any, Any] = import_module(f"{__name__}.{kind.replace('-', '_')}.analysis").ANALYSIS
    return entry
