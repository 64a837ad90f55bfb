"""Every architecture by name: where it comes from, how large it is, and which of its layers can be looked at.

Nothing here imports torch; a builder is imported when a model is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from lazytui.errors import UsageError, unknown_name

DEFAULT_MODEL = "gap-cnn"

FINE_MAP = 7
"""Height and width below which a map can't show whether a network looks at the digit: at 3 x 3 even a perfect looker
scores below a prior for the image's center."""


@dataclass(frozen=True)
class Layer:
    """A module whose output is an activation after its ReLU.

    name: its dotted path in the model ("features.relu3"); "features" is the penultimate activation, the head's input.
    shape: of one image's activation: (channels, height, width), or (units,).
    """

    name: str
    shape: tuple[int, ...]

    @property
    def channels(self) -> int:
        return self.shape[0]

    @property
    def spatial(self) -> bool:
        """Whether it has a map to look at."""
        return len(self.shape) == 3 and self.shape[1] * self.shape[2] > 1


@dataclass(frozen=True)
class ModelEntry:
    """One architecture.

    origin: the study it is from (A to E).
    builder: "module:function"; the function takes nothing and returns a `Classifier` with fresh weights.
    layers: from the input to the head; the last is "features".
    parameters: how many weights are trained.
    """

    name: str
    summary: str
    origin: str
    builder: str
    layers: tuple[Layer, ...]
    parameters: int

    @property
    def saliency_layer(self) -> Layer | None:
        """The default layer for heat maps: the last whose map is 7 x 7 or finer; None where there is no map."""
        fine = [layer for layer in self.layers if layer.spatial and min(layer.shape[1:]) >= FINE_MAP]
        return fine[-1] if fine else None


def model_entry(name: str) -> ModelEntry:
    """The catalog's entry. UsageError, with the nearest names, where there is none."""
    if name not in CATALOG:
        raise UsageError(unknown_name("model", name, CATALOG))
    return CATALOG[name]


