"""A network's layer opened at the features of an earlier run: for experiments, and for a dial that answers at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

import numpy as np

from lazytui.analyses.core.execute import recorded_result
from lazytui.analyses.networks.model_under_study import Subject, SubjectParams, load_subject
from lazytui.runs.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lazytui.analyses.sae.params import SaeParams
    from lazytui.analyses.sae.result import SaeResult
    from lazytui.data.splits import BiasedDataset, Split
    from lazytui.sae.experiments import Known
    from lazytui.sae.spliced_model import Opened


@dataclass(frozen=True)
class Dissected:
    """A network with the autoencoder of one of its layers. name: what the network is called. result: of the run that
    trained it."""

    name: str
    subject: Subject
    params: SaeParams
    result: SaeResult
    opened: Opened

    @property
    def known(self) -> Known:
        """What the run found out about the features."""
        from lazytui.sae.experiments import Known

        return Known(self.result.category, self.result.color_response.astype(np.float64))


def sae_params(run: str, workspace: Workspace) -> SaeParams:
    """What an earlier run was asked. Raises BadInput where there is none."""
    from lazytui.analyses.core.execute import recorded_params

    return cast("SaeParams", recorded_params(workspace.find(run, kinds=("sae",))))


def subject_of(params: SaeParams) -> SubjectParams:
    """The network that it took apart; not its code, for which a run's word isn't taken."""
    return SubjectParams(run=params.run, source=params.source, device=params.device)


def dissect(
    run: str,
    workspace: Workspace,
    choose: Callable[[BiasedDataset], Mapping[str, Split]],
    note: Callable[[str], object],
    *,
    model: str | None = None,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
) -> Dissected:
    """Open the layer that an earlier run took apart, with some splits of its data. Imports torch.

    choose: what is kept of the data. note: as in `load_subject`. model: the network's code, where it is one's own.
    Raises BadInput where the network isn't the one that the autoencoder was trained on any more, by its fingerprint.
    """
    asked = subject_of(sae_params(run, workspace)).model_copy(update={"model": model, "device": device})
    return dissected(run, load_subject(asked, workspace, note), workspace, choose)


def dissected(
    run: str, subject: Subject, workspace: Workspace, choose: Callable[[BiasedDataset], Mapping[str, Split]]
) -> Dissected:
    """The same of a network that is loaded already."""
    folder = workspace.find(run, kinds=("sae",))
    params, result = sae_params(run, workspace), recorded_result(folder)
    from lazytui.hooks.split_model import SplitModel
    from lazytui.models.weights_saving import fingerprint
    from lazytui.sae.activation_samples import Reading
    from lazytui.sae.saved_sae import Belonging, load_autoencoder
    from lazytui.sae.spliced_model import Opened

    cut = SplitModel(subject.model, result.layer)
    belonging = Belonging(fingerprint(subject.model), cut.layer, params.positions)
    model = load_autoencoder(folder.autoencoder, belonging).to(subject.hardware.device)
    reading = Reading(cut.shape, params.positions)
    opened = Opened(model, cut, reading, choose(subject.data), subject.hardware)
    return Dissected(workspace.find(params.run).display_name, subject, params, result, opened)
