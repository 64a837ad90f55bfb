"""Groups inferred without labels, image by image: a person confirms or corrects them, and the form has the options."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from lazytui.analyses.core.execute import recorded_result
from lazytui.analyses.groups.corrections import as_options, read_corrections
from lazytui.analyses.groups.figures import image_to_review, images_to_review
from lazytui.analyses.groups.params import GroupsParams
from lazytui.analyses.groups.result import GroupsResult
from lazytui.app.figures import FigureView, PixelsView
from lazytui.app.screens.common.overlay_screen import OverlayScreen
from lazytui.app.screens.common.run_panels import RunPanels
from lazytui.runs.run_folder import RunFolder

_IMAGES = "images"


class GroupsOverlay(OverlayScreen):
    """A correction of an image shows at once in its caption and in the form; running the form keeps it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Judge", id="mark"),
        Binding("t", "target(1)", "Next class", id="next-target", key_display="t T"),
        Binding("T", "target(-1)", "Previous class", id="previous-target", show=False),
        Binding("minus", "unmark", "Discard all corrections", id="less", show=False),
    ]

    def on_mount(self) -> None:
        self._read: tuple[RunFolder, GroupsResult] | None = None

    @on(RunPanels.Found)
    def _found(self) -> None:
        """The form has the options of the run, so that a correction is one more option."""
        if run := self.query_one(RunPanels).run:
            self.form.set_values(run.record.params)
        self.call_after_refresh(self._draw_corrections)

    @on(FigureView.Pointed)
    def _pointed(self, event: FigureView.Pointed) -> None:
        if event.view is self._view:
            self._draw_image()

    def action_mark(self) -> None:
        """For the image under the cursor: it contradicts, it doesn't, or no correction."""
        if (result := self._result) is None or (number := self._number(result)) is None:
            return
        corrections, like = self._corrections(result), int(result.like[number])
        if number not in corrections:
            corrections[number] = like if like != result.labels[number] else None
        elif corrections[number] is None:
            del corrections[number]
        else:
            corrections[number] = None
        self._set_corrections(result, corrections)

    def action_target(self, by: int) -> None:
        """The image under the cursor contradicts, and is like the next class other than its own."""
        if (result := self._result) is None or (number := self._number(result)) is None:
            return
        corrections, classes = self._corrections(result), len(result.content.classes)
        now = corrections.get(number)
        like = ((int(result.like[number]) if now is None else now) + by) % classes
        corrections[number] = (like + by) % classes if like == result.labels[number] else like
        self._set_corrections(result, corrections)

    def action_unmark(self) -> None:
        """Discard the corrections of all images."""
        if result := self._result:
            self._set_corrections(result, {})

    @property
    def _result(self) -> GroupsResult | None:
        """Of the run that is shown; None where none is, or it has no images."""
        run = self.query_one(RunPanels).run
        if run is None or self._view is None:
            return None
        if self._read is None or self._read[0] is not run:
            self._read = run, recorded_result(run)
        return self._read[1]

    @property
    def _view(self) -> PixelsView | None:
        return next((view for view in self.query(PixelsView) if view.figure.name == _IMAGES), None)

    def _number(self, result: GroupsResult) -> int | None:
        """Of the image under the cursor; None where there is no cursor yet, which is put on the first image then."""
        view = self._view
        if view is None or result.numbers is None:
            return None
        if view.position is None:
            view.focus()
            return None
        return int(result.numbers[view.position])

    def _corrections(self, result: GroupsResult) -> dict[int, int | None]:
        """The corrections in the form."""
        params = self.form.params
        return read_corrections(params, result.content) if isinstance(params, GroupsParams) else {}

    def _set_corrections(self, result: GroupsResult, corrections: dict[int, int | None]) -> None:
        self.form.set_values({**self.form.touched, **as_options(corrections, result.content)})
        self._draw_corrections()

    def _draw_corrections(self) -> None:
        result, view = self._result, self._view
        if result is not None and view is not None and result.examples is not None:
            view.figure = images_to_review(result, self._corrections(result))
            self._draw_image()

    def _draw_image(self) -> None:
        """The one under the cursor, large."""
        result, view = self._result, self._view
        if result is not None and view is not None and result.examples is not None:
            figure = image_to_review(result, view.position or 0, self._corrections(result))
            self.query_one(RunPanels).panel("image").show([(figure,)])