_ENTRIES = (
    ModelEntry(
        name="mlp",
        summary="two hidden layers and no convolution",
        origin="E",
        builder="lazytui.models.architectures.perceptrons:mlp",
        layers=(Layer("features.relu1", (128,)), Layer("features", (64,))),
        parameters=310_090,
    ),
    ModelEntry(
        name="lazy-cnn",
        summary="one convolution averaged to 2 x 2, one hidden layer",
        origin="A",
        builder="lazytui.models.architectures.flat_cnns:lazy_cnn",
        layers=(Layer("features.relu1", (16, 28, 28)), Layer("features", (64,))),
        parameters=5_258,
    ),
    ModelEntry(
        name="lazy-gap",
        summary="one convolution and a global average: little but color to go by",
        origin="E",
        builder="lazytui.models.architectures.gap_cnns:lazy_gap",
        layers=(Layer("features.relu1", (16, 28, 28)), Layer("features", (16,))),
        parameters=618,
    ),
    ModelEntry(
        name="gap-cnn",
        summary="three convolutions, pooled, and a global average (the default)",
        origin="E",
        builder="lazytui.models.architectures.gap_cnns:gap_cnn",
        layers=(
            Layer("features.relu1", (32, 28, 28)),
            Layer("features.relu2", (64, 14, 14)),
            Layer("features.relu3", (128, 7, 7)),
            Layer("features", (128,)),
        ),
        parameters=94_538,
    ),
    ModelEntry(
        name="gap-groupnorm",
        summary="three convolutions with GroupNorm, sixteen pooled neurons",
        origin="C",
        builder="lazytui.models.architectures.gap_cnns:gap_groupnorm",
        layers=(
            Layer("features.relu1", (32, 28, 28)),
            Layer("features.relu2", (32, 28, 28)),
            Layer("features.relu3", (16, 28, 28)),
            Layer("features", (16,)),
        ),
        parameters=15_098,
    ),
    ModelEntry(
        name="cnn3",
        summary="three convolutions, flattened, one hidden layer",
        origin="D",
        builder="lazytui.models.architectures.flat_cnns:cnn3",
        layers=(
            Layer("features.relu1", (32, 28, 28)),
            Layer("features.relu2", (64, 14, 14)),
            Layer("features.relu3", (64, 7, 7)),
            Layer("features", (128,)),
        ),
        parameters=131_466,
    ),
    ModelEntry(
        name="cnn3-flatten",
        summary="gap-cnn's convolutions with a flattening head and dropout",
        origin="E",
        builder="lazytui.models.architectures.flat_cnns:cnn3_flatten",
        layers=(
            Layer("features.relu1", (32, 28, 28)),
            Layer("features.relu2", (64, 14, 14)),
            Layer("features.relu3", (128, 7, 7)),
            Layer("features", (128,)),
        ),
        parameters=242_122,
    ),
    ModelEntry(
        name="cnn-1x1",
        summary="three 1 x 1 convolutions: cannot see shape at all",
        origin="E",
        builder="lazytui.models.architectures.gap_cnns:cnn_1x1",
        layers=(
            Layer("features.relu1", (32, 28, 28)),
            Layer("features.relu2", (64, 28, 28)),
            Layer("features.relu3", (128, 28, 28)),
            Layer("features", (128,)),
        ),
        parameters=12_074,
    ),
    ModelEntry(
        name="torch-mnist",
        summary="the network of PyTorch's MNIST example, with color",
        origin="B",
        builder="lazytui.models.architectures.flat_cnns:torch_mnist",
        layers=(
            Layer("features.relu1", (32, 26, 26)),
            Layer("features.relu2", (64, 24, 24)),
            Layer("features", (128,)),
        ),
        parameters=1_200_458,
    ),
    ModelEntry(
        name="small-24",
        summary="two convolutions, the first 5 x 5 with stride 2",
        origin="B",
        builder="lazytui.models.architectures.small_cnns:small_24",
        layers=(
            Layer("features.relu1", (24, 12, 12)),
            Layer("features.relu2", (48, 10, 10)),
            Layer("features", (4800,)),
        ),
        parameters=60_250,
    ),
    ModelEntry(
        name="small-16",
        summary="two convolutions, the first 7 x 7 with stride 2 and pooled",
        origin="B",
        builder="lazytui.models.architectures.small_cnns:small_16",
        layers=(
            Layer("features.relu1", (16, 11, 11)),
            Layer("features.relu2", (24, 5, 5)),
            Layer("features", (24,)),
        ),
        parameters=6_098,
    ),
    ModelEntry(
        name="shape-cnn",
        summary="five convolutions with gradual pooling",
        origin="A",
        builder="lazytui.models.architectures.gap_cnns:shape_cnn",
        layers=(
            Layer("features.relu1", (32, 28, 28)),
            Layer("features.relu2", (64, 28, 28)),
            Layer("features.relu3", (64, 14, 14)),
            Layer("features.relu4", (128, 14, 14)),
            Layer("features.relu5", (128, 7, 7)),
            Layer("features", (128,)),
        ),
        parameters=279_050,
    ),
    ModelEntry(
        name="resnet18",
        summary="torchvision's ResNet-18, its beginning fitted to 28 x 28",
        origin="E",
        builder="lazytui.models.architectures.resnets:resnet18",
        layers=(
            Layer("features.relu1", (64, 28, 28)),
            Layer("features.layer1", (64, 28, 28)),
            Layer("features.layer2", (128, 14, 14)),
            Layer("features.layer3", (256, 7, 7)),
            Layer("features.layer4", (512, 4, 4)),
            Layer("features", (512,)),
        ),
        parameters=11_173_962,
    ),
    ModelEntry(
        name="resnet18-1x1",
        summary="resnet18 with every convolution 1 x 1",
        origin="E",
        builder="lazytui.models.architectures.resnets:resnet18_1x1",
        layers=(
            Layer("features.relu1", (64, 28, 28)),
            Layer("features.layer1", (64, 28, 28)),
            Layer("features.layer2", (128, 14, 14)),
            Layer("features.layer3", (256, 7, 7)),
            Layer("features.layer4", (512, 4, 4)),
            Layer("features", (512,)),
        ),
        parameters=1_407_562,
    ),
    ModelEntry(
        name="resnet-early-gap",
        summary="resnet18 averaged over space right after its first convolution",
        origin="E",
        builder="lazytui.models.architectures.resnets:resnet_early_gap",
        layers=(
            Layer("features.relu1", (64, 28, 28)),
            Layer("features.layer1", (64, 1, 1)),
            Layer("features.layer2", (128, 1, 1)),
            Layer("features.layer3", (256, 1, 1)),
            Layer("features.layer4", (512, 1, 1)),
            Layer("features", (512,)),
        ),
        parameters=1_409_098,
    ),
    ModelEntry(
        name="color-balance",
        summary="a learned mix of the color channels and channel dropout before small-16",
        origin="B",
        builder="lazytui.models.architectures.color_balance:color_balance",
        layers=(
            Layer("features.relu1", (16, 11, 11)),
            Layer("features.relu2", (24, 5, 5)),
            Layer("features", (24,)),
        ),
        parameters=6_107,
    ),
    ModelEntry(
        name="gauss-pool",
        summary="a placebo: a fixed blur before cnn3, which keeps color",
        origin="D",
        builder="lazytui.models.architectures.gauss_pool:gauss_pool",
        layers=(
            Layer("features.relu1", (32, 28, 28)),
            Layer("features.relu2", (64, 14, 14)),
            Layer("features.relu3", (64, 7, 7)),
            Layer("features", (128,)),
        ),
        parameters=131_466,
    ),
)

CATALOG = MappingProxyType({entry.name: entry for entry in _ENTRIES})
"""All architectures that can be named, in the order in which they are listed."""
