"""Draw: a canvas, and beside it what one network or two say of what is on it, while the pen moves."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from lazytui.analyses.ask.figures import image_figure, map_figures, verdicts
from lazytui.analyses.ask.live import DrawAnswer, DrawQuestion, DrawSession, Start
from lazytui.analyses.ask.params import PREDICTED, AskNetworksParams, AskParams
from lazytui.analyses.ask.result import NetworkAnswer
from lazytui.analyses.core.execute import recorded_params, recorded_result
from lazytui.analyses.networks.class_choice import read_class
from lazytui.analyses.networks.probabilities import probabilities_figure
from lazytui.app.changing_text import ChangingText
from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.panels.panel import Panel
from lazytui.app.panels.panel_grid import PanelGrid
from lazytui.app.screens.ask.canvas import CanvasPanel, CanvasView
from lazytui.app.screens.ask.swatches import Swatch, Swatches, swatches_of
from lazytui.app.screens.common.asking import ask_text
from lazytui.app.screens.common.browser_screen import next_value
from lazytui.app.screens.common.live_screen import LiveOverlay
from lazytui.app.shell.base_screen import LabScreen
from lazytui.counted_nouns import listed
from lazytui.data.content import DIGITS, Content, colored_digits
from lazytui.data.drawing import Color, Drawing
from lazytui.errors import UsageError
from lazytui.plain_text import plain_text
from lazytui.runs.run_folder import RunFolder

ARRANGEMENTS = Arrangements(
    narrow=Arrangement("canvas canvas canvas map map chances chances | 1fr"),
    medium=Arrangement(
        " ".join(["canvas"] * 7 + ["map"] * 6) + " | 5fr", " ".join(["canvas"] * 7 + ["chances"] * 6) + " | 4fr"
    ),
    wide=Arrangement(
        " ".join(["canvas"] * 4 + ["map"] * 5) + " | 3fr", " ".join(["canvas"] * 4 + ["chances"] * 5) + " | 2fr"
    ),
)
WIDTHS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0)
"""Of the pen, in pixels."""

_RED_ONE = Start("hard", digit=1, color=0)
"""What it opens with: the first 1 of the hard split, in the color of 0; of others the first of the second class."""

_SPLITS = ("hard", "easy")
_MOST_UNDONE = 200
_PATIENCE = 1 / 30
"""Seconds for which a stroke waits for its answer."""


def params_of(network: str, second: str, like: AskNetworksParams | None = None) -> AskNetworksParams:
    """What the networks under study are asked. like: explained as before."""
    networks = {"run": network, "against": second if second not in {"", network} else None}
    if like is None:
        return AskNetworksParams(**networks)
    return like.model_copy(update={**networks, "model": None, "against_model": None})


def open_canvas(screen: LabScreen, run: RunFolder | None = None) -> None:
    """The canvas over a screen, with the image of a run of `ask`, or else one of the hard split."""
    params, drawing = params_of(screen.lab.network, screen.lab.second), None
    if run is not None:
        recorded, result = recorded_params(run), recorded_result(run)
        assert isinstance(recorded, AskParams)
        params = AskNetworksParams(**recorded.model_dump(include=set(AskNetworksParams.model_fields)))
        drawing = Drawing.over(result.first.image)
    screen.app.push_screen(DrawScreen(DrawSession(screen.lab.workspace), params, drawing))


class DrawScreen(LiveOverlay[DrawQuestion, DrawAnswer]):
    """drawing: what is on the canvas."""

    screen_name = "gradcam"
    purpose_name = "draw"
    answers_late = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "ink", "Ink", id="next-color", show=False),
        Binding("B", "ground", "Ground", id="next-ground", show=False),
        Binding("minus", "pen_width(-1)", "Pen", id="less", key_display="- +"),
        Binding("plus,equals_sign", "pen_width(1)", "Wider pen", id="more", show=False),
        Binding("E", "eraser", "Eraser", id="eraser"),
        Binding("u", "undo", "Undo", id="undo"),
        Binding("backspace", "reset", "Clear", id="default"),
        Binding("n", "begin(1)", "Next", id="next-item", key_display="n N"),
        Binding("N", "begin(-1)", "Previous image", id="previous-item", show=False),
        Binding("d", "digit(1)", "Next class", id="next-digit", show=False),
        Binding("D", "digit(-1)", "Previous class", id="previous-digit", show=False),
        Binding("H", "split", "Hard or easy images", id="next-split", show=False),
        Binding("m", "method(1)", "Map", id="next-method", key_display="m M", show=False),
        Binding("M", "method(-1)", "Previous map", id="previous-method", show=False),
        Binding("t", "target(1)", "Target", id="next-target", key_display="t T", show=False),
        Binding("T", "target(-1)", "Previous target", id="previous-target", show=False),
    ]

    def __init__(self, session: DrawSession, params: AskNetworksParams, drawing: Drawing | None = None) -> None:
        """drawing: to begin with; the red 1 where there is none."""
        super().__init__(session, DrawQuestion(params, drawing, start=_RED_ONE))
        self.drawing = drawing or Drawing.blank()
        self._digit: int | None = None
        self._content: Content = colored_digits("distinct")
        self._shown: Drawing | None = None
        self._patience: Timer | None = None
        self._undone: list[tuple[Drawing, int | None]] = []
        self._width = WIDTHS[3]
        self._erases = False

    def compose_body(self) -> ComposeResult:
        yield PanelGrid(
            ARRANGEMENTS,
            [CanvasPanel("canvas", "Canvas"), Panel("map", "Where it looks"), Panel("chances", "Probability, %")],
        )
        yield Swatches("Ink", "h")
        yield Swatches("Ground", "B")
        yield ChangingText(id="doing")

    def on_mount(self) -> None:
        self._show_canvas()
        self.query_one(CanvasView).focus()
        for name in ("network", "second"):
            self.watch(self.lab, name, self._ask_others, init=False)

    # The answer

    def is_complete(self, answer: DrawAnswer) -> bool:
        return bool(answer.answers)

    def stays(self, shown: DrawAnswer, answer: DrawAnswer) -> bool:
        return self.is_complete(shown) and not self.is_complete(answer) and not answer.refused

    def draw(self) -> None:
        answer = self.answer
        if answer is None:
            return
        if answer.question.drawing is None and answer.question is self.last_question and answer.drawing is not None:
            self.drawing, self._digit = answer.drawing, answer.digit
        self._know(answer.content or self._content)
        self.show_sentence()
        with self.app.batch_update():
            self._show_canvas()
            self._show_answers(answer)

    def _know(self, content: Content) -> None:
        """What the networks were trained on; a class that they don't know isn't shown."""
        self._content = content
        if self._digit is not None and self._digit >= len(content.classes):
            self._digit = None

    def _show_answers(self, answer: DrawAnswer) -> None:
        if not answer.answers:
            return
        grid = self.query_one(PanelGrid)
        names = [one.name for one in answer.answers]
        first, maps = answer.answers[0], map_figures(answer.answers, names, answer.digit)
        shares = [one.probabilities for one in answer.answers]
        grid.panel("map").show([tuple(maps)])
        grid.panel("chances").show([(probabilities_figure(shares, names, first.content, first.value_colors),)])

    def sentence(self) -> str:
        answer = self.answer
        if answer is None or answer.refused or answer.doing or not answer.answers:
            return super().sentence()
        sentences = verdicts(answer.answers, [one.name for one in answer.answers], answer.digit)
        return plain_text(" ".join([*sentences, *answer.advice]))

    def _ask_others(self) -> None:
        self.ask(replace(self.question, params=params_of(self.lab.network, self.lab.second, self.question.params)))

    # The drawing

    @on(CanvasView.Drawn)
    def _draw_stroke(self, event: CanvasView.Drawn) -> None:
        stroke = Drawing.without_stroke if event.erases or self._erases else Drawing.with_stroke
        self._change(stroke(self.drawing, event.start, event.end, self._width), undoable=event.begins)

    def _change(self, drawing: Drawing, *, undoable: bool = True) -> None:
        """Another drawing of the same class."""
        if undoable:
            self._remember()
        self._show(drawing, self._digit)

    def _show(self, drawing: Drawing, digit: int | None) -> None:
        """With its answer, which costs half as much as one after the other; alone where that isn't there soon."""
        self.drawing, self._digit = drawing, digit
        self.ask(replace(self.question, drawing=drawing, digit=digit))
        if self._patience is None:
            self._patience = self.set_timer(_PATIENCE, self._show_canvas)

    def _remember(self) -> None:
        """What is there now can be had again."""
        self._undone = [*self._undone[1 - _MOST_UNDONE :], (self.drawing, self._digit)]

    def _show_canvas(self) -> None:
        if self._patience:
            self._patience.stop()
            self._patience = None
        if self._shown is not self.drawing:
            self._shown = self.drawing
            self.query_one(CanvasPanel).show([(image_figure(self.drawing.image, self._digit, self._content),)])
        self._show_colors()

    def action_undo(self) -> None:
        if self._undone:
            self._show(*self._undone.pop())
        else:
            self.notify("There is nothing to undo.")

    def action_reset(self) -> None:
        """An empty ground."""
        self._remember()
        self._show(Drawing.blank(self.drawing.ink, self.drawing.ground, self.drawing.size), None)

    # Ink, ground and pen

    @property
    def _offered(self) -> tuple[Swatch, ...]:
        return swatches_of(self._first.palette if self._first else "distinct", self._content)

    @property
    def _first(self) -> NetworkAnswer | None:
        """The first network's answer."""
        return self.answer.answers[0] if self.answer and self.answer.answers else None

    def _next_color(self, current: Color) -> Color:
        color: Color = next_value([swatch.color for swatch in self._offered], current)
        return color

    def _show_colors(self) -> None:
        ink, ground = self.query_one("#ink", Swatches), self.query_one("#ground", Swatches)
        tool = "eraser" if self._erases else "pen"
        ink.show(self._offered, self.drawing.ink)
        ground.show(self._offered, self.drawing.ground, f"{tool} of {self._width:g} pixels")

    @on(Swatches.Picked)
    def _pick(self, event: Swatches.Picked) -> None:
        ink = event.swatches.id == "ink"
        self._change(self.drawing.with_ink(event.color) if ink else self.drawing.with_ground(event.color))

    def action_ink(self) -> None:
        self._change(self.drawing.with_ink(self._next_color(self.drawing.ink)))

    def action_ground(self) -> None:
        self._change(self.drawing.with_ground(self._next_color(self.drawing.ground)))

    def action_pen_width(self, by: int) -> None:
        at = min(max(WIDTHS.index(self._width) + by, 0), len(WIDTHS) - 1)
        self._width = WIDTHS[at]
        self._show_colors()

    def action_eraser(self) -> None:
        """The pen erases, or draws again."""
        self._erases = not self._erases
        self._show_colors()

    # Another image to begin with

    def action_begin(self, by: int) -> None:
        self._begin(replace(self._start, number=self._start.number + by, color=None))

    def action_digit(self, by: int) -> None:
        labels = (None, *range(len(self._content.classes)))
        self._begin(replace(self._start, digit=next_value(labels, self._start.digit, by), number=0, color=None))

    def action_split(self) -> None:
        self._begin(replace(self._start, split=next_value(_SPLITS, self._start.split), color=None))

    @property
    def _start(self) -> Start:
        return self.question.start

    def _begin(self, start: Start) -> None:
        self._remember()
        self.ask(replace(self.question, drawing=None, start=start))

    # How it is explained

    def action_method(self, by: int) -> None:
        if self.answer and self.answer.methods:
            now = self.answer.answers[0].method if self.answer.answers else None
            self._ask_params(method=next_value(self.answer.methods, now, by), layer=None)

    def action_target(self, by: int) -> None:
        targets = (PREDICTED, *self._content.classes)
        self._ask_params(target=next_value(targets, self.question.params.target, by))

    def _ask_params(self, **changes: object) -> None:
        self.ask(replace(self.question, params=self.question.params.model_copy(update=changes)))

    # Keeping it

    def action_keep(self) -> None:
        """Ask which class it shows, and keep it as a run."""
        content = self._content
        shown = "" if self._digit is None else content.classes[self._digit]
        ask_text(self, f"Keep it as a run. Which {content.label} does it show? Empty: none", shown, self._keep)

    def _keep(self, text: str) -> None:
        self._show(self.drawing, _label_of(text.strip(), self._content) if text.strip() else None)
        self.keep(replace(self.question, drawing=self.drawing))


def _label_of(text: str, content: Content) -> int:
    """Raises UsageError for what is no class."""
    try:
        return read_class(text, content)
    except UsageError as error:
        classes = "0 to 9" if content.classes == DIGITS else listed(content.classes)
        raise UsageError(f"{text!r} isn't a {content.label}: {classes}, or nothing.") from error
