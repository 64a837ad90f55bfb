"""A torch and torchvision that don't fit together are one sentence with what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lazytui.system.torch_import import require_torch, require_torchvision

BODY = """
from lazytui.errors import BadInput
from lazytui.{module} import {function}
try:
    {call}
except BadInput as error:
    print(error)
"""


def run_code(tmp_path: Path, package: str, code: str, body: str) -> str:
    """What a process says whose torch or torchvision is a broken one."""
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text(code)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    done = subprocess.run([sys.executable, "-c", body], env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_installed_pair_fits() -> None:
    assert require_torch().__name__ == "torch"
    assert require_torchvision().__name__ == "torchvision"


@pytest.mark.parametrize(
    "fault", ["RuntimeError('operator torchvision::nms does not exist')", "OSError('undefined symbol: _ZN3c10')"]
)
def test_torchvision_of_another_torch(tmp_path: Path, fault: str) -> None:
    body = BODY.format(module="models.build", function="build_model", call="build_model('resnet18', seed=0)")
    sentence = run_code(tmp_path, "torchvision", f"raise {fault}\n", body)
    assert sentence.startswith("torch ") and "and torchvision " in sentence and "don't fit together" in sentence
    assert fault.split("'")[1] in sentence
    assert sentence.endswith("python -m pip install --force-reinstall torch torchvision")
    assert "\n" not in sentence


def test_other_models_need_no_torchvision(tmp_path: Path) -> None:
    body = "from lazytui.models.build import build_model; build_model('gap-cnn', seed=0); print('built')"
    assert run_code(tmp_path, "torchvision", "raise RuntimeError('broken')\n", body) == "built"


def test_torch_that_does_not_load(tmp_path: Path) -> None:
    body = BODY.format(module="system.torch_import", function="require_torch", call="require_torch()")
    sentence = run_code(tmp_path, "torch", "raise OSError('libcudart.so.13: cannot open shared object file')\n", body)
    assert "can't be loaded (libcudart.so.13: cannot open shared object file): python -m pip install" in sentence
