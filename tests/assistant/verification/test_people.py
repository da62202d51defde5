"""Who is meant, across scripts, and who is said to have said it."""

from __future__ import annotations

import pytest

from assistant.verification.people import (
    aliases_in,
    attribution_of,
    mentions,
    unknown_name,
    without_names,
)


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Dr. Tian says so", "田博士"),
        ("Tian says so", "田博士"),
        ("田教授这样说", "田博士"),
        ("田博士这样说", "田渊栋"),
        ("Yu Bei's team", "余北"),
        ("Bei Yu says so", "余北"),
        ("Fei-Fei Li says so", "李飞飞"),
        ("李飛飛這樣說", "李飞飞"),
        ("Tom's hives", "Tom Okafor"),
        ("Mr. Okafor says so", "Tom Okafor"),
        ("The host asks", "主持人"),
        ("主持人问", "Host"),
    ],
)
def test_the_same_person(text: str, person: str) -> None:
    assert mentions(text, person, {})


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Dr. Wang says so", "田博士"),
        ("Gavin says so", "余北"),
        ("Tom Smith says so", "Tom Okafor"),
        ("余北这样说", "田博士"),
        ("the bees tom", "Tom Okafor"),
    ],
)
def test_another_person(text: str, person: str) -> None:
    assert not mentions(text, person, {})


def test_a_talk_that_gives_both_forms_aligns_them() -> None:
    aliases = aliases_in(["嘉宾是吴恩达（Andrew Ng）教授。", "Jensen Huang (黄仁勋) is here."])
    assert mentions("Andrew Ng says so", "吴恩达", aliases)
    assert mentions("Jensen says so", "黄仁勋", aliases)
    assert not mentions("Andrew Ng says so", "吴恩达", {})


@pytest.mark.parametrize(
    ("text", "who", "content"),
    [
        ("Dr. Tian says that it is fast.", ("Dr. Tian",), "it is fast."),
        ("According to Tom, it is fast.", ("Tom",), "it is fast."),
        ("It is fast and cheap, Tom Okafor points out.", ("Tom Okafor",), "It is fast and cheap"),
        ("He thinks that it is fast.", (), "it is fast."),
        ("余北认为，它很快而且便宜。", ("余北",), "它很快而且便宜。"),
        ("据田博士介绍，它很快而且便宜。", ("田博士",), "它很快而且便宜。"),
        ("他把小说当作评测，防止过拟合。", (), "他把小说当作评测，防止过拟合。"),
        ("It is fast.", (), "It is fast."),
    ],
)
def test_attribution(text: str, who: tuple[str, ...], content: str) -> None:
    found = attribution_of(text)
    assert (found.who, found.content) == (who, content)


def test_names_are_taken_out_of_what_is_said() -> None:
    assert without_names("Tian's students are fast", ["田博士"], {}) == "students are fast"


@pytest.mark.parametrize(
    ("claim", "evidence", "name"),
    [
        ("It beats Anthropic easily.", "it beats Google easily", "Anthropic"),
        ("它超过了 Anthropic。", "它超过了 Google。", "Anthropic"),
        ("It beats GPT-5.", "它超过了 GPT-4。", "GPT-5"),
        ("王教授同意。", "田教授同意。", "王教授"),
        ("It beats Anthropic easily.", "it beats anthropic", None),
        (
            "The sleeping cars came from Belgium's railways.",
            "bought from the Belgian railways",
            None,
        ),
        # Across scripts a name may be written otherwise: nobody is accused.
        ("It beats Tesla easily.", "它超过了特斯拉和 Google。", None),
        ("它超过了特斯拉。", "it beats Tesla", None),
        ("Yesterday it was fast.", "it was fast", None),
    ],
)
def test_names_that_the_evidence_lacks(claim: str, evidence: str, name: str | None) -> None:
    assert unknown_name(claim, evidence) == name
