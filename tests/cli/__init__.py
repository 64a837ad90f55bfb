"""Tests of lazytui.cli."""
