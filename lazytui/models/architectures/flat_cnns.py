"""Convolutional networks that flatten their last map: they know where something is."""

from __future__ import annotations

from torch import nn

from lazytui.models.architectures.classifier import Classifier


def lazy_cnn() -> Classifier:
    """One convolution, averaged to 2 x 2, then 64-64-10 (study A). Padding 1 is our reading."""
    return Classifier(
        conv1=nn.Conv2d(3, 16, 3, padding=1),
        relu1=nn.ReLU(),
        pool1=nn.AdaptiveAvgPool2d(2),
        flatten=nn.Flatten(),
        fc1=nn.Linear(64, 64),
        relu2=nn.ReLU(),
        head=nn.Linear(64, 10),
    )


def cnn3() -> Classifier:
    """Convolutions of 32, 64 and 64 channels, then 576-128-10 with dropout .02 before the head (study D)."""
    return Classifier(
        conv1=nn.Conv2d(3, 32, 3, padding=1),
        relu1=nn.ReLU(),
        pool1=nn.MaxPool2d(2),
        conv2=nn.Conv2d(32, 64, 3, padding=1),
        relu2=nn.ReLU(),
        pool2=nn.MaxPool2d(2),
        conv3=nn.Conv2d(64, 64, 3, padding=1),
        relu3=nn.ReLU(),
        pool3=nn.MaxPool2d(2),
        flatten=nn.Flatten(),
        fc1=nn.Linear(64 * 3 * 3, 128),
        relu4=nn.ReLU(),
        dropout=nn.Dropout(0.02),
        head=nn.Linear(128, 10),
    )


def cnn3_flatten() -> Classifier:
    """gap-cnn's convolutions, flattened, then 1152-128-10 (study E). The 128 and dropout .5 are our reading."""
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
        flatten=nn.Flatten(),
        fc1=nn.Linear(128 * 3 * 3, 128),
        relu4=nn.ReLU(),
        dropout=nn.Dropout(0.5),
        head=nn.Linear(128, 10),
    )


def torch_mnist() -> Classifier:
    """The network of PyTorch's MNIST example with three input channels (study B): 9216-128-10, dropout .25 and .5."""
    return Classifier(
        conv1=nn.Conv2d(3, 32, 3),
        relu1=nn.ReLU(),
        conv2=nn.Conv2d(32, 64, 3),
        relu2=nn.ReLU(),
        pool2=nn.MaxPool2d(2),
        dropout1=nn.Dropout(0.25),
        flatten=nn.Flatten(),
        fc1=nn.Linear(64 * 12 * 12, 128),
        relu3=nn.ReLU(),
        dropout2=nn.Dropout(0.5),
        head=nn.Linear(128, 10),
    )
