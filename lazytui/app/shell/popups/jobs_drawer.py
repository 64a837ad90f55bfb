"""The drawer of jobs: every going run with how far it is, over whichever screen is open."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from lazytui.app.shell.lab import Lab
from lazytui.plain_text import plain_text
from lazytui.runs.formatting import age_text, duration_text, state_word
from lazytui.runs.human_names import human_name
from lazytui.runs.workspace_watch import RunLine

NOTHING = "Nothing is running. Press 2 to train a network, or 0 and then s to run the whole story."
_BAR = 48
_EIGHTHS = " ▏▎▍▌▋▊▉"


def progress_bar(share: float, width: int) -> str:
    """share: 0 to 1. Filled to an eighth of a character."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()).ljust(width, "░")


def job_text(line: RunLine, rate: float) -> Content:
    """Two lines: which run, and how far. rate: of its unit a second; 0 while unknown."""
    progress = line.status.progress
    head = Content.assemble((human_name(line), "bold"), (f"  {plain_text(line.kind)}", "$text-muted"))
    parts = [state_word(line.status, line.ticket)]
    if progress and progress.total:
        parts.append(f"{progress.done:,}/{progress.total:,} {plain_text(progress.unit)}")
        if rate > 0:
            parts += [f"{rate:,.1f}/s", f"{duration_text((progress.total - progress.done) / rate)} left"]
    parts.append(f"for {age_text(line.status.started or line.created)}")
    share = progress.done / progress.total if progress and progress.total else 0.0
    return Content.assemble(head, "\n", progress_bar(share, _BAR), "\n", "  ".join(parts))


class JobsDrawer(ModalScreen[None]):
    """Lists what is going; watches it while it is open."""

    DEFAULT_CSS = """
    JobsDrawer { align: right top; background: $background 40%; }
    JobsDrawer > Vertical {
        width: 56; max-width: 100%; height: 100%; background: $surface; border: round $primary; padding: 0 1;
        border-subtitle-color: $text-muted;
    }
    JobsDrawer OptionList { height: auto; max-height: 1fr; border: none; background: transparent; padding: 0; }
    JobsDrawer OptionList:focus { border: none; }
    JobsDrawer OptionList > .option-list--option { padding: 0 0 1 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pause", "Pause or resume", id="pause"),
        Binding("x", "stop", "Stop", id="stop"),
        Binding("escape", "dismiss(None)", "Close", show=False, id="back"),
        Binding("j", "dismiss(None)", "Close", show=False, id="jobs"),
        Binding("q", "dismiss(None)", "Close", show=False, id="quit"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._active: tuple[RunLine, ...] = ()
        self._first_progress: dict[str, tuple[float, int]] = {}

    @property
    def lab(self) -> Lab:
        assert isinstance(self.app, Lab)
        return self.app

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title, box.border_subtitle = "Jobs", "Enter: open   p: pause   x: stop   Esc: close"
            yield OptionList(markup=False)
            yield Static(NOTHING, markup=False)

    def on_mount(self) -> None:
        self.watch(self.lab, "lines", self._show)
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        line = self._active[event.option_index]
        self.dismiss(None)
        self.lab.open_run(line.run.reference)

    def action_pause(self) -> None:
        """Let the run under the cursor wait, or wake it."""
        chosen = self.query_one(OptionList).highlighted
        if chosen is not None:
            self.lab.pause_or_resume(self._active[chosen].run)

    def action_stop(self) -> None:
        """Ask the run under the cursor to save and stop."""
        chosen = self.query_one(OptionList).highlighted
        if chosen is not None:
            self.lab.stop(self._active[chosen].run)

    def _show(self, lines: tuple[RunLine, ...]) -> None:
        """Newest first; the cursor stays on its run."""
        options = self.query_one(OptionList)
        before = [line.run for line in self._active]
        self._active = tuple(line for line in reversed(lines) if line.is_active)
        after = [line.run for line in self._active]
        texts = [job_text(line, self._rate(line)) for line in self._active]
        if before == after:
            for index, text in enumerate(texts):
                options.replace_option_prompt_at_index(index, text)
        else:
            at = options.highlighted
            options.set_options([Option(text) for text in texts])
            if after:
                kept = before[at] if at is not None else None
                options.highlighted = after.index(kept) if kept in after else min(at or 0, len(after) - 1)
        options.display = bool(after)
        self.query_one(Static).display = not after

    def _rate(self, line: RunLine) -> float:
        """Of the run's unit a second, since the drawer was opened or the run woken; 0 until that is known."""
        if line.status.progress is None or line.status.state == "paused":
            self._first_progress.pop(line.run.reference, None)
            return 0.0
        now = line.status.heartbeat, line.status.progress.done
        began, before = self._first_progress.setdefault(line.run.reference, now)
        return (now[1] - before) / (now[0] - began) if now[0] > began else 0.0
