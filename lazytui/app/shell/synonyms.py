"""What people call what is done on a screen or by a command, for the palette, separated by commas."""

from __future__ import annotations

_SYNONYMS = {
    # Screens, by their mode
    "home": "story, overview, start, report, red 1, the cheat",
    "dataset": "data set, bias, colors, Colored MNIST, confounder, samples, correlation",
    "train": "training, learn, debias, cure, mitigation, loss curve, JTT, group DRO, IRM, epochs, learning rate, fit",
    "evaluate": "confusion matrix, accuracy, shortcut, spurious correlation, worst group, color or shape, test, red 1, "
    "score, result, does it cheat, shortcut, spurious, cue, bias, what does it go by",
    "gradcam": "heat map, saliency, attention map, attribution, where it looks, integrated gradients, SmoothGrad, why",
    "neurons": "ablation, ablate, cut, knock out, switch off, remove neurons, units, channels, activations, lesion, "
    "local learning coefficient, LLC, complexity",
    "features": "SAE, sparse autoencoder, dictionary learning, concepts, monosemantic, steering, dial, ablate, cut",
    "attack": "adversarial, perturbation, robustness, epsilon, PGD, FGSM, FMN, DeepFool, fool, trick, mislead, noise, "
    "certificate, certified, verification, provable, guarantee, IBP, CROWN, randomized smoothing",
    "compare": "leaderboard, ranking, benchmark, seeds, significance, study, grid, sweep, reproduce, recipe, best",
    "runs": "history, experiments, delete a run, rename a run, overlay runs, log, yesterday, earlier, previous, old, "
    "kill, cancel, stop a run, resume",
    # Commands, by their name
    "Help": "what can I press, shortcuts, manual, purpose",
    "Change keys": "keyboard, key bindings, rebind, remap, keymap, hotkeys, shortcuts, vim, keys.toml, configure",
    "Explain": "definition, what does it mean, meaning, why, how is it computed, glossary, note, null",
    "Jobs": "queue, progress, kill, cancel, stop, abort, terminate, pause, resume, running, how long",
    "Log of the run": "output, error, traceback, why did it fail, crash, failed",
    "Network under study": "choose a network, model, checkpoint, weights",
    "Second network": "compare two networks, against, baseline",
    "Analysis transfer": "generalization, distribution shift, other data, out of distribution",
    "Analysis probes": "linear probe, what a layer knows",
    "Analysis concepts": "TCAV, concept activation vector, CAV",
    "Analysis side-by-side": "side by side, beside each other, all networks",
    "Draw": "canvas, paint, sketch, own digit, ask, red 1, pen width, brush, handwriting",
    "Screenshot": "picture of the screen, SVG, PNG, photo",
    "Export figures": "save, write, PDF, LaTeX, CSV, HTML, paper, width of a figure, download, copy a figure",
    "Theme": "colors, dark, light, appearance",
    "Quit": "exit, leave, close, end",
}


def synonyms_of(name: str) -> tuple[str, ...]:
    """Of the screen of a mode, or of a command; none where there are none."""
    return tuple(filter(None, _SYNONYMS.get(name, "").split(", ")))
