"""Tests of lazytui.runs."""
