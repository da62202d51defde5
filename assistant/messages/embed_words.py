"""The embedded chat's own words in its three languages; the others are the chat page's."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.messages.languages import Lang


@dataclass(frozen=True, slots=True)
class EmbedWords:
    """Those with ``{}`` are formats: a number of seconds, talks, or how many there are."""

    title: str
    open: str
    about: str
    about_talks: str
    topics: str
    more: str
    waiting: str
    busy: str
    expired: str
    unreachable: str
    refused: str
    needs_token: str
    needs_token_more: str


_WORDS: dict[Lang, EmbedWords] = {
    "zh-Hans": EmbedWords(
        title="问这些访谈",
        open="在 Verbatim 中打开",
        about="只回答：{}",
        about_talks="只回答 {} 场访谈",
        topics="这里谈到",
        more="不限于此的提问，请在 Verbatim 中打开。",
        waiting="资料库仍在加载，准备好后马上回答……",
        busy="现在提问的人太多，请在 {} 秒后再试。",
        expired="这个嵌入页面的许可已过期，请重新载入本页。",
        unreachable="连不上服务器，请检查网络后重试。",
        refused="服务器没有接受这个问题：{}",
        needs_token="这里不能显示对话",
        needs_token_more="嵌入对话需要有效的许可，而这个页面没有给出，或许可已过期。"
        "请重新载入页面；仍不行时，请告诉本站的管理员。",
    ),
    "zh-Hant": EmbedWords(
        title="問這些訪談",
        open="在 Verbatim 中開啟",
        about="只回答：{}",
        about_talks="只回答 {} 場訪談",
        topics="這裡談到",
        more="不限於此的提問，請在 Verbatim 中開啟。",
        waiting="資料庫仍在載入，準備好後馬上回答……",
        busy="現在提問的人太多，請在 {} 秒後再試。",
        expired="這個嵌入頁面的許可已過期，請重新載入本頁。",
        unreachable="連不上伺服器，請檢查網路後重試。",
        refused="伺服器沒有接受這個問題：{}",
        needs_token="這裡不能顯示對話",
        needs_token_more="嵌入對話需要有效的許可，而這個頁面沒有給出，或許可已過期。"
        "請重新載入頁面；仍不行時，請告訴本站的管理員。",
    ),
    "en": EmbedWords(
        title="Ask these talks",
        open="Open in Verbatim",
        about="Answers from: {}",
        about_talks="Answers from {} talks",
        topics="What is talked about",
        more="To ask beyond this, open it in Verbatim.",
        waiting="The library is still loading. Your question is answered as soon as it is ready…",
        busy="Too many are asking right now. Try again in {} seconds.",
        expired="This embedded chat’s permission has expired. Load the page again.",
        unreachable="The server can’t be reached. Check the network and try again.",
        refused="The server did not take this question: {}",
        needs_token="The chat can’t be shown here",
        needs_token_more="An embedded chat needs a valid permission. This page gave none, or it "
        "has expired. Load the page again; if that doesn’t help, tell whoever runs this site.",
    ),
}


def embed_words(lang: Lang) -> EmbedWords:
    return _WORDS[lang]
