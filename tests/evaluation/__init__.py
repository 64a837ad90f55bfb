"""Tests of lazytui.evaluation."""
