"""The properties that can be exchanged between images: a file each or a few of a kind, and a line here."""

from __future__ import annotations

from lazytui.audit.editors import blur, brightness, geometry, ground, hue, light, regions
from lazytui.audit.editors.base import CueEditor

EDITORS: dict[str, CueEditor] = {
    entry.name: entry
    for module in (hue, brightness, light, blur, geometry, ground, regions)
    for entry in module.ENTRIES
}
