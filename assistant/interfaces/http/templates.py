"""HTML from templates, in which every value is escaped: the one place that knows Jinja2.

A room keeps its templates in its folder ``templates``. Nothing in them or in Python marks a value
as safe: only what the templates themselves spell out, and what their macros make, is markup.

A line break in a template stands for nothing next to a tag or a brace, and for a space elsewhere,
as between attributes: templates can be laid out to be read without a change to what is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension

_BREAK_AT_TAG = re.compile(r"(?<=[>}])\s*\n\s*|\s*\n\s*(?=[<{])")
_BREAK = re.compile(r"\s*\n\s*")


class Templates:
    """The templates of some packages, each compiled once. Safe to call from several threads.

    A name is looked for in the packages in their order. ``functions`` are what every template may
    call.
    """

    def __init__(self, *packages: str, functions: Mapping[str, Callable[..., object]]) -> None:
        self._environment = Environment(
            loader=ChoiceLoader([PackageLoader(package) for package in packages]),
            autoescape=True,
            undefined=StrictUndefined,
            extensions=[_LineBreaks],
            auto_reload=False,
        )
        self._environment.globals.update(functions)

    def render(self, template: str, **values: object) -> str:
        """The template with its values. Raises jinja2.UndefinedError for one that is missing."""
        return self._environment.get_template(template).render(values)


class _LineBreaks(Extension):
    """Takes a template's line breaks out before it is compiled."""

    def preprocess(
        self,
        source: str,
        name: str | None,  # noqa: ARG002  the names are Jinja2's
        filename: str | None = None,  # noqa: ARG002
    ) -> str:
        return _BREAK.sub(" ", _BREAK_AT_TAG.sub("", source.strip()))
