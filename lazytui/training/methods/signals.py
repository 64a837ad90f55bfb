"""What methods tell of themselves while they train, by name: what each signal is, with its scale and its null."""

from __future__ import annotations

SIGNALS = {
    "adversary_accuracy": "Share of the step's images whose color the adversary guesses from the features as it "
    "learns on them: 0.1 by chance; at a bias of 0.95, 0.95 for whoever reads the digit alone.",
    "alpha": "What the adversary's gradient is turned around by: the features unlearn color that much.",
    "background_saliency": "Mean absolute gradient of the loss to a value of the background: 0 where it can't matter.",
    "channel_difference": "Mean over pixels of how much the loss's gradients to red, green and blue differ: 0 for a "
    "network that sees gray.",
    "conflicting_weight": "Share of all weight (of draws, or of the loss) that conflicting samples have: at a bias "
    "of 0.95 they are 0.05 of the data.",
    "disagreement": "Symmetric Kullback-Leibler divergence of the predictions for an image and for it in other "
    "colors, in nats: 0 where they agree.",
    "edge_distance": "Mean squared distance of the last map from the image's edges.",
    "feature_distance": "Sum over pairs of channels of the squared distance of the unit features that each gives: "
    "0 where all give the same, at most 9.",
    "invariance_penalty": "How differently the environments fare, before its weight: near 0 where all fare alike, "
    "with irm maybe a little below. A moving average over about 50 steps.",
    "largest_group_weight": "The largest weight that one of the 100 digit x color groups has: 0.01 if all are alike.",
    "penalty_weight": "The weight of the penalty, which rises over the first half.",
}
