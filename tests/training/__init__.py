"""Tests of lazytui.training."""
