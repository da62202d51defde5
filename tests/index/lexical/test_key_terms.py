"""What parts of a talk are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from index.lexical.dictionary import Translation
from index.lexical.key_terms import MOST_TERMS, key_terms


class Words:
    """A dictionary that has these words."""

    def __init__(self, *words: str) -> None:
        self._words = words

    def lookup(self, words: Iterable[str]) -> Mapping[str, tuple[Translation, ...]]:
        return {word: ((word,),) for word in words if word in self._words}


def test_a_part_is_named_by_what_the_others_do_not_say() -> None:
    knives = ["We can sharpen it, the knife.", "A knife, you know, is steel that we use."] * 5
    bread = ["We can bake it, the sourdough.", "A sourdough, you know, is flour that we use."] * 5
    first, second = key_terms([knives, bread])
    assert {"knife", "sharpen", "steel"} == set(first)
    assert {"sourdough", "bake", "flour"} == set(second)


def test_plurals_and_capitals_are_one_word_and_spelt_as_mostly_said() -> None:
    said = ["Robots!", "The robots fail.", "Those robots sleep.", "One robot."] * 3
    assert "robots" in key_terms([said, ["Bread rises."] * 12])[0]


def test_words_that_keep_together_are_one_term() -> None:
    said = ["Remote control is slow.", "I like remote control.", "Remote control again."] * 3
    assert "remote control" in {term.lower() for term in key_terms([said, ["Bread rises."] * 9])[0]}


def test_chinese_is_cut_into_words_and_keeps_its_script() -> None:
    dictionary = Words("机器人", "手臂", "面包", "发酵", "需要")
    arms = ["機器人的手臂也需要維護。", "機器人是需要手臂的。"] * 5
    bread = ["麵包是需要發酵的。", "發酵的麵包也需要時間。"] * 5
    first, second = key_terms([arms, bread], dictionary)
    assert {"機器人", "手臂"} <= set(first)
    assert {"麵包", "發酵"} <= set(second)
    assert "需要" not in {*first, *second}


def test_a_name_that_no_dictionary_has_is_one_term() -> None:
    said = ["童阳说过公链。", "问过童阳了吗？", "公链靠童阳。", "谢谢童阳。"] * 3
    assert "童阳" in key_terms([said, ["面包会发酵。"] * 12], Words("公链"))[0]
    assert "童阳" in key_terms([said, ["面包会发酵。"] * 12])[0]


def test_function_words_numbers_and_letters_name_nothing() -> None:
    said = ["What is it that they do about 42 of x?", "我们的是什么？"] * 9
    assert key_terms([said, ["Bread rises."] * 9])[0] == ()


def test_terms_differ_and_are_few() -> None:
    words = [f"alpha{n}" for n in range(20)]
    said = [f"Some {word} here." for word in words for _ in range(4)]
    found = key_terms([said, ["Bread rises."] * 400])[0]
    assert len(found) == len(set(found)) == MOST_TERMS


def test_a_talk_of_one_part_is_named_by_what_it_says_most() -> None:
    assert key_terms([["Knives are sharp."] * 4 + ["Knives!"] * 5])[0][0] == "Knives"


def test_what_says_nothing_has_no_terms() -> None:
    assert key_terms([]) == ()
    assert key_terms([[], ["Hello."]]) == ((), ())
