"""Custom keys: `keys.toml` in the configuration folder, and the presets that ship."""

from __future__ import annotations

import json
import string
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

import platformdirs
from textual.binding import Binding
from textual.keys import Keys, key_to_character

from lazytui.app.shell.grammar import BY_NAME, GRAMMAR, keys_with_two_meanings
from lazytui.errors import BadInput, UsageError
from lazytui.files.reading import read_regular
from lazytui.files.writing import storage_errors

PRESETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "default": {},
    "vim": {
        "up": ("up", "k"),
        "down": ("down", "j"),
        "left": ("left", "h"),
        "right": ("right", "l"),
        "page-up": ("pageup", "ctrl+b"),
        "page-down": ("pagedown", "ctrl+f"),
        "last": ("end", "G"),
        "keep": ("V",),
        "jobs": ("J",),
        "log": ("ctrl+l",),
        "next-layer": ("Z",),
        "next-color": ("U",),
    },
}
"""By name: the keys of those meanings that have others than the grammar's."""

_LARGEST = 100_000
_MODIFIERS = {"ctrl", "shift", "alt", "super", "hyper", "meta"}
_NAMED = {key.value for key in Keys} | {f"f{number}" for number in range(1, 25)} | {"space"}


def _textual_name(key: str) -> str:
    """`question_mark` for `?`."""
    return next(iter(Binding.make_bindings([Binding(key, "")]))).key


_SIGNS = {"comma", *(_textual_name(sign) for sign in string.printable.replace(",", "").strip())}

EXAMPLE = """\
preset = "vim"          # or default; `lazytui --keys vim` says so for once
run = "ctrl+r"
screenshot = ["f12", "f9"]
"""
"""What `keys.toml` may say."""

_HEAD = """\
# Keys of lazytui, read when it starts. Take the sign # away from the beginning of a line to change its key: a letter,
# a sign, or a name such as "ctrl+r", "f5", "pageup"; a list of them for several. One key can't do two things.

# preset = "vim"
"""

Keymap = dict[str, str]
"""By the id of bindings: keys, separated by commas, as Textual's `set_keymap` takes them."""


def keys_file() -> Path:
    """Where a person's own keys are."""
    return platformdirs.user_config_path("lazytui") / "keys.toml"


def written(key: str) -> str:
    """A key as it is written in `keys.toml`: `?` for `question_mark`, `f12` for `f12`."""
    sign = key_to_character(key) or ""
    return sign if sign.strip() and sign.isprintable() else key


def keys_now(keymap: Keymap) -> dict[str, tuple[str, ...]]:
    """The keys of each action, by its name."""
    return {one.name: tuple(keymap[one.name].split(",")) if one.name in keymap else one.keys for one in GRAMMAR}


def template() -> str:
    """A `keys.toml` that changes nothing: every action with its key, as a comment."""
    lines = (f"# {one.name} = {_as_toml(one.keys)}  # {one.description}" for one in GRAMMAR)
    return "\n".join((_HEAD, *lines, ""))


def write_template() -> Path:
    """Write that file where keys are read from, unless there is one. Raises LazytuiError."""
    path = keys_file()
    with storage_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(template())
        except FileExistsError as error:
            raise UsageError(f"{path} exists already and is left as it is.") from error
    return path


def _as_toml(keys: tuple[str, ...]) -> str:
    """`"g"`, or a list of several."""
    texts = [json.dumps(written(key)) for key in keys]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def load_keymap(preset: str | None = None) -> Keymap:
    """What `keys.toml` says, on top of a preset: the given one, or else the file's.

    Raises BadInput, with a sentence, for a preset or an action that there isn't, and for a key with two meanings.
    """
    path = keys_file()
    own = _read(path)
    named = own.pop("preset", "default")
    name = preset or named
    if not isinstance(name, str) or name not in PRESETS:
        raise BadInput(f"{path}: {_unknown_preset(name)}")
    changed = {**PRESETS[name], **{action: _keys_of(action, value, path) for action, value in own.items()}}
    keys = {meaning.name: changed.get(meaning.name, meaning.keys) for meaning in GRAMMAR}
    for key, first, second in keys_with_two_meanings(keys):
        raise BadInput(f"{path}: the key {key} would mean two things, {first} and {second}.")
    return {action: ",".join(pressed) for action, pressed in changed.items()}


def require_preset(name: str | None) -> None:
    """Raise UsageError for one that there isn't."""
    if name is not None and name not in PRESETS:
        raise UsageError(_unknown_preset(name))


def _unknown_preset(name: object) -> str:
    return f"There is no preset of keys {name!r}; there are: {', '.join(PRESETS)}."


def _read(path: Path) -> dict[str, object]:
    """Nothing where there is no file."""
    try:
        return tomllib.loads(read_regular(path, _LARGEST, links=True).decode())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:  # also what isn't UTF-8 or TOML
        raise BadInput(f"{path} can't be read: {str(error).rstrip('.')}. The keys are the usual ones.") from error


def _keys_of(action: str, value: object, path: Path) -> tuple[str, ...]:
    if action not in BY_NAME:
        near = get_close_matches(action, BY_NAME, n=1)
        meant = f" Did you mean {near[0]}?" if near else f" There are: {', '.join(BY_NAME)}."
        raise BadInput(f"{path}: there is no action {action!r}.{meant}")
    listed = value if isinstance(value, list) else [value]
    keys = tuple(_textual_name(key) for key in listed if isinstance(key, str) and _is_key(key))
    if not keys or len(keys) < len(listed):
        raise BadInput(f'{path}: {action} needs a key such as "r", "ctrl+r" or "f5", or a list of keys.')
    return keys


def _is_key(key: str) -> bool:
    """Whether a terminal can send it."""
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    return set(modifiers) <= _MODIFIERS and last not in {"", ","} and (last in _NAMED or _textual_name(last) in _SIGNS)
