"""The words of the pages about one citation and about talks, in the page's languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.messages.languages import Lang


@dataclass(frozen=True, slots=True)
class PageWords:
    """Those with ``{}`` are formats; a pair is for one and for more."""

    pages: str
    ask: str
    look_up: str
    all_talks: str
    permanent: str
    copy_as: str
    copied: str
    not_copied: str
    formats: Mapping[str, str]
    cited: str
    in_passage: str
    in_talk: str
    moved: str
    changed: str
    gone: str
    gone_more: str
    gone_talk: str
    no_citation: str
    no_citation_more: str
    no_format: str
    no_talk: str
    no_talk_more: str
    published: str
    spoken: str
    topics: str
    part: str
    kinds: Mapping[str, str]
    ask_within: str
    moment: str
    words_gone: str
    talks_in_all: tuple[str, str]
    too_many: str


_FORMATS = {"csl": "CSL-JSON", "bibtex": "BibTeX"}

_WORDS: dict[Lang, PageWords] = {
    "zh-Hans": PageWords(
        pages="页面",
        ask="提问",
        look_up="查引文",
        all_talks="全部访谈",
        permanent="永久链接",
        copy_as="复制为",
        copied="已复制：{}",
        not_copied="没能复制：请打开后手动复制",
        formats={"markdown": "Markdown", "wiki": "维基文本", "plain": "纯文本", **_FORMATS},
        cited="引文",
        in_passage="上下文",
        in_talk="在整场访谈中查看",
        moved="这段话如今在另一场访谈里，或者这场访谈换了名字。",
        changed="引用之后，原话已有改动。以下是现在那里的文字。",
        gone="这段话已经不在了",
        gone_more="资料库里如今没有这段话。",
        gone_talk="它所在的访谈还在：",
        no_citation="没有这样的引文",
        no_citation_more="请复制完整的链接，直到最后一个字符。",
        no_format="没有这种格式",
        no_talk="没有这场访谈",
        no_talk_more="它可能已经移走或改名。",
        published="日期",
        spoken="语言",
        topics="话题",
        part="第 {} 部分",
        kinds={"summary": "编者摘要", "about": "关于这场访谈"},
        ask_within="只在这场访谈里提问",
        moment="这一刻的链接：{}",
        too_many="请求太多，请稍后再试。",
        words_gone="现在读不到这场访谈的文稿，只知道它的话题。",
        talks_in_all=("共 {} 场", "共 {} 场"),
    ),
    "zh-Hant": PageWords(
        pages="頁面",
        ask="提問",
        look_up="查引文",
        all_talks="全部訪談",
        permanent="永久連結",
        copy_as="複製為",
        copied="已複製：{}",
        not_copied="沒能複製：請開啟後手動複製",
        formats={"markdown": "Markdown", "wiki": "維基文本", "plain": "純文字", **_FORMATS},
        cited="引文",
        in_passage="上下文",
        in_talk="在整場訪談中查看",
        moved="這段話如今在另一場訪談裡，或者這場訪談換了名字。",
        changed="引用之後，原話已有改動。以下是現在那裡的文字。",
        gone="這段話已經不在了",
        gone_more="資料庫裡如今沒有這段話。",
        gone_talk="它所在的訪談還在：",
        no_citation="沒有這樣的引文",
        no_citation_more="請複製完整的連結，直到最後一個字元。",
        no_format="沒有這種格式",
        no_talk="沒有這場訪談",
        no_talk_more="它可能已經移走或改名。",
        published="日期",
        spoken="語言",
        topics="話題",
        part="第 {} 部分",
        kinds={"summary": "編者摘要", "about": "關於這場訪談"},
        ask_within="只在這場訪談裡提問",
        moment="這一刻的連結：{}",
        too_many="請求太多，請稍後再試。",
        words_gone="現在讀不到這場訪談的文稿，只知道它的話題。",
        talks_in_all=("共 {} 場", "共 {} 場"),
    ),
    "en": PageWords(
        pages="Pages",
        ask="Ask",
        look_up="Look up a quote",
        all_talks="All talks",
        permanent="Permanent link",
        copy_as="Copy as",
        copied="Copied: {}",
        not_copied="Couldn’t copy: open it and copy by hand",
        formats={"markdown": "Markdown", "wiki": "Wiki text", "plain": "Plain text", **_FORMATS},
        cited="Citation",
        in_passage="In context",
        in_talk="Show in the whole talk",
        moved="These words now stand in another talk, or their talk goes by another name.",
        changed="The words have changed since they were cited. This is what stands there now.",
        gone="These words are gone",
        gone_more="The library no longer has them.",
        gone_talk="Their talk is still there:",
        no_citation="There is no such citation",
        no_citation_more="Copy the whole link, to its last character.",
        no_format="There is no such format",
        no_talk="There is no such talk",
        no_talk_more="It may have been moved or renamed.",
        published="Date",
        spoken="Language",
        topics="Topics",
        part="Part {}",
        kinds={"summary": "Editor’s summary", "about": "About the recording"},
        ask_within="Ask within this talk",
        moment="Link to this moment: {}",
        too_many="Too many requests: try again in a moment.",
        words_gone="The transcript can’t be read now; only its topics are known.",
        talks_in_all=("{} talk", "{} talks"),
    ),
}


def page_words(lang: Lang) -> PageWords:
    return _WORDS[lang]
