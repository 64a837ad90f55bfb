"""The colors of ink and ground, a line each, to be clicked on; the chosen one is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.color import Color as RichColor
from textual import events
from textual.content import Content as Text
from textual.message import Message

from lazytui.app.changing_text import ChangingText
from lazytui.data.content import DIGITS, Content
from lazytui.data.drawing import BLACK, WHITE, Color
from lazytui.data.palettes import palette

_EACH = 3
_WEIGHTS = (0.299, 0.587, 0.114)
"""Of red, green and blue in how light a color is."""


@dataclass(frozen=True)
class Swatch:
    """letter: on the color, a digit where it is the digit's; a space on those that go with no class."""

    letter: str
    name: str
    color: Color


def swatches_of(palette_name: str, content: Content) -> tuple[Swatch, ...]:
    """The colors of a palette, with the classes that they belong to, then white and black where they aren't among
    them."""
    ten = palette(palette_name)
    belongs = content.values == ten.names
    letters = DIGITS if belongs else (" ",) * len(ten.names)
    names = [f"{name} ({content.classes[index]})" if belongs else name for index, name in enumerate(ten.names)]
    own = [Swatch(*one) for one in zip(letters, names, ten.colors, strict=True)]
    more = (Swatch("w", "white", WHITE), Swatch("b", "black", BLACK))
    return (*own, *(swatch for swatch in more if swatch.color not in ten.colors))


class Swatches(ChangingText):
    """what: Ink or Ground. key: that takes the next color."""

    DEFAULT_CSS = "Swatches { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }"
    ALLOW_SELECT = False

    class Picked(Message):
        """A color was clicked on."""

        def __init__(self, swatches: Swatches, color: Color) -> None:
            super().__init__()
            self.swatches, self.color = swatches, color

    def __init__(self, what: str, key: str) -> None:
        super().__init__(id=what.lower())
        self._label = Text.assemble((f"{key} ", "bold $text-accent"), f"{what:<6} ")
        self._offered: Sequence[Swatch] = ()

    def show(self, offered: Sequence[Swatch], chosen: Color, more: str = "") -> None:
        """chosen: set off, with its name at the end. more: what else stands there."""
        self._offered = offered
        parts = [_swatch(swatch, chosen=swatch.color == chosen) for swatch in offered]
        name = next((swatch.name for swatch in offered if swatch.color == chosen), "another color")
        self.set_text(Text.assemble(self._label, *parts, "  ", (name, "bold"), (f"   {more}", "$text-muted")))

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        number = -1 if at is None else (at.x - self._label.cell_length) // _EACH
        if 0 <= number < len(self._offered):
            event.stop()
            self.post_message(self.Picked(self, self._offered[number].color))


def _swatch(swatch: Swatch, *, chosen: bool) -> Text:
    light = sum(weight * level for weight, level in zip(_WEIGHTS, swatch.color, strict=True)) > 127
    color = RichColor.from_rgb(*swatch.color).get_truecolor().hex
    text = f"▸{swatch.letter}◂" if chosen else f" {swatch.letter} "
    return Text.styled(text, f"{'#000000' if light else '#ffffff'} on {color}")
