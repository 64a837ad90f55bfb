"""The cues that can be planted in any source, in the order of lists: a file each, and a line here.

Color is the cue of white shapes on black (lazytui.data.painting), scene that of cut-outs (lazytui.data.scenes).
"""
# ruff: noqa: F401, I001 - these imports are the list

from __future__ import annotations

from lazytui.catalog_fields import summaries
from lazytui.data.cues.base import Cue
from lazytui.data.cues.ground import ENTRY as _ground
from lazytui.data.cues.hue import ENTRY as _hue
from lazytui.data.cues.texture import ENTRY as _texture
from lazytui.data.cues.brightness import ENTRY as _brightness
from lazytui.data.cues.blur import ENTRY as _blur
from lazytui.data.cues.watermark import ENTRY as _watermark
from lazytui.data.cues.border import ENTRY as _border
from lazytui.data.cues.position import ENTRY as _position
from lazytui.data.cues.scale import ENTRY as _scale
from lazytui.data.cues.second_object import ENTRY as _second_object
from lazytui.data.cues.noise_frequency import ENTRY as _noise_frequency
from lazytui.data.cues.tint import ENTRY as _tint
from lazytui.data.cues.lff_color import ENTRY as _lff_color
from lazytui.data.cues.spuco_ground import ENTRY as _spuco_ground

CUES = {entry.name: entry for entry in list(globals().values()) if isinstance(entry, Cue)}

OF_A_SOURCE = ("color", "scene")
"""Cues that certain sources alone can have, which are painted elsewhere."""

CUE_SUMMARIES = {
    "color": "the color of the stroke or of the ground, as --placement, --palette and --texture say; for white "
    "shapes on black only",
    "scene": "a photograph of the ground behind the object; for the source photos only",
    "none": "nothing is planted: images as they are, with the attribute that a source may have of its own",
    **summaries(CUES),
}
"""A line on each, on those of a source and on none."""
