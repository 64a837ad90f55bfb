"""What a training records of what was chosen."""

from __future__ import annotations

from lazytui.analyses.train.params import TrainParams
from lazytui.training.methods import METHODS


def test_only_the_options_of_its_method_are_recorded() -> None:
    every = {option for method in METHODS.values() for option in method.options.model_fields}
    for params in (TrainParams(source="strokes"), TrainParams(source="strokes", method="jtt")):
        recorded = params.model_dump(mode="json")
        assert every & recorded.keys() == set(METHODS[params.method].options.model_fields)
        assert "recorded_content" not in recorded
        assert TrainParams.model_validate(recorded) == params
