"""Tests of the form that is made from a Params model."""
