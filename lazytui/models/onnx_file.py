"""A network as an ONNX file, which other programs run without torch and without this one."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import nn

from lazytui import __version__
from lazytui.errors import BadInput
from lazytui.models.adaptation import Normalization
from lazytui.models.shapes import NetworkShape
from lazytui.system.memory import memory_error_or
from lazytui.system.optional_packages import require_onnx

INPUT, OUTPUT = "images", "logits"


@dataclass(frozen=True)
class NetworkCard:
    """What a file says of its network. normalization: what the network itself does to its images; None: nothing.
    facts: anything else, by name."""

    shape: NetworkShape
    classes: tuple[str, ...]
    normalization: Normalization | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    def metadata(self) -> dict[str, str]:
        """As ONNX keeps it: texts by name, lists as JSON."""
        inside = self.normalization and {"mean": self.normalization.mean, "std": self.normalization.std}
        return {
            "input": f"{INPUT}: float32 (n, channels, height, width); red, green and blue from 0 to 1",
            "input_shape": json.dumps(self.shape.image_shape),
            "output": f"{OUTPUT}: float32 (n, classes), before the softmax",
            "class_names": json.dumps(self.classes, ensure_ascii=False),
            "normalization": json.dumps(inside),
            "normalization_is": "part of the network: give it images as they are",
            **self.facts,
        }


def onnx_file(model: nn.Module, card: NetworkCard) -> bytes:
    """The content of an .onnx file: `images` (n, 3, h, w) float32 in [0, 1] to `logits` (n, classes), n of any size.

    model: on the CPU, in evaluation mode. Raises BadInput where torch's exporter or its packages are missing, or can't
    write this network.
    """
    require_onnx()
    example = torch.zeros(2, *card.shape.image_shape)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # which torchvision's operators it lacks is nobody's worry
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the exporter about itself
            program = torch.onnx.export(
                model,
                (example,),
                input_names=[INPUT],
                output_names=[OUTPUT],
                dynamic_shapes=({0: torch.export.Dim("n")},),
                dynamo=True,
                verbose=False,
            )
        assert program is not None
        proto = program.model_proto
        proto.producer_name, proto.producer_version = "lazytui", __version__
        for name, text in card.metadata().items():
            proto.metadata_props.add(key=name, value=text)
        content: bytes = proto.SerializeToString()
    except Exception as error:  # a network may hold anything, and the exporter raises what it likes
        line = next(iter(str(error.__cause__ or error).splitlines()), type(error).__name__)
        refused = BadInput(f"This network can't be written as ONNX: {line}")
        raise memory_error_or(error, "write a network as ONNX", refused) from error
    return content
