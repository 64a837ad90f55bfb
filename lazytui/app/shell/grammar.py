"""The grammar of the keyboard: what each key means, on every screen alike, and what `keys.toml` calls it.

A key has one row, and a row one meaning; a test walks all bindings of all screens and holds them to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lazytui.app.shell.screen_registry import SCREENS


@dataclass(frozen=True)
class Meaning:
    """name: the id of its bindings, and what `keys.toml` calls it. keys: as Textual names them. description: what it
    does.

    actions: those that do it, by name: what "next" is differs from screen to screen, that it is the next doesn't.
    """

    name: str
    keys: tuple[str, ...]
    description: str
    actions: frozenset[str]


def _meaning(name: str, keys: str, description: str, actions: str) -> Meaning:
    return Meaning(name, tuple(keys.split()), description, frozenset(actions.split()))


GRAMMAR = (
    *(_meaning(f"screen-{entry.mode}", entry.key, f"Go to {entry.name}", "switch_mode") for entry in SCREENS),
    # The cursor, and the value that has the focus
    _meaning("up", "up", "Up, or raise the value", "move focus_previous budget feature"),
    _meaning("down", "down", "Down, or lower the value", "move focus_next budget feature"),
    _meaning("left", "left", "Left, or the previous value", "move turn step frame pick"),
    _meaning("right", "right", "Right, or the next value", "move turn step frame pick"),
    _meaning("faster-left", "shift+left", "Left in leaps", "leap"),
    _meaning("faster-right", "shift+right", "Right in leaps", "leap"),
    _meaning("page-up", "pageup", "A page up", "page turn budget step"),
    _meaning("page-down", "pagedown", "A page down", "page turn budget step"),
    _meaning("first", "home", "To the beginning", "first whole turn"),
    _meaning("last", "end", "To the end", "last turn"),
    _meaning(
        "open",
        "enter",
        "Open what the cursor is on, or zoom the panel; close a box",
        "open zoom choose pick accept create dismiss",
    ),
    _meaning("back", "escape", "Back", "dismiss back close_form take_back"),
    _meaning("mark", "space", "Mark, or put the pen down", "mark hold pick pen"),
    _meaning("mark-all", "asterisk", "Mark all that are shown", "mark_shown"),
    _meaning("less", "minus", "Unmark all, zoom out, a finer pen, or weaker", "unmark zoom pen_width factor"),
    _meaning("more", "plus equals_sign", "Zoom in, a wider pen, or stronger", "zoom pen_width factor"),
    # Walking through what there is
    _meaning("next-item", "n", "The next image, neuron, feature, source or run", "step move begin"),
    _meaning("previous-item", "N", "The one before", "step move begin"),
    _meaning("next-method", "m", "The next method, attack or chart", "cycle turn turn_panel attack steer method"),
    _meaning("previous-method", "M", "The one before", "cycle turn turn_panel attack steer method"),
    _meaning("sort", "greater_than_sign", "Sort by the next column", "sort"),
    _meaning("sort-back", "less_than_sign", "Sort by the column before", "sort"),
    _meaning("filter", "slash", "Filter", "filter features"),
    _meaning("log-scale", "Y", "Logarithmic y axis", "log"),
    _meaning("smooth", "S", "Smooth the curves", "smooth"),
    # What is studied, and runs
    _meaning("network", "o", "Choose the network under study", "choose_network"),
    _meaning("second-network", "a", "Choose a second network beside it", "choose_second"),
    _meaning("form", "f", "Open or close the form", "form"),
    _meaning("run", "g", "Run what the form asks, or keep what is seen", "start keep"),
    _meaning("keep", "G", "Keep what is seen live: a run of it, in the background", "keep"),
    _meaning("stop", "x", "Stop the run", "stop"),
    _meaning("pause", "p", "Pause or resume: a run, or an attack that plays", "pause resume play"),
    _meaning("other-view", "v", "Another view: live or whole, alone or overlaid", "overlay view live dial"),
    _meaning("story", "s", "Run the whole story", "story"),
    _meaning("compare", "c", "Compare the marked runs", "compare"),
    _meaning("rename", "r", "Give it a name", "rename label"),
    _meaning("remove", "delete", "Remove, after a question", "remove forget"),
    _meaning("undo", "u", "Undo", "undo"),
    # Neurons and features
    _meaning("ablate", "b", "Ablate what is marked", "ablate"),
    _meaning("stand-in", "z", "Ablate to the mean, or to zero", "stand_in"),
    _meaning("swap", "W", "Swap features, or patch neurons from another image", "swap patch"),
    _meaning("maps", "F", "Feature maps of an image", "maps"),
    _meaning("experiments", "X", "Experiments with features", "over"),
    _meaning("self-check", "C", "Self-check of the search for features", "over"),
    _meaning("another-run", "R", "Another run of the same kind", "other"),
    _meaning("llc", "L", "Local learning coefficient", "llc"),
    _meaning("other-data", "O", "Other data than those of the training", "transfer"),
    # What is asked of an image
    _meaning("next-layer", "k", "The next layer", "cycle"),
    _meaning("previous-layer", "K", "The one before", "cycle"),
    _meaning("next-target", "t", "The next target", "cycle classes target"),
    _meaning("previous-target", "T", "The one before", "cycle classes target"),
    _meaning("next-digit", "d", "Images of the next class", "filter_next classes digit"),
    _meaning("previous-digit", "D", "Images of the class before", "classes digit"),
    _meaning(
        "next-color",
        "h",
        "The next value, such as a color (hue), what has it, or the next category",
        "filter_next pool category ink",
    ),
    _meaning("next-answer", "w", "Images by what the network makes of them", "filter_next only_active"),
    _meaning("next-split", "H", "Hard images, or those of the next split", "cycle split"),
    # What is drawn
    _meaning("draw", "I", "Draw an image (ink), and ask the network", "draw"),
    _meaning("next-ground", "B", "The next color of the ground", "ground"),
    _meaning("eraser", "E", "Erase, or draw again", "eraser"),
    _meaning("certainty", "P", "Whether the target has to be nearly certain", "sure"),
    _meaning("other-network", "A", "The other network of the two", "network"),
    # Words about it, and files
    _meaning("explain", "i", "Explain the panel", "explain"),
    _meaning("help", "question_mark", "Help: the keys of this screen, and what it is for", "help dismiss"),
    _meaning("palette", "ctrl+p", "Palette", "command_palette"),
    _meaning("export", "e", "Export figures", "export"),
    _meaning("screenshot", "f12", "Screenshot", "screenshot"),
    _meaning("copy", "y", "Copy a value or a path", "copy"),
    _meaning("copy-command", "ctrl+y", "Copy the command of the form", "copy_command"),
    _meaning("field-help", "f1", "Explain the field", "explain dismiss"),
    _meaning("default", "backspace", "Restore the default", "forget unfilter reset smallest"),
    _meaning("jobs", "j", "Jobs", "jobs dismiss"),
    _meaning("log", "l", "Log of the run", "log dismiss"),
    _meaning("quit", "q", "Quit, or close what is over the screen", "quit dismiss"),
    _meaning("force-quit", "ctrl+q", "Quit", "quit"),
)

BY_NAME = {meaning.name: meaning for meaning in GRAMMAR}


def keys_with_two_meanings(keys: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str, str]]:
    """Each key that two meanings would share, with their names. keys: of each meaning, by its name."""
    owner: dict[str, str] = {}
    for name, pressed in keys.items():
        for key in pressed:
            if owner.setdefault(key, name) != name:
                yield key, owner[key], name
