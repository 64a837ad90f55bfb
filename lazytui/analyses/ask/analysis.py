"""Ask: what a network says of any picture, and where it looks; one network, or two."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lazytui.analyses.ask.answer import ask_network, networks_asked, open_network, require_networks
from lazytui.analyses.ask.figures import figures
from lazytui.analyses.ask.params import AskParams
from lazytui.analyses.ask.result import AskResult, read, write
from lazytui.analyses.core.analysis import Analysis
from lazytui.data.picture_files import read_picture
from lazytui.runs.progress_report import Report
from lazytui.runs.workspace import Workspace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def resolve(params: AskParams, workspace: Workspace) -> AskParams:
    """Make sure that the picture can be read and the networks can be had; record where the picture lies."""
    require_networks(params, workspace)
    _image(params)
    return params.model_copy(update={"image": str(Path(params.image).expanduser().resolve())})


def run(params: AskParams, report: Report) -> AskResult:
    image = _image(params)
    report.note("loading torch and the network")
    answers = [
        ask_network(open_network(network, report.workspace, report.note), image, params, params.digit)
        for network in networks_asked(params)
    ]
    return AskResult(*answers)


def _image(params: AskParams) -> NDArray[np.uint8]:
    return read_picture(Path(params.image).expanduser(), fit=params.fit, invert=params.invert)


ANALYSIS = Analysis(
    params=AskParams,
    run=run,
    figures=figures,
    write=write,
    read=read,
    resolve=resolve,
)
