"""The words of the page that looks quotes up, in the page's languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.messages.languages import Lang


@dataclass(frozen=True, slots=True)
class LookupWords:
    """Those with ``{}`` are formats; a pair is for one and for more, or with and without a
    detail. ``verdicts`` are of a quote, ``labels`` the same in short for a sentence of a text."""

    title: str
    lead: str
    field: str
    placeholder: str
    find: str
    check: str
    verdicts: Mapping[str, str]
    labels: Mapping[str, str]
    nearest: str
    alike: str
    changed: tuple[str, str]
    left_out: tuple[str, str]
    added: tuple[str, str]
    off: str
    joint: str
    other_places: str
    result: str
    quoting: str
    no_quotes: str
    wrong: tuple[str, str]
    none_wrong: str
    problems: Mapping[str, tuple[str, str]]
    empty: str
    long_quote: str
    long_text: str
    busy: str


_WORDS: dict[Lang, LookupWords] = {
    "zh-Hans": LookupWords(
        title="这句话是谁说的？",
        lead="贴上一句记得的话，记不全、译文、繁简都行，查出是谁、在哪、第几秒说的。"
        "也可以贴上整篇文章，逐句核对其中的引文。",
        field="一句引文，或整篇文章",
        placeholder="“公榜未必反映产品实际能力”",
        find="谁说的？",
        check="核对整篇",
        verdicts={
            "exact": "有人这样说过，一字不差。",
            "close": "有人说过几乎一样的话。",
            "meaning": "有人用别的话或别的语言说过这个意思。",
            "none": "资料库里没有人说过这句话。",
        },
        labels={
            "exact": "一字不差",
            "close": "几乎一样",
            "meaning": "意思相同",
        },
        nearest="最接近的几处：",
        alike="{}% 的字词相同",
        changed=("{} 个字词不同", "{} 个字词不同"),
        left_out=("漏了 {} 个字词", "漏了 {} 个字词"),
        added=("多了 {} 个字词", "多了 {} 个字词"),
        off="出入：{}",
        joint="，",
        other_places="也见于：",
        result="结果",
        quoting="{1} 句中有 {0} 句引自资料库。",
        no_quotes="{} 句中没有引自资料库的。",
        wrong=("其中 {} 句有误。", "其中 {} 句有误。"),
        none_wrong="人名与数字均未发现错误。",
        problems={
            "speaker": ("这里说是“{}”，原话出自 {}", "这里说是“{}”，原话不是此人说的"),
            "number": ("这里写的是“{}”，原话是 {}", "这里写的是“{}”，原话里没有"),
        },
        empty="请先贴上要查的话。",
        long_quote="这不像一句引文，太长了（超过 {} 字）：请用“核对整篇”。",
        long_text="文章太长了（超过 {} 字）：请分几次贴。",
        busy="正在查的人太多，请稍后再试。",
    ),
    "zh-Hant": LookupWords(
        title="這句話是誰說的？",
        lead="貼上一句記得的話，記不全、譯文、繁簡都行，查出是誰、在哪、第幾秒說的。"
        "也可以貼上整篇文章，逐句核對其中的引文。",
        field="一句引文，或整篇文章",
        placeholder="「公榜未必反映產品實際能力」",
        find="誰說的？",
        check="核對整篇",
        verdicts={
            "exact": "有人這樣說過，一字不差。",
            "close": "有人說過幾乎一樣的話。",
            "meaning": "有人用別的話或別的語言說過這個意思。",
            "none": "資料庫裡沒有人說過這句話。",
        },
        labels={
            "exact": "一字不差",
            "close": "幾乎一樣",
            "meaning": "意思相同",
        },
        nearest="最接近的幾處：",
        alike="{}% 的字詞相同",
        changed=("{} 個字詞不同", "{} 個字詞不同"),
        left_out=("漏了 {} 個字詞", "漏了 {} 個字詞"),
        added=("多了 {} 個字詞", "多了 {} 個字詞"),
        off="出入：{}",
        joint="，",
        other_places="也見於：",
        result="結果",
        quoting="{1} 句中有 {0} 句引自資料庫。",
        no_quotes="{} 句中沒有引自資料庫的。",
        wrong=("其中 {} 句有誤。", "其中 {} 句有誤。"),
        none_wrong="人名與數字均未發現錯誤。",
        problems={
            "speaker": ("這裡說是「{}」，原話出自 {}", "這裡說是「{}」，原話不是此人說的"),
            "number": ("這裡寫的是「{}」，原話是 {}", "這裡寫的是「{}」，原話裡沒有"),
        },
        empty="請先貼上要查的話。",
        long_quote="這不像一句引文，太長了（超過 {} 字）：請用「核對整篇」。",
        long_text="文章太長了（超過 {} 字）：請分幾次貼。",
        busy="正在查的人太多，請稍後再試。",
    ),
    "en": LookupWords(
        title="Who said this?",
        lead="Paste a quote as you remember it, garbled or translated: see who said it, where and "
        "when. Or paste a whole article, and each sentence that quotes the library is checked.",
        field="A quote, or a whole text",
        placeholder="“Better pre-training and better post-training”",
        find="Who said this?",
        check="Check the whole text",
        verdicts={
            "exact": "These very words were said.",
            "close": "Nearly these words were said.",
            "meaning": "This was said in other words, or in another language.",
            "none": "Nobody in the library said this.",
        },
        labels={
            "exact": "Word for word",
            "close": "Nearly the words",
            "meaning": "The same in other words",
        },
        nearest="What comes nearest:",
        alike="{} % of the words in common",
        changed=("{} word differs", "{} words differ"),
        left_out=("{} word left out", "{} words left out"),
        added=("{} word not in the source", "{} words not in the source"),
        off="How far it is off: {}",
        joint=", ",
        other_places="Also in:",
        result="Result",
        quoting="{} of {} sentences quote the library.",
        no_quotes="Of {} sentences, none quotes the library.",
        wrong=("{} of them has something wrong.", "{} of them have something wrong."),
        none_wrong="No wrong name or number was found in them.",
        problems={
            "speaker": ("“{}” in the text; the words are by {}", "“{}” in the text; not by them"),
            "number": (
                "“{}” in the text; the source says {}",
                "“{}” in the text; not in the source",
            ),
        },
        empty="Paste the words to look up first.",
        long_quote="With more than {} characters this is no quote: check it as a whole text.",
        long_text="The text is too long (more than {} characters): paste it in parts.",
        busy="Too many lookups are going on: try again in a moment.",
    ),
}


def lookup_words(lang: Lang) -> LookupWords:
    return _WORDS[lang]
