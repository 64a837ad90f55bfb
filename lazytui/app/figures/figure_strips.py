"""A figure drawn once at a width: its lines as strips, and where each of its positions stands in them."""

from __future__ import annotations

import io
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from operator import itemgetter

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.style import Style
from rich.text import Text as RichText
from textual.geometry import Region
from textual.strip import Strip

from lazytui.figures.terminal.marks import Mark, mark_of
from lazytui.figures.terminal.pixel_grid import PixelGrid
from lazytui.figures.terminal.plotext_charts import XAxis

_TEXT = itemgetter(0)
"""Of a segment."""


@dataclass(frozen=True)
class Indented:
    """The body of a figure with so many cells kept free on both sides."""

    inside: Body
    beside: int


Body = RenderableType | Indented
BodyOfHeight = Callable[[int | None], Body]
"""The body of a figure, so many lines high if it stretches."""


@dataclass(frozen=True)
class Drawing:
    """strips: one a line; the first `title_lines` hold the title.
    regions: of each marked position, in cells from the top left; a position may have several.
    axis: of the columns of a chart's plot area.
    """

    strips: list[Strip]
    regions: dict[Hashable, list[Region]] = field(default_factory=dict)
    title_lines: int = 0
    axis: XAxis | None = None

    def region_of(self, position: Hashable) -> Region | None:
        """Where a position begins."""
        return next(iter(self.regions.get(position, ())), None)


@dataclass(frozen=True)
class Patch:
    """A region to be restyled, on top of the drawing; `text` replaces each of its lines where it is given."""

    region: Region
    style: Style
    text: str | None = None


def console_like(shown_on: Console, *, no_color: bool) -> Console:
    """A console to draw for: the same colors as the app's, and nothing is written to it."""
    return Console(
        file=io.StringIO(),
        color_system=shown_on.color_system,  # type: ignore[arg-type]
        no_color=no_color,
        force_terminal=True,
        legacy_windows=False,
        _environ={},
    )


def draw_figure(
    texts: tuple[str, str], body: BodyOfHeight, width: int, height: int | None, console: Console
) -> Drawing:
    """A figure `width` cells wide and, if its body stretches, `height` lines high; its marks taken out and noted.

    texts: the title above it and the note below; empty where they stand elsewhere.
    """
    options = console.options.update(width=width)
    title, note = (
        console.render_lines(part, options, pad=False) if part.plain else []
        for part in (RichText(texts[0], style="bold"), RichText(texts[1], style="dim"))
    )
    room = None if height is None else height - len(title) - len(note)
    lines = [*title, *_body_lines(body(room), options, console), *note]
    regions: dict[Hashable, list[Region]] = {}
    strips, axis = [], None
    for y, line in enumerate(lines):
        for x, mark in _marks(line):
            regions.setdefault(mark.key, []).append(Region(x + mark.left, y, mark.width, mark.height))
            axis = mark.axis or axis
        strip = Strip(filter(_TEXT, line), _cells(line))
        strips.append(strip if strip.cell_length <= width else strip.crop(0, width))
    return Drawing(strips, regions, len(title), axis)


def _marks(line: Sequence[Segment]) -> Iterator[tuple[int, Mark]]:
    """The marks of a line, each with the cells that stand before it."""
    if all(map(_TEXT, line)):
        return
    for at, segment in enumerate(line):
        if mark := mark_of(segment):
            yield _cells(line[:at]), mark


def _cells(line: Sequence[Segment]) -> int:
    """How wide it is: measured as one text, because to measure a picture's thousands of segments takes long."""
    return cell_len("".join(map(_TEXT, line)))


def _body_lines(body: Body, options: ConsoleOptions, console: Console) -> Iterator[list[Segment]]:
    if isinstance(body, Indented):
        room = options.update_width(max(options.max_width - 2 * body.beside, 1))
        beside = Segment(" " * body.beside)
        return ([beside, *line] for line in _body_lines(body.inside, room, console))
    if isinstance(body, PixelGrid):
        return body.lines(console, options)
    return _lines_of(_segments(body, options, console))


