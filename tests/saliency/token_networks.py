"""Small networks without maps in the usual place: a vision transformer, Swin (channels last), and an MLP-mixer."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lazytui.models.shapes import NetworkShape, mark_shape


class MixerBlock(nn.Module):
    """Tolstikhin et al. 2021, eq. 1: a perceptron over tokens, then one over channels."""

    def __init__(self, tokens: int, channels: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.over_tokens = nn.Sequential(nn.Linear(tokens, 2 * tokens), nn.GELU(), nn.Linear(2 * tokens, tokens))
        self.over_channels = nn.Sequential(nn.Linear(channels, 24), nn.GELU(), nn.Linear(24, channels))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.over_tokens(self.norm1(x).transpose(1, 2)).transpose(1, 2)
        mixed: Tensor = x + self.over_channels(self.norm2(x))
        return mixed


class Mixer(nn.Module):
    """4 x 4 patches of 7 x 7 pixels, and no token beside theirs."""

    def __init__(self, channels: int = 20, classes: int = 10) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, channels, 7, 7)
        self.blocks = nn.Sequential(MixerBlock(16, channels), MixerBlock(16, channels))
        self.norm, self.head = nn.LayerNorm(channels), nn.Linear(channels, classes)

    def forward(self, images: Tensor) -> Tensor:
        tokens = self.blocks(self.patches(images).flatten(2).transpose(1, 2))
        logits: Tensor = self.head(self.norm(tokens).mean(1))
        return logits


def vision_transformer(classes: int = 10, image_size: int = 28, patch: int = 7) -> nn.Module:
    """Two blocks of two heads; the head isn't zero, as torchvision's is at first."""
    from torchvision.models.vision_transformer import VisionTransformer

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model = VisionTransformer(image_size, patch, 2, 2, 16, 32, num_classes=classes)
        nn.init.normal_(model.get_submodule("heads.head").weight)  # type: ignore[arg-type]
    return _marked(model, image_size, classes)


def swin(classes: int = 10) -> nn.Module:
    """Maps of 7 x 7 and 4 x 4, in windows of 4 x 4 positions, channels last."""
    from torchvision.models.swin_transformer import SwinTransformer

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model = SwinTransformer([4, 4], 16, [2, 2], [2, 2], [4, 4], num_classes=classes)
    return _marked(model, 28, classes)


def mixer(classes: int = 10) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        return _marked(Mixer(classes=classes), 28, classes)


def _marked(model: nn.Module, side: int, classes: int) -> nn.Module:
    return mark_shape(model.eval(), NetworkShape(side, side, classes))
