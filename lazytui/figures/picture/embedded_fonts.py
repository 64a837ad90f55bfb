"""The letters of an .svg in the file itself, so that it looks the same wherever it is opened."""

from __future__ import annotations

import base64
import html
import io
import re
from functools import lru_cache

from fontTools import subset
from fontTools.ttLib import TTFont
from matplotlib.font_manager import FontProperties, findfont

from lazytui.figures.picture.ink import FONT

_TEXT = re.compile(r"<text\b[^>]*?style=\"([^\"]*)\"[^>]*>([^<]*)</text>")


def with_embedded_fonts(svg: str) -> str:
    """The picture with a font that holds the letters of its texts, of each weight that it uses; and no others."""
    letters: dict[str, set[str]] = {"normal": set(), "bold": set()}
    for style, text in _TEXT.findall(svg):
        letters["bold" if "bold" in style or "700" in style else "normal"].update(html.unescape(text))
    faces = [_face(weight, "".join(sorted(used))) for weight, used in letters.items() if used]
    if not faces:
        return svg
    return re.sub(r"(<svg\b[^>]*>)", rf"\1\n <style>{''.join(faces)}</style>", svg, count=1)


@lru_cache(maxsize=32)
def _face(weight: str, letters: str) -> str:
    font = TTFont(findfont(FontProperties(family=FONT, weight=weight)))
    options = subset.Options()
    options.layout_features, options.hinting = [], False
    options.drop_tables += ["FFTM", "GDEF", "GPOS", "GSUB", "MATH"]
    options.notdef_outline = True
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=letters)
    subsetter.subset(font)
    output = io.BytesIO()
    font.save(output)
    data = base64.b64encode(output.getvalue()).decode()
    return f"@font-face{{font-family:'{FONT}';font-weight:{weight};src:url(data:font/ttf;base64,{data})}}"
