"""What is said where a run names code of a person's own: only what can be done about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lazytui.analyses.compare.attack_leaderboard import require_attackable
from lazytui.analyses.core.execute import resolve_params
from lazytui.analyses.evaluate.params import EvaluateParams
from lazytui.analyses.train.params import TrainParams
from lazytui.errors import BadInput
from lazytui.runs.workspace import Workspace


def test_an_attack_of_a_comparison_advises_no_option_that_it_lacks(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    run = workspace.create("train", TrainParams(model="nobodys.py:net").model_dump(mode="json"))
    with pytest.raises(
        BadInput, match=r"with the custom code nobodys\.py:net, .* leave that training out, or compare without"
    ):
        require_attackable([run], "fgsm", workspace)


@pytest.mark.parametrize(("field", "option"), [("model", "--model"), ("against_model", "--against-model")])
def test_the_option_that_names_the_code_is_reported(tmp_path: Path, field: str, option: str) -> None:
    runs = {"run": "shipped/lazy-strokes", "against": "shipped/lazy-strokes"}
    asked = EvaluateParams.model_validate({**runs, field: "nobodys.py:net"})
    with pytest.raises(BadInput, match=f"name it yourself: {option} on the command line"):
        resolve_params("evaluate", asked, Workspace(tmp_path))
