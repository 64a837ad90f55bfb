"""What each metric says and doesn't say, for a person who meets it for the first time."""

from __future__ import annotations

EXPLANATIONS = {
    "easy_accuracy": "Share of the validation images whose digit is named. They are like those of the training, held "
    "out of it. A network that reads nothing but color gets as much as color tells: 95 % at a bias of 95 %. So a high "
    "value alone says nothing about shapes.",
    "hard_accuracy": "Share of the images of the hard split whose digit is named. There the color misleads (inverted, "
    "cycled), tells nothing (random, factorial), or is gone (gray). Guessing gets 10 %; a network that follows "
    "inverted colors gets 0 %.",
    "aligned_accuracy": "Share of right answers among the probe images that wear their own digit's color, a tenth of "
    "the probe split. Digit and color agree here, so reading either one is enough.",
    "conflicting_accuracy": "Share of right answers among the probe images that wear another digit's color, nine "
    "tenths of the probe split. Only the shape tells the digit here. Guessing gets 10 %.",
    "unbiased_accuracy": "The accuracy in each of the 100 groups of one digit in one color, averaged over the groups. "
    "It is the headline of the literature: color helps in it no more than it harms. Guessing gets 10 %, and so does "
    "reading color alone.",
    "worst_group_accuracy": "The lowest accuracy among the 100 groups of one digit in one color. Groups of fewer than "
    "10 images are left out, since one image more or less would move them too far. The least of many noisy numbers is "
    "lower than the true least: compare it between networks on the same images only.",
    "color_follow_rate": "Share of the conflicting probe images that are taken for the digit that their color belongs "
    "to. A network that reads color alone gets 100 %; one that reads shapes alone, close to 0 %; guessing, 10 %.",
    "shape_bias": "Of the conflicting probe images that are taken for either what they show or what their color says, "
    "the share taken for what they show (Geirhos et al. 2019): (p = y) / (p = y or p = c), with p the prediction, y "
    "the digit and c the color's digit. Images taken for a third digit aren't counted. Undefined where neither ever "
    "happens.",
    "easy_calibration_error": "How far confidence and accuracy are apart on the easy split: the images are sorted into "
    "15 bins of equal width by the probability of the prediction, and |accuracy - mean confidence| is averaged over "
    "the bins, weighted by their sizes (expected calibration error, Guo et al. 2017). 0 % is honest.",
    "hard_calibration_error": "The same on the hard split. A network that is fooled and doesn't notice is confident "
    "and wrong: both its confidence and this error are high.",
}
"""By metric: what is counted, over how many, what chance or a color reader would get, when it is undefined."""
