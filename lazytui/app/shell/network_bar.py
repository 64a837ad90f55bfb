"""The line below the screens' names: the network under study, the second one beside it, and what is running."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from lazytui.plain_text import plain_text
from lazytui.runs.human_names import human_name
from lazytui.runs.workspace_watch import RunLine

Studied = tuple[str, RunLine | None]
"""What refers to a network, and its training where that is still there."""


class NetworkBar(Static):
    """Shows both networks by name with their easy and hard accuracy, as much of it as there is room for."""

    DEFAULT_CSS = """
    NetworkBar { height: 1; background: $surface; color: $foreground; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__(id="networks", markup=False)

    def show(self, network: Studied, second: Studied, running: str) -> None:
        """running: what is going on, for the right end."""
        first = Content.assemble(("o ", "$text-muted"), (_name(network), "bold"), (_accuracies(network), "$text-muted"))
        other = Content.assemble(("   a ", "$text-muted"), _name(second), (_accuracies(second), "$text-muted"))
        room = max(self.size.width - 2, 0)
        text = first + (other if second[0] else Content.styled("   a – (second network)", "$text-disabled"))
        if text.cell_length > room:
            text = first
        space = room - text.cell_length - len(running)
        self.update(text + " " * space + Content.styled(running, "$text-accent") if space > 1 else text)


def _name(network: Studied) -> str:
    """A network that is gone is called what the analyses of it call it."""
    reference, line = network
    return human_name(line) if line else plain_text(reference)


def _accuracies(network: Studied) -> str:
    """` · easy 95.0 hard 0.4`, in percent, of those that were measured."""
    _, line = network
    shares = {split: line.metrics.get(f"{split}_accuracy") for split in ("easy", "hard")} if line else {}
    accuracies = [f"{split} {100 * share:.1f}" for split, share in shares.items() if share is not None]
    return f" · {' '.join(accuracies)}" if accuracies else ""
