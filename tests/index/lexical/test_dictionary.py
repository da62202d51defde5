from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from corpus.types import StoreError
from index.lexical.dictionary import (
    MOST_FORMS,
    open_dictionary,
    read_cedict,
    read_readings,
    readings,
)

LINES = """# CC-CEDICT
芯片 芯片 [xin1 pian4] /computer chip/microchip/
晶片 晶片 [jing1 pian4] /chip/wafer/
貓 猫 [mao1] /cat/CL:隻|只[zhi1]/(coll.) to hide oneself/
王 王 [Wang2] /surname Wang/
三 三 [san1] /three/3/
呂 吕 [Lu:3] /surname Lü/
學習 学习 [xue2 xi2] /to learn; to study/
說明書 说明书 [shuo1 ming2 shu1] /(technical) manual/a long book of instructions for using things/
這 这 [zhe4] /this/
裏 里 [li3] /variant of 裡|里[li3]/
"""


@pytest.fixture
def cedict(tmp_path: Path) -> Path:
    path = tmp_path / "cedict.txt.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write(LINES)
    return path


def test_chinese_words_have_their_senses_as_terms(cedict: Path) -> None:
    forms = read_cedict(cedict)
    assert forms["芯片"] == (("computer", "chip"), ("microchip",))
    assert forms["学习"] == (("learn",), ("study",))
    assert forms["说明书"] == (("manual",),)  # the other sense is a sentence


def test_english_terms_have_chinese_words_the_usual_ones_first(cedict: Path) -> None:
    forms = read_cedict(cedict)
    assert forms["computer chip"] == (("芯片",),)
    assert forms["chip"] == (("晶片",),)
    assert forms["study"] == (("学习",),)
    assert forms["manual"] == (("说明", "明书"),)


def test_what_is_no_sense_is_left_out(cedict: Path) -> None:
    forms = read_cedict(cedict)
    assert forms["猫"] == (("cat",), ("hide", "oneself"))
    for word in ("王", "wang", "里", "这", "this"):
        assert word not in forms


def test_characters_are_read_without_tones_surnames_too(cedict: Path) -> None:
    found = read_readings(cedict)
    assert found["猫"] == {"mao"}
    assert found["王"] == {"wang"}
    assert found["吕"] == {"lv", "lu"}
    assert "芯片" not in found


def test_the_readings_are_read_once() -> None:
    assert readings()["乐"] >= {"le", "yue"}
    assert readings() is readings()


def test_the_installed_dictionary_is_prepared_once(model_dir: Path) -> None:
    dictionary = open_dictionary(model_dir)
    assert dictionary is not None
    found = dictionary.lookup(["公司", "company", "学习", "没有这个词"])
    assert ("company",) in found["公司"]
    assert ("公司",) in found["company"]
    assert "没有这个词" not in found
    assert all(len(forms) <= MOST_FORMS for forms in found.values())
    (file,) = (model_dir / "dictionaries").iterdir()
    made = file.stat().st_mtime_ns
    assert open_dictionary(model_dir) is not None
    assert file.stat().st_mtime_ns == made


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "dictionaries").write_text("a file stands in the way")
    with pytest.raises(StoreError, match=r"dictionary can't be prepared.*--data") as caught:
        open_dictionary(tmp_path)
    assert "\n" not in str(caught.value)
