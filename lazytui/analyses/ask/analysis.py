"""Ask: what a network says of any picture, and where it looks; one network, or two."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lazytui.analyses.ask.answer import (
    ask_network,
    networks_asked,
    open_network,
    read_class_option,
    require_networks,
)
from lazytui.analyses.ask.figures import figures
from lazytui.analyses.ask.params import AskParams
from lazytui.analyses.ask.result import AskResult, read, write
from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.networks.model_under_study import trained_with
from lazytui.data.content import Content
from lazytui.data.image_files.picture_file import read_picture
from lazytui.runs.progress_report import Report
from lazytui.runs.workspace import Workspace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def resolve(params: AskParams, workspace: Workspace) -> AskParams:
    """Make sure that the picture can be read and the networks can be had; record where the picture lies."""
    require_networks(params, workspace)
    content = _content(params, workspace)
    _image(params, content)
    label = None if params.digit is None else read_class_option("--digit", params.digit, content)
    return params.model_copy(update={"image": str(Path(params.image).expanduser().resolve()), "digit": label})


def run(params: AskParams, report: Report) -> AskResult:
    image = _image(params, _content(params, report.workspace))
    report.note("loading torch and the network")
    answers = [
        ask_network(open_network(network, report.workspace, report.note), image, params, params.label)
        for network in networks_asked(params)
    ]
    return AskResult(*answers)


def _content(params: AskParams, workspace: Workspace) -> Content:
    """What the networks were trained on: where there are two, classes and images of the same size."""
    return trained_with(networks_asked(params)[0], workspace).content


def _image(params: AskParams, content: Content) -> NDArray[np.uint8]:
    path = Path(params.image).expanduser()
    return read_picture(path, content.height, content.width, fit=params.fit, invert=params.invert)


ANALYSIS = Analysis(
    params=AskParams,
    run=run,
    figures=figures,
    write=write,
    read=read,
    resolve=resolve,
)
