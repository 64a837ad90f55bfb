"""Text that came from a file, made safe to show: no escape sequence, control character or hidden direction mark."""

from __future__ import annotations

import re

# CSI (`ESC [ ... final`), the string sequences OSC, DCS, SOS, PM and APC up to their terminator, then any other escape;
# each also in its one-byte C1 form. A string sequence that never ends is cut at the end of its line only.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")  # all but the line feed
# Marks that reorder, hide or replace text: bidi embeddings, overrides and isolates, interlinear annotation, tags, lone
# surrogates. The plain direction marks U+200E and U+200F and the joiners belong to scripts and emoji, and stay.
_HIDDEN = re.compile(r"[\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ufeff\ud800-\udfff\U000e0000-\U000e007f]")
_LINE_BREAKS = re.compile(r"\r\n?|[\n\x0b\x0c\x85\u2028\u2029]")


def plain_text(text: str, *, newlines: bool = False) -> str:
    """The text without escape sequences, control characters and bidi overrides; tabs become spaces.

    Line breaks of any kind become spaces, or `\\n` when `newlines` is asked for.

    >>> plain("a\\x1b[31mred\\x1b[0m b")
    'ared b'
    """
    text = _ESCAPES.sub("", _LINE_BREAKS.sub("\n", text))
    text = _HIDDEN.sub("", _CONTROLS.sub("", text.replace("\t", " ")))
    return text if newlines else text.replace("\n", " ")
