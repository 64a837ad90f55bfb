"""What people call what is done on a screen, for the palette: by mode, separated by commas."""

from __future__ import annotations

_SYNONYMS = {
    "home": "story, overview, start, report",
    "dataset": "data set, bias, colors, Colored MNIST, confounder, samples",
    "train": "training, learn, debias, cure, mitigation, loss curve, JTT, group DRO, IRM",
    "evaluate": "confusion matrix, accuracy, shortcut, spurious correlation, worst group, color or shape, test",
    "gradcam": "heat map, saliency, attention map, attribution, where it looks, integrated gradients, SmoothGrad",
    "neurons": "ablation, units, channels, activations, lesion, local learning coefficient, LLC, complexity",
    "features": "SAE, sparse autoencoder, dictionary learning, concepts, monosemantic, steering, dial",
    "attack": "adversarial, perturbation, robustness, epsilon, PGD, FGSM, FMN, DeepFool",
    "compare": "leaderboard, ranking, benchmark, seeds, significance, study, grid, sweep, reproduce, recipe",
    "runs": "history, experiments, delete a run, rename a run, overlay runs, log",
}


def synonyms_of(mode: str) -> tuple[str, ...]:
    """Of the screen of a mode; none where there are none."""
    return tuple(filter(None, _SYNONYMS.get(mode, "").split(", ")))