def _segments(renderable: RenderableType, options: ConsoleOptions, console: Console) -> Iterator[Segment]:
    """What `Console.render` gives, without handing each segment from generator to generator."""
    if not hasattr(renderable, "__rich_console__"):
        yield from console.render(renderable, options)
        return
    for part in renderable.__rich_console__(console, options):
        if isinstance(part, Segment):
            yield part
        else:
            yield from console.render(part, options)


def _lines_of(segments: Iterable[Segment]) -> Iterator[list[Segment]]:
    """Rich's own `render_lines` also measures each line, to crop and to fill it."""
    line: list[Segment] = []
    for segment in segments:
        text = segment.text
        if "\n" not in text:
            line.append(segment)
            continue
        *ended, rest = text.split("\n")
        for part in ended:
            if part:
                line.append(Segment(part, segment.style))
            yield line
            line = []
        if rest:
            line.append(Segment(rest, segment.style))
    if line:
        yield line


def painted(strips: Sequence[Strip], patches: Iterable[Patch]) -> list[Strip]:
    """The strips with the patches laid over them, in turn; strips without a patch stay the same objects."""
    after = list(strips)
    for patch in patches:
        for y in patch.region.line_range:
            if 0 <= y < len(after):
                after[y] = _patched(after[y], patch)
    return after


def _patched(strip: Strip, patch: Patch) -> Strip:
    start, end = patch.region.x, patch.region.right
    strip = strip.adjust_cell_length(max(strip.cell_length, end))
    middle = strip.crop(start, end)
    if patch.text is not None:
        middle = Strip([Segment(patch.text)])
    restyled = Strip(Segment.apply_style(middle, post_style=patch.style), middle.cell_length)
    return Strip.join([strip.crop(0, start), restyled, strip.crop(end)])


def over_ground(strip: Strip, width: int, ground: Style) -> Strip:
    """The strip, cropped or filled up to a width, on the style of its widget.

    What has both of its colors is as it was, so that a picture's thousands of styles aren't made anew.
    """
    if strip.cell_length > width:
        strip = strip.crop(0, width)
    is_plain = ground.without_color == Style()
    laid = [
        segment
        if (style := segment.style) and style.color and style.bgcolor and is_plain
        else Segment(segment.text, ground + style if style else ground)
        for segment in strip
    ]
    if strip.cell_length < width:
        laid.append(Segment(" " * (width - strip.cell_length), ground))
    return Strip(laid, width)


def changed_regions(before: Sequence[Strip], after: Sequence[Strip], lines: range) -> list[Region]:
    """The parts of some lines that differ, one region a line at most."""
    regions = []
    for y in lines:
        old = before[y] if y < len(before) else Strip([])
        new = after[y] if y < len(after) else Strip([])
        if old is not new and (region := _difference(old, new, y)):
            regions.append(region)
    return regions


def one_a_line(regions: Iterable[Region]) -> list[Region]:
    """What holds the regions in every line: Textual writes a line from the widget's edge to each region's end, so that
    several regions in a line cost more than one around them.
    """
    spans: dict[int, tuple[int, int]] = {}
    for region in regions:
        for y in region.line_range:
            start, end = spans.get(y, (region.x, region.right))
            spans[y] = (min(start, region.x), max(end, region.right))
    return [Region(start, y, end - start, 1) for y, (start, end) in spans.items()]


def _difference(old: Strip, new: Strip, y: int) -> Region | None:
    left, right = list(old), list(new)
    start, end = _common(left, right), max(old.cell_length, new.cell_length)
    if old.cell_length == new.cell_length and start < end:
        end -= _common(left[::-1], right[::-1], backwards=True)
    return Region(start, y, end - start, 1) if start < end else None


def _common(left: list[Segment], right: list[Segment], *, backwards: bool = False) -> int:
    """How many cells two lines have in common from their start. backwards: so are their texts to be read."""
    cells = 0
    for one, other in zip(left, right, strict=False):
        if one == other:
            cells += one.cell_length
            continue
        if one.style == other.style:
            texts = (one.text[::-1], other.text[::-1]) if backwards else (one.text, other.text)
            same = takewhile(lambda pair: pair[0] == pair[1], zip(*texts, strict=False))
            cells += cell_len("".join(character for character, _ in same))
        break
    return cells
