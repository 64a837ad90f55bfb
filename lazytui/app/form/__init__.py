"""A form made from a Params model: a line a field, each explained, checked as it is typed."""

from lazytui.app.form.params_form import ParamsForm

__all__ = ["ParamsForm"]
