"""Every page's HTML comes from templates that escape, and nothing goes round them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes
from jinja2.exceptions import UndefinedError

from assistant.interfaces.http.templates import Templates
from tests.project import ROOT, python_files, third_party, tracked_files

TEMPLATES = [path for path in tracked_files() if path.parent.name == "templates"]
ROOM = Path("assistant/interfaces/http/templates.py")
PYTHON = python_files("assistant")
NO_PAGES = ("assistant/interfaces/wiki", "assistant/citation")
"""They write Markdown and wiki text, of which tags are a part."""
MARKUP = re.compile(r"\bMarkup\(|\bfrom html import\b.*\bescape\b|\bhtml\.escape\(")
"""What puts HTML together by hand."""
TAGS = re.compile(r"""["']<(?:a|article|button|div|h\d|li|p|section|span|ul)[ >]""")


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Templates:
    folder = tmp_path / "pages_of_a_test"
    (folder / "templates").mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "templates" / "page.html").write_text(
        '<p title="{{ text }}"\n   class="x">\n  {{ text }}\n  <b>bold</b>\n  two\n  words\n</p>\n'
    )
    monkeypatch.syspath_prepend(tmp_path)
    return Templates("pages_of_a_test", functions={})


def test_every_value_is_escaped(templates: Templates) -> None:
    html = templates.render("page.html", text="<i>\"&'")
    assert "<i>" not in html and html.count("&lt;i&gt;&#34;&amp;&#39;") == 2


def test_line_breaks_are_for_those_who_read_the_template(templates: Templates) -> None:
    html = templates.render("page.html", text="a\n b")
    assert html == '<p title="a\n b" class="x">a\n b<b>bold</b>two words</p>'


def test_a_value_that_is_missing_fails(templates: Templates) -> None:
    with pytest.raises(UndefinedError):
        templates.render("page.html")


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_no_template_vouches_for_a_value(path: Path) -> None:
    tree = Environment(autoescape=True).parse((ROOT / path).read_text(encoding="utf-8"))
    filters = {each.name for each in tree.find_all(nodes.Filter)}
    assert not filters & {"safe", "xmlattr", "tojson"}, "these give markup out as it stands"
    assert not list(tree.find_all(nodes.ScopedEvalContextModifier)), "autoescape is switched"


@pytest.mark.parametrize(
    "path", [each for each in PYTHON if not str(each).startswith(NO_PAGES)], ids=str
)
def test_no_code_puts_html_together(path: Path) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert not MARKUP.findall(text)
    assert not TAGS.findall(text)


def test_one_file_knows_the_template_language() -> None:
    users = {
        path
        for path in PYTHON
        for each in third_party(path)
        if each.top in ("jinja2", "markupsafe")
    }
    assert users == {ROOM}
