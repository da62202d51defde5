"""The pages' own words in the three languages."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.messages.languages import Lang


@dataclass(frozen=True, slots=True)
class WikiWords:
    """Those with ``{}`` are formats."""

    talks: str
    date: str
    language: str
    length: str
    words: str
    speakers: str
    source: str
    in_verbatim: str
    all_words: str
    topics: str
    moments: str
    no_times: str
    ask_talk: str
    ask_talks: str
    open_chat: str
    transcript: str
    colon: str
    comma: str
    quoted: str


_WORDS: dict[Lang, WikiWords] = {
    "zh-Hans": WikiWords(
        talks="访谈",
        date="日期",
        language="语言",
        length="时长",
        words="字数",
        speakers="讲者",
        source="来源",
        in_verbatim="Verbatim",
        all_words="全文与播放",
        topics="话题",
        moments="重点时刻",
        no_times="来源没有给出时间。",
        ask_talk="问这场访谈",
        ask_talks="问全部访谈",
        open_chat="在新页面打开对话",
        transcript="全文",
        colon="：",
        comma="、",
        quoted="「{}」",
    ),
    "zh-Hant": WikiWords(
        talks="訪談",
        date="日期",
        language="語言",
        length="時長",
        words="字數",
        speakers="講者",
        source="來源",
        in_verbatim="Verbatim",
        all_words="全文與播放",
        topics="話題",
        moments="重點時刻",
        no_times="來源沒有給出時間。",
        ask_talk="問這場訪談",
        ask_talks="問全部訪談",
        open_chat="在新頁面開啟對話",
        transcript="全文",
        colon="：",
        comma="、",
        quoted="「{}」",
    ),
    "en": WikiWords(
        talks="Talks",
        date="Date",
        language="Language",
        length="Length",
        words="Words",
        speakers="Speakers",
        source="Source",
        in_verbatim="Verbatim",
        all_words="all words, with the player",
        topics="Topics",
        moments="Key moments",
        no_times="The source gives no times.",
        ask_talk="Ask this talk",
        ask_talks="Ask all talks",
        open_chat="Open the chat on a page of its own",
        transcript="Transcript",
        colon=": ",
        comma=", ",
        quoted="“{}”",
    ),
}
_LANGUAGES = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文", "en": "English"}


def wiki_words(lang: Lang) -> WikiWords:
    return _WORDS[lang]


def language_name(tag: str) -> str:
    """A language in its own words, or its tag."""
    return _LANGUAGES.get(tag, tag)
