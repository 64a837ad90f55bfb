"""The analyses by name. Each module holds one; it is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from lazytui.errors import BadInput, unknown_name

if TYPE_CHECKING:
    from lazytui.analyses.core.analysis import Analysis

SUMMARIES = {
    "dataset": "Make a biased data set, view samples and measure how well its attribute predicts the class.",
    "train": "Train a network on it and watch whether it learns the class or its attribute, such as a color.",
    "curves": "Lay the curves of several trainings over each other.",
    "evaluate": "Catch a trained network in the act: confusion matrices, accuracy of each group, the red 1.",
    "transfer": "Show a network data that it wasn't trained on: other colors, other places, noise, or no color.",
    "audit": "Find which property a network relies on, without labels of it: exchange properties between images.",
    "groups": "Infer without labels which training images contradict a shortcut, for methods that need group labels.",
    "cure": "Find the shortcut of a network, try methods against it within a budget, and audit the best network.",
    "gradcam": "See where a network looks, whether that is the object, and what its heat maps are worth.",
    "ask": "Show a network any picture: what it says, how sure it is, and where it looks.",
    "neurons": "Ask every neuron of a layer: traitor or hero, what it prefers, and what happens without it.",
    "ablate": "Ablate chosen neurons of a network, or patch in their activations from another image.",
    "probes": "Fit linear probes to every layer, for the class and for the attribute.",
    "concepts": "Ask whether the score of each class rises with its own images, or with its attribute, at a layer.",
    "sae": "Decompose a layer into features with a sparse autoencoder; report what each stands for and its effect.",
    "sae-experiments": "Edit the features that an autoencoder found, and measure what the network says then.",
    "sae-dial": "Turn features of one image down and up, and see what the network says along the turn.",
    "sae-selfcheck": "Find out which kinds of sparse autoencoder find features that are known.",
    "llc": "Estimate how complex a solution the network found: its local learning coefficient, with its settings.",
    "side-by-side": "Set neurons, features, complexity or the audit of one network beside another's: lazy and cured.",
    "attack": "Find the smallest change of an image that makes a network see another class, by pool of sources.",
    "attack-image": "Attack one image, step by step: sensitivity, probabilities on the way, the smallest budget.",
    "certify": "Prove within which budget nothing changes a network's answer, beside the attacks that change it.",
    "compare": "Rank trainings by recipe over seeds, each beside plain training for as many steps.",
    "select": "Choose among trainings without labels of the shortcut, beside what the hard split would choose.",
    "study": "Train a grid of methods, biases and seeds side by side, and rank what comes of it.",
    "recipe": "Do again what studies reported, and set reported beside measured.",
    "story": "The main job in one command: canvas, cheat, evidence; ends in a report.",
}
"""Every analysis with the line that lists show for it."""


def analysis(kind: str) -> Analysis[Any, Any]:
    """The analysis called `kind`. Raises BadInput for one that doesn't exist (of a later version, say)."""
    if kind not in SUMMARIES:
        raise BadInput(unknown_name("analysis", kind, SUMMARIES))
    found: Analysis[Any, Any] = import_module(f"{__name__}.{kind.replace('-', '_')}.analysis").ANALYSIS
    return found
