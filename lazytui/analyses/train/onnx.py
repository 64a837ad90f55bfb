"""The network of a training as an ONNX file."""

from __future__ import annotations

from lazytui.analyses.core.analysis import OnnxOptions
from lazytui.analyses.train.params import TrainParams
from lazytui.errors import UsageError
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace


def write_onnx(params: TrainParams, run: RunFolder, _workspace: Workspace, options: OnnxOptions) -> bytes:
    """The content of the file. Raises BadInput where the network can't be had, or can't be written."""
    if options.feature:
        raise UsageError(f"--feature is for a run of `lazytui run sae`; {run.reference} is a training.")
    from lazytui.system.torch_import import require_torch

    require_torch()
    from lazytui.models.fingerprint import fingerprint
    from lazytui.models.onnx_file import NetworkCard, onnx_file
    from lazytui.models.shapes import shape_of
    from lazytui.training.initial_model import load_trained

    trained = params.model_copy(update={"model": options.model or params.model})
    model = load_trained(run.path, trained, trained.content)
    classes = trained.content.classes
    facts = {"run": run.id, "model": trained.model, "fingerprint": fingerprint(model)}
    return onnx_file(model, NetworkCard(shape_of(model), classes, trained.adaptation(classes).input_map, facts))
