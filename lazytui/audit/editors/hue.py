"""The mean chroma: hue and saturation, with the luminance of every pixel kept."""

from __future__ import annotations

from lazytui.audit.editors.base import CueEditor
from lazytui.audit.editors.color_spaces import chroma, from_chroma
from lazytui.audit.scene import Image, Scene

_GRAY = 0.004
"""A mean chroma below this, 1 of 255, is no color that could be turned into another."""


def _edit(host: Scene, donor: Scene) -> Image:
    own, other = chroma(host.image), chroma(donor.image).mean()
    mean = own.mean()
    turned = own * (other / mean) if abs(mean) > _GRAY else own + (other - mean)
    return from_chroma(host.luminance, turned)


ENTRIES = (CueEditor("hue", "the hue", 2, _edit),)
