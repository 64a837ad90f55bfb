"""Presets fill in what isn't given; impossible combinations get one sentence."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lazytui.analyses.core.form_fields import fields_of
from lazytui.data.palettes import palettes
from lazytui.data.params import DatasetParams
from lazytui.data.presets import PAIRS, TIERS, presets

pair_names = st.builds(
    lambda pairs, percent, tier: (f"{pairs}{percent}{tier}", pairs, percent, tier),
    st.sampled_from(PAIRS),
    st.integers(0, 100),
    st.sampled_from(TIERS),
)


def refusal(**options: object) -> str:
    """The one sentence that refuses these parameters."""
    with pytest.raises(ValidationError) as caught:
        DatasetParams.model_validate(options)
    messages = [error["msg"] for error in caught.value.errors()]
    assert len(messages) == 1
    assert "\n" not in messages[0]
    return messages[0]


@pytest.mark.parametrize("name", presets())
def test_every_preset_is_valid_and_survives_a_round_trip(name: str) -> None:
    params = DatasetParams(dataset=name)
    assert DatasetParams.model_validate(params.model_dump()) == params
    assert DatasetParams.model_validate_json(params.model_dump_json()) == params


def test_textures_are_typed_with_commas_or_one_by_one_and_once_is_enough() -> None:
    typed = ["stripes,level", ["stripes", "level"], ["stripes, level", "stripes"]]
    assert {DatasetParams.model_validate({"texture": one}).texture for one in typed} == {("stripes", "level")}
    assert "at least one" in refusal(texture=[])


def test_background_is_the_default() -> None:
    assert DatasetParams() == DatasetParams(dataset="background")
    fields = {field.name: field.default for field in fields_of(DatasetParams)}
    assert {name: getattr(DatasetParams(), name) for name in fields} == fields


def test_what_is_given_wins_over_the_preset() -> None:
    params = DatasetParams(dataset="stroke", bias=0.9)
    assert (params.placement, params.texture, params.palette, params.bias) == (
        "stroke",
        ("gaussian", "stripes"),
        "bright",
        0.9,
    )
    assert DatasetParams.model_validate(params.model_dump()) == params


def test_the_presets_are_those_of_the_studies() -> None:
    by_name = {name: DatasetParams(dataset=name) for name in presets()}
    assert (by_name["background"].placement, by_name["background"].texture) == ("background", ("uniform",))
    assert (by_name["stroke-level"].texture, by_name["stroke-level"].hard) == (("level", "gaussian"), "random")
    assert (by_name["texture"].placement, by_name["texture"].texture) == ("background", ("gaussian",))
    assert by_name["clean"].placement == "none"
    assert by_name["stroke-spectral"].palette == "spectral"


@given(pair_names)
def test_study_d_names_are_parsed(parts: tuple[str, str, int, str]) -> None:
    name, pairs, percent, tier = parts
    params = DatasetParams(dataset=name)
    assert (params.tier, params.noise_layer, params.noise_channels) == (tier, "over", "rgb")
    if pairs == "bw":
        assert (params.placement, params.hard) == ("none", "gray")
    else:
        assert (params.placement, params.palette) == ("stroke", f"pairs-{pairs}")
    assert params.bias == pytest.approx(percent / 100)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("backgroud", "background"), ("gr95x", "gr95"), ("rg95", "rg95"), ("gb95h", "gr95h"), ("strok", "stroke")],
)
def test_unknown_presets_get_the_nearest_names(name: str, nearest: str) -> None:
    assert re.search(f"There is no dataset '{name}'. Did you mean .*{nearest}", refusal(dataset=name))


def test_a_bias_above_100_percent_is_refused() -> None:
    assert "must be at most 100 %" in refusal(dataset="gr195z")
    refusal(bias=1.01)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"palette": "distint"}, "Did you mean distinct"),
        ({"palette": "#ff0000,#00ff00"}, "ten different colors; this one has 2"),
        ({"palette": ",".join(["#ff0000"] * 10)}, "ten different colors; this one has 1"),
        ({"palette": "#ff0000,blau"}, "'blau' isn't a color"),
        ({"placement": "none", "tier": "e"}, "needs the noise layer over"),
        ({"noise_channels": "rgb"}, "rgb need the noise layer over"),
        ({"placement": "none", "texture": ("uniform",)}, "no background to texture"),
        ({"placement": "none", "hard": "inverted"}, "use gray"),
        ({"texture": ("flat", "lines")}, "flat can't be combined"),
        ({"dataset": "gr95z", "palette": "distinct"}, "hides the digit"),
        ({"texture": ("flat",), "palette": "bright"}, "hides the digit"),
        ({"placement": "both"}, "hides the digit"),
        ({"seed": -1}, "greater than or equal to 0"),
        ({"validation_share": 1}, "less than 1"),
    ],
)
def test_impossible_combinations_are_refused(options: dict[str, object], sentence: str) -> None:
    assert sentence in refusal(**options)


def test_placement_none_takes_the_clean_background_along() -> None:
    params = DatasetParams(dataset="stroke", placement="none")
    assert (params.texture, params.tier, params.hard) == (("flat",), "none", "gray")


def test_textures_and_palettes_can_be_written_as_text() -> None:
    own = ",".join(f"#{17 * index:02X}0000" for index in range(10))
    params = DatasetParams.model_validate({"texture": "level, gaussian", "palette": own})
    assert params.texture == ("level", "gaussian")
    assert params.palette == own.lower()


def test_every_field_is_described_and_every_name_is_reported() -> None:
    described = {field.name: field.description for field in fields_of(DatasetParams)}
    assert all(described.values())
    assert all(name in described["dataset"] for name in presets())
    assert all(name in described["palette"] for name in palettes())
