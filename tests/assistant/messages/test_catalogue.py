"""The catalogue of lines: whole in every language, and with every line that the code asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path

import pytest

from assistant.messages import catalogue
from assistant.messages.catalogue import Line, language_name, languages, lines_of, messages
from assistant.messages.languages import choose_language
from tests.project import ROOT, tracked_files

CACHED = (messages, languages, catalogue.page_languages, lines_of)
ENGLISH = lines_of("en")
GROUPS = "|".join(sorted({key.partition(".")[0] for key in ENGLISH}))
KEY = re.compile(rf"""\(\s*["']((?:{GROUPS})\.[a-z_.]+)["']""")
"""A whole key, as the catalogue is asked for it in code and in templates."""
KEY_BEGUN = re.compile(rf"""["']((?:{GROUPS})\.[a-z_.]*)\{{""")
"""A key whose end is put in."""
OTHER_NAMES = {"chat.completion", "chat.completion.chunk", "embed.js"}
"""What looks like a key and is none."""


def blanks(line: Line) -> set[str]:
    """Which values a line takes: ``{}`` in their order are ``{0}``, ``{1}``."""
    forms = (line,) if isinstance(line, str) else line
    found = [re.findall(r"\{(\d*)\}", form) for form in forms]
    return {number or str(n) for form in found for n, number in enumerate(form)}


@pytest.mark.parametrize("tag", languages())
def test_a_line_takes_the_same_values_in_every_language(tag: str) -> None:
    lines = lines_of(tag)
    assert lines.keys() <= ENGLISH.keys()
    counted = {key for key, line in ENGLISH.items() if isinstance(line, tuple)}
    for key, line in lines.items():
        assert line, key
        same = blanks(line) == blanks(ENGLISH[key])
        assert same, f"{tag}: {key} takes {blanks(line)}, not {blanks(ENGLISH[key])}"
        assert isinstance(line, str) or key in counted, f"{tag}: {key} is counted by nobody"


@pytest.mark.parametrize("tag", catalogue.page_languages())
def test_a_language_of_pages_has_every_line(tag: str) -> None:
    assert lines_of(tag).keys() == ENGLISH.keys()


def test_every_line_that_is_asked_for_is_there() -> None:
    asked: set[str] = set()
    begun: set[str] = set()
    for path in tracked_files():
        if path.parts[0] == "assistant" and path.suffix in (".py", ".html", ".jinja", ".j2"):
            text = (ROOT / path).read_text(encoding="utf-8")
            found = {key for key in KEY.findall(text) if not key.endswith(".html")}
            groups = {key for key in found if key.endswith(".") or f'group("{key}")' in text}
            asked |= found - groups
            begun |= groups.union(KEY_BEGUN.findall(text))
    assert asked and begun
    lacking = {key for key in asked - OTHER_NAMES if key not in ENGLISH}
    lacking |= {key for key in begun if not any(line.startswith(key) for line in ENGLISH)}
    assert not lacking, f"the code asks for lines that no language has: {sorted(lacking)}"


def test_a_count_has_its_form() -> None:
    english, chinese = messages("en"), messages("zh-Hans")
    told = [english("steps.supported", 1, n=count) for count in (1, 2)]
    assert told == ["1 of 1 sentence supported", "1 of 2 sentences supported"]
    assert chinese("steps.passages", n=1) == "1 段"


def test_a_language_lacks_nothing_but_falls_back_to_english() -> None:
    german, english = messages("de-AT"), messages("en")
    assert german("reply.found") == "Dazu wurde gesagt:"
    assert german("notice.kept") == english("notice.kept")
    assert messages("sw")("reply.found") == english("reply.found")
    with pytest.raises(KeyError):
        german("reply.nonsense")


def test_traditional_chinese_is_simplified_in_its_own_words_and_marks() -> None:
    say = messages("zh-Hant")
    assert say("reply.nearest") == "相近的話題有："
    assert say("reply.not_verified") == "（未核實）"
    assert say("notice.why.refused") == "語言模型的伺服器拒絕了這個問題。"
    assert say("chat.sources_of", "鹽") == "「鹽」的出處"
    # What OpenCC would write otherwise stands in the language's own file.
    assert say("reply.found") == "逐字稿裡是這樣說的："
    assert messages("zh-TW")("reply.found") == say("reply.found")


def test_chinese_is_written_in_its_own_script() -> None:
    simplified, traditional = (
        "".join(map(str, lines_of(tag).values())) for tag in ("zh-Hans", "zh-Hant")
    )
    assert not set(simplified) & set("問語處關閉從開啟這說聽訪談資庫據裡實寫")
    assert not set(traditional) & set("问语处关闭从开启这说听访谈资库据里实写")


def test_each_language_has_its_own_words_for_how_sure_an_answer_is() -> None:
    told = [messages(tag).group("sureness.levels").values() for tag in catalogue.page_languages()]
    assert len({line for lines in told for line in lines}) == 3 * 5


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the files, which the catalogue reads in their place."""
    for file in resources.files("assistant.messages").iterdir():
        if file.name.endswith(".json"):
            (tmp_path / file.name).write_text(file.read_text("utf-8"), "utf-8")
    caches: list[Callable[[], None]] = [each.cache_clear for each in CACHED]
    for clear in caches:
        clear()
    monkeypatch.setattr(resources, "files", lambda _: tmp_path)
    yield tmp_path
    for clear in caches:
        clear()


def test_a_new_language_is_a_file_and_nothing_else(folder: Path) -> None:
    lines = {
        "language": {"name": "Italiano", "full_name": "Italiano", "order": 2.5},
        "reply": {"found": "Ecco che cosa è stato detto:"},
    }
    (folder / "it.json").write_text(json.dumps(lines), "utf-8")
    assert list(catalogue.page_languages().values()) == ["简体", "繁體", "Italiano", "English"]
    assert choose_language("it-CH", None) == "it"
    assert choose_language(None, "it,en;q=0.5") == "it"
    assert language_name("it") == "Italiano"
    assert messages("it")("reply.found") == "Ecco che cosa è stato detto:"
    assert messages("it")("chat.send") == "Send"


def test_a_language_without_a_name_is_told_by_its_tag() -> None:
    assert language_name("zh-Hant") == "繁體中文"
    assert [language_name(tag) for tag in ("de", "en-US", "tlh")] == ["de", "en-US", "tlh"]
