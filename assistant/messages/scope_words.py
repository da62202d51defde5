"""The words of the control that narrows the search, in the page's languages."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.messages.languages import Lang


@dataclass(frozen=True, slots=True)
class ScopeWords:
    """Those with ``{}`` are formats."""

    search_in: str
    all_talks: str
    panel: str
    find: str
    talks: str
    speakers: str
    languages: str
    dates: str
    since: str
    until: str
    since_day: str
    until_day: str
    no_match: str
    unknown: str
    remove: str
    everywhere: str
    close: str
    searched_in: str
    only_in: str
    ask_everywhere: str


_WORDS: dict[Lang, ScopeWords] = {
    "zh-Hans": ScopeWords(
        search_in="搜索范围：",
        all_talks="全部访谈",
        panel="选择搜索范围",
        find="查找访谈或讲者",
        talks="访谈",
        speakers="讲者",
        languages="语言",
        dates="日期",
        since="从",
        until="到",
        since_day="{} 起",
        until_day="{} 止",
        no_match="没有相符的访谈或讲者",
        unknown="{}（不在资料库中）",
        remove="移除：{}",
        everywhere="搜索全部",
        close="关闭",
        searched_in="搜索范围：{}",
        only_in="只搜索了：{}",
        ask_everywhere="在全部访谈中再问一次",
    ),
    "zh-Hant": ScopeWords(
        search_in="搜尋範圍：",
        all_talks="全部訪談",
        panel="選擇搜尋範圍",
        find="尋找訪談或講者",
        talks="訪談",
        speakers="講者",
        languages="語言",
        dates="日期",
        since="從",
        until="到",
        since_day="{} 起",
        until_day="{} 止",
        no_match="沒有相符的訪談或講者",
        unknown="{}（不在資料庫中）",
        remove="移除：{}",
        everywhere="搜尋全部",
        close="關閉",
        searched_in="搜尋範圍：{}",
        only_in="只搜尋了：{}",
        ask_everywhere="在全部訪談中再問一次",
    ),
    "en": ScopeWords(
        search_in="Search in:",
        all_talks="all talks",
        panel="What to search in",
        find="Find a talk or a speaker",
        talks="Talks",
        speakers="Speakers",
        languages="Languages",
        dates="Dates",
        since="From",
        until="To",
        since_day="from {}",
        until_day="to {}",
        no_match="No talk or speaker matches",
        unknown="{} (not in the library)",
        remove="Remove: {}",
        everywhere="Search everywhere",
        close="Close",
        searched_in="Searched in: {}",
        only_in="Only this was searched: {}",
        ask_everywhere="Ask again in all talks",
    ),
}


def scope_words(lang: Lang) -> ScopeWords:
    return _WORDS[lang]
