"""Short texts on runs for lists and status bars."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date

from lazytui.runs.status import State, Status
from lazytui.runs.ticket import Ticket

STATE_COLORS: Mapping[State, str] = {
    "done": "green",
    "running": "cyan",
    "queued": "cyan",
    "paused": "blue",
    "failed": "red",
    "interrupted": "yellow",
}
"""Of the states that lists highlight."""


def state_word(status: Status, ticket: Ticket | None = None) -> str:
    """`running 40%`, `paused 40%`, `done`, `interrupted`, `queued (slurm 4711_3)`. ticket: of a run that is queued."""
    progress = status.progress
    if status.state == "queued" and ticket:
        return f"queued ({ticket.label})"
    if status.state in {"running", "paused"} and progress and progress.total:
        return f"{status.state} {progress.done / progress.total:.0%}"
    return status.state


def state_clause(status: Status) -> str:
    """What becomes a sentence behind the run's name: `is running (40%)`, `is queued`, `failed`, `was stopped`."""
    if status.state in {"stopped", "interrupted"}:
        return f"was {status.state}"
    if status.state == "failed":
        return "failed"
    state, _, share = state_word(status).partition(" ")
    return f"is {state} ({share})" if share else f"is {state}"


def accuracies_text(metrics: Mapping[str, float | None]) -> str:
    """`easy 98.4%, hard 97.0%`, of those measured."""
    shares = {split: metrics.get(f"{split}_accuracy") for split in ("easy", "hard")}
    return ", ".join(f"{split} {share:.1%}" for split, share in shares.items() if share is not None)


def age_text(created: float) -> str:
    """The time since then: `3 min`."""
    return duration_text(max(0.0, time.time() - created))


def day_words(created: float, now: float) -> str:
    """The day, as one looks for it: `2026-11-28 yesterday`. Both in seconds since 1970; the day is the local one."""
    day = date.fromtimestamp(created)
    near = {0: " today", 1: " yesterday"}.get((date.fromtimestamp(now) - day).days, "")
    return f"{day.isoformat()}{near}"


def ago_text(created: float) -> str:
    """The same for a sentence, which stays true for a while: `just now`, `3 min ago`."""
    return "just now" if time.time() - created < 60 else f"{age_text(created)} ago"


def duration_text(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def without_middle(text: str, length: int) -> str:
    """At most `length` characters; longer text loses its middle, since both ends of an id matter."""
    if len(text) <= length:
        return text
    end = max(length - 1, 0) // 3
    return f"{text[: length - 1 - end]}…{text[len(text) - end :]}" if length > 0 else ""


def size_text(in_bytes: float) -> str:
    for unit in ("B", "kB", "MB"):
        if in_bytes < 1000:
            return f"{in_bytes:.0f} {unit}"
        in_bytes /= 1000
    return f"{in_bytes:.1f} GB"


def progress_bar(share: float, width: int) -> str:
    """`███████░░░`, in so many characters."""
    filled = min(max(round(share * width), 0), width)
    return "█" * filled + "░" * (width - filled)


def clock_text(seconds: float) -> str:
    """`0:38`, `1:02:03`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def thousands_text(number: float) -> str:
    """`820`, `5.1 k`, `84 k`."""
    if number < 1000:
        return f"{number:.0f}"
    return f"{number / 1000:.1f} k" if number < 10_000 else f"{number / 1000:,.0f} k"
