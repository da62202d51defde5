"""Front matter, facts, encodings, markup: what surrounds the words of a transcript."""

from __future__ import annotations

import pytest

from corpus.readers import read_transcript
from corpus.readers.markdown import MAX_BYTES
from corpus.types import ReadError, Transcript


def read(text: str, file: str = "talk.md") -> Transcript:
    return read_transcript(file, text.encode())


def words(text: str) -> str:
    transcript = read(text)
    return "\n".join(one.text for section in transcript.sections for one in section.utterances)


def test_json_between_yaml_fences() -> None:
    transcript = read(
        '---\n{"title": "T", "permalink": "/a/b/", "tags": ["x", "y"]}\n---\nHi there.\n'
    )
    assert (transcript.title, transcript.id, transcript.meta["tags"]) == ("T", "a/b", "x, y")


def test_toml_front_matter() -> None:
    transcript = read('+++\ntitle = "T"\ndate = 2024-05-06\n+++\nHi there.\n')
    assert (transcript.title, transcript.published) == ("T", "2024-05-06")


def test_yaml_traps() -> None:
    transcript = read(
        "---\ntitle: 2024\ndate: 2024-05-06\nduration: 1:02:03\nrelated: [[Other note]]\n"
        "draft: no\nempty:\n---\nHi there.\n"
    )
    assert transcript.title == "2024"
    assert transcript.published == "2024-05-06"
    assert transcript.meta["duration_s"] == "3723"
    assert transcript.meta["related"] == "Other note"
    assert "empty" not in transcript.meta


def test_a_time_zone_does_not_move_the_notes_day() -> None:
    assert read("---\ndate: 2025-12-23T00:53:22+08:00\n---\nHi.").published == "2025-12-23"


def test_broken_yaml_is_salvaged_and_told() -> None:
    transcript = read("---\ntitle: Bees: a talk\nlink: https://vimeo.com/12345\n---\nHi there.\n")
    assert transcript.title == "Bees: a talk"
    assert transcript.source_url == "https://vimeo.com/12345"
    assert transcript.meta["front_matter_error"]


def test_front_matter_that_is_never_closed_is_an_error() -> None:
    with pytest.raises(ReadError, match="never closed"):
        read("---\ntitle: Bees\n\nHi there.\n")


def test_yaml_aliases_cannot_explode() -> None:
    levels = "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))
    transcript = read(f"---\na0: &a0 [x, y]\n{levels}---\nHi there.\n")
    assert 0 < len(transcript.meta["a11"]) < 2000


def test_rules_around_prose_are_no_front_matter() -> None:
    assert words("---\n\nAnn wrote: hi\n\n---\n\nText.\n") == "Ann wrote: hi\nText."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding: str, newline: str) -> None:
    text = (
        "---\ntitle: 光伏\n---\n## 开场（00:00 - 01:00）\n**主持人**：这是我们的第一期，说说光伏。"
    )
    transcript = read_transcript("t.md", text.replace("\n", newline).encode(encoding))
    assert transcript.title == "光伏"
    assert transcript.sections[0].heading == "开场"
    assert transcript.sections[0].utterances[0].text == "这是我们的第一期，说说光伏。"


