"""Convolutional networks that average over space before a linear head: where something is, they forget."""

from __future__ import annotations

from torch import nn

from lazytui.models.architectures.classifier import Classifier


def lazy_gap() -> Classifier:
    """One convolution, averaged over space (study E).

    Padding 1 and the ReLU are our reading; without a ReLU the network would be linear.
    """
    return Classifier(
        conv1=nn.Conv2d(3, 16, 3, padding=1),
        relu1=nn.ReLU(),
        gap=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        head=nn.Linear(16, 10),
    )


def gap_cnn() -> Classifier:
    """Three convolutions of 32, 64 and 128 channels (study E), the product's default.

    The last map is 7 x 7 at `relu3`, 3 x 3 after `pool3`: look at it before that pool.
    """
    return Classifier(
        conv1=nn.Conv2d(3, 32, 3, padding=1),
        relu1=nn.ReLU(),
        pool1=nn.MaxPool2d(2),
        conv2=nn.Conv2d(32, 64, 3, padding=1),
        relu2=nn.ReLU(),
        pool2=nn.MaxPool2d(2),
        conv3=nn.Conv2d(64, 128, 3, padding=1),
        relu3=nn.ReLU(),
        pool3=nn.MaxPool2d(2),
        gap=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        head=nn.Linear(128, 10),
    )


def gap_groupnorm() -> Classifier:
    """Three convolutions with GroupNorm, ending in 16 channels whose averages are the 16 neurons of study C.

    The study gives the last width only. Ours are 32, 32, 16 in groups of four channels, all at full resolution,
    since its one MaxPool comes after the third.
    """
    return Classifier(
        conv1=nn.Conv2d(3, 32, 3, padding=1),
        norm1=nn.GroupNorm(8, 32),
        relu1=nn.ReLU(),
        conv2=nn.Conv2d(32, 32, 3, padding=1),
        norm2=nn.GroupNorm(8, 32),
        relu2=nn.ReLU(),
        conv3=nn.Conv2d(32, 16, 3, padding=1),
        norm3=nn.GroupNorm(4, 16),
        relu3=nn.ReLU(),
        pool3=nn.MaxPool2d(2),
        gap=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        head=nn.Linear(16, 10),
    )


def cnn_1x1() -> Classifier:
    """Three 1 x 1 convolutions with BatchNorm (study E): a histogram of pixel colors, which cannot see shape at all.

    Widths are gap-cnn's. There is no pooling but the average, so any permutation of the pixels gives the same logits.
    """
    return Classifier(
        conv1=nn.Conv2d(3, 32, 1, bias=False),
        norm1=nn.BatchNorm2d(32),
        relu1=nn.ReLU(),
        conv2=nn.Conv2d(32, 64, 1, bias=False),
        norm2=nn.BatchNorm2d(64),
        relu2=nn.ReLU(),
        conv3=nn.Conv2d(64, 128, 1, bias=False),
        norm3=nn.BatchNorm2d(128),
        relu3=nn.ReLU(),
        gap=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        head=nn.Linear(128, 10),
    )


def shape_cnn() -> Classifier:
    """Five convolutions that pool gradually (study A): 3-32-64, pool, 64-128, pool, 128, average.

    Read as output widths 32, 64 | 64, 128 | 128, all 3 x 3 with padding 1.
    """
    return Classifier(
        conv1=nn.Conv2d(3, 32, 3, padding=1),
        relu1=nn.ReLU(),
        conv2=nn.Conv2d(32, 64, 3, padding=1),
        relu2=nn.ReLU(),
        pool2=nn.MaxPool2d(2),
        conv3=nn.Conv2d(64, 64, 3, padding=1),
        relu3=nn.ReLU(),
        conv4=nn.Conv2d(64, 128, 3, padding=1),
        relu4=nn.ReLU(),
        pool4=nn.MaxPool2d(2),
        conv5=nn.Conv2d(128, 128, 3, padding=1),
        relu5=nn.ReLU(),
        gap=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        head=nn.Linear(128, 10),
    )
