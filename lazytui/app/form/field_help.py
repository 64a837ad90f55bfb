"""What there is to say about a field: as much as fits under the form, and all of it on its own."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from lazytui.analyses.core.form_fields import ParamField
from lazytui.plain_text import plain_text

_MORE = "… F1"
_KEYS = "↑ ↓ field · ← → value · Enter list or done · Backspace default · F1 help on the field · Esc close"


class FieldHelp(Widget):
    """The lines under the form, for the field that has the focus."""

    DEFAULT_CSS = """
    FieldHelp { height: 4; border-top: solid $foreground 20%; color: $text-muted; }
    """
    ALLOW_SELECT = True

    def __init__(self) -> None:
        super().__init__()
        self._content = Content("")

    def explain(self, field: ParamField | None, error: str, value: object) -> None:
        self._content = _help_content(field, error, value)
        self.refresh()

    def render(self) -> Content:
        """As many lines as fit; the last one says so where there are more."""
        width, height = self.size
        lines = self._content.wrap(width) if width else []
        if len(lines) > height > 0:
            lines = lines[:height]
            lines[-1] = lines[-1].truncate(max(width - len(_MORE), 0)) + Content.styled(_MORE, "$text-accent")
        return Content("\n").join(lines)


class HelpBox(ModalScreen[None]):
    """All of it, over the screen; any way out closes it."""

    DEFAULT_CSS = """
    HelpBox { align: center middle; }
    HelpBox > VerticalScroll {
        width: 64; max-width: 100%; height: auto; max-height: 100%; border: round $accent; padding: 0 1;
        background: $panel;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", show=False, id="back"),
        Binding("f1", "dismiss(None)", "Close", show=False, id="field-help"),
        Binding("q", "dismiss(None)", "Close", show=False, id="quit"),
        Binding("enter", "dismiss(None)", "Close", show=False, id="open"),
    ]

    def __init__(self, content: Content) -> None:
        super().__init__()
        self._content = content

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(self._content, markup=False)

    def on_click(self) -> None:
        self.dismiss(None)


def help_box(field: ParamField, error: str, value: object) -> HelpBox:
    return HelpBox(_help_content(field, error, value))


def _help_content(field: ParamField | None, error: str, value: object) -> Content:
    """error: a sentence to begin with, or nothing. value: what the field comes to, of which a line may be known."""
    parts = [Content.styled(plain_text(error), "$text-error")] if error else []
    if field is None:
        parts += [Content(_KEYS)]
    else:
        parts += [Content.assemble((field.flag, "bold"), " ", plain_text(field.help))]
        chosen = map(str, value if isinstance(value, (tuple, list)) else [value])
        parts += [Content.assemble((name, "bold"), ": ", field.about[name]) for name in chosen if name in field.about]
    return Content("\n").join(parts)