def test_big5() -> None:
    transcript = read_transcript("t.txt", "這是我們的第一集，說說太陽能的價格。".encode("big5"))
    assert transcript.sections[0].utterances[0].text == "這是我們的第一集，說說太陽能的價格。"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
        ("naïve café".encode("latin-1"), "is not UTF-8"),
        ("これはテストです、音声認識の話。".encode("shift_jis"), "is not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is not UTF-8"),
        (b"abc\x00def", "is not text"),
        (b"---\ntitle: x\n---\n# Only a heading\n", "holds no talk"),
        (b"x" * (MAX_BYTES + 1), "too large"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(ReadError, match=reason) as caught:
        read_transcript("t.md", data)
    assert "\n" not in str(caught.value)


def test_an_unknown_suffix_is_an_error() -> None:
    with pytest.raises(ReadError, match=r"\.docx"):
        read_transcript("t.docx", b"words")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a **b** c", "a b c"),
        ("他说**“很好”**。对", "他说“很好”。对"),
        ("这是==重点==。", "这是重点。"),
        ("a [b](https://x.org/a_(b)) c", "a b c"),
        ("a ![pic](x.png)b", "a b"),
        ("a [[Note|b]] [[c]]", "a b c"),
        ("a[^1] b", "a b"),
        ("a <!-- hidden **x** --> b", "a b"),
        ("a %%hidden%% b", "a b"),
        ("a `snake_case_*x*` b", "a snake_case_*x* b"),
        ("2 * 3 * 4 and a_b_c", "2 * 3 * 4 and a_b_c"),
        (r"\*literal\* \[x\]", "*literal* [x]"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("a <b>bold</b> x < y > z", "a bold x < y > z"),
        ("> [!note] Mind this", "Mind this"),
        ("中文\n换行，and\nEnglish", "中文换行，and English"),
        ("~~old~~ new *it* _so_", "old new it so"),
    ],
)
def test_markup_goes_and_words_stay(source: str, expected: str) -> None:
    assert words(f"{source}\n\nMore.").splitlines()[0] == expected


def test_an_embedded_player_is_the_link() -> None:
    code = "{{< youtube AAAAAAAAAA1 >}}\n\n[me](https://example.org)\n\nWords."
    assert read(code).source_url == "https://www.youtube.com/watch?v=AAAAAAAAAA1"
    assert words(code) == "me\nWords."


@pytest.mark.parametrize(
    ("front", "body", "url"),
    [
        ("video_id: AAAAAAAAAA1", "", "https://www.youtube.com/watch?v=AAAAAAAAAA1"),
        ("url: /posts/x", "https://youtu.be/AAAAAAAAAA1", "https://youtu.be/AAAAAAAAAA1"),
        ("url: https://blog.org/x", "https://vimeo.com/1234", "https://vimeo.com/1234"),
        ("url: https://blog.org/x", "", "https://blog.org/x"),
        ("description: see https://", "", None),
        ("x: y", "[me](https://youtube.com/@me) [it](https://b23.tv/abc)", "https://b23.tv/abc"),
        (
            "x: y",
            "听：https://www.xiaoyuzhoufm.com/episode/66。好",
            "https://www.xiaoyuzhoufm.com/episode/66",
        ),
        ("x: y", "(https://a.org/talk.mp3)", "https://a.org/talk.mp3"),
    ],
)
def test_which_link_is_the_recordings(front: str, body: str, url: str | None) -> None:
    assert read(f"---\n{front}\n---\nWords are here. {body}\n").source_url == url


@pytest.mark.parametrize(
    ("length", "seconds"),
    [("01:15:04", "4504"), ("45:10", "2710"), ("约 75 分钟", "4500"), ("1 小时 15 分", "4500"),
     ("PT1H15M4S", "4504"), ("1h 15m", "4500"), ("4861.0", "4861")],
)  # fmt: skip
def test_lengths(length: str, seconds: str) -> None:
    assert read(f"- 标题：x\n- 时长：{length}\n\n## A\nWords.\n").meta["duration_s"] == seconds


def test_an_impossible_date_is_none() -> None:
    assert read("---\npublished: '2024-13-45'\n---\nWords.").published is None


def test_a_table_can_be_the_cover() -> None:
    transcript = read(
        "| 项目 | 内容 |\n|---|---|\n| 标题 | 谈话 |\n| 链接 | https://youtu.be/AAAAAAAAAA1 |\n\n"
        "## 正文\n第一点。\n"
    )
    assert (transcript.title, transcript.source_url) == ("谈话", "https://youtu.be/AAAAAAAAAA1")
    assert [section.kind for section in transcript.sections] == ["talk"]


def test_numbers_of_a_list_go_and_other_numbers_stay() -> None:
    assert words("1. one\n2. two\n\n1984. That year.\n") == "one\ntwo\n1984. That year."


def test_a_sites_last_lines_below_a_rule_are_no_talk_but_a_speakers_are() -> None:
    note = "### A (00:00 - 01:00)\nSubscribe to hope.\n\n---\n*Follow me on X.*\n"
    assert words(note) == "Subscribe to hope."
