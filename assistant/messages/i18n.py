"""The page's own words in its three languages."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.messages.languages import Lang


@dataclass(frozen=True, slots=True)
class Words:
    """Every string the page shows of its own; those with ``{}`` are formats."""

    lang: Lang
    title: str
    tagline: str
    welcome: str
    welcome_more: str
    examples: str
    chat: str
    language: str
    theme: str
    new_chat: str
    question: str
    placeholder: str
    send: str
    you_asked: str
    answer: str
    thinking: str
    loading: str
    loading_wait: str
    failed: str
    error: str
    retry: str
    suggestions: str
    sources: str
    sources_of: str
    show_source: str
    show_sources: str
    no_sources_yet: str
    no_evidence: str
    marker: str
    topic: str
    speakers: str
    speaker_join: str
    time: str
    no_times: str
    estimated: str
    verified: str
    unverified: str
    unfold: str
    fold: str
    play_from: str
    play: str
    open_at: str
    open: str
    new_tab: str
    player: str
    close_player: str
    back: str
    ready: str
    ready_one: str


_HANS = Words(
    lang="zh-Hans",
    title="Verbatim · 问你的访谈与播客",
    tagline="问讲座与播客，得原话、讲者与那一秒",
    welcome="想从这些访谈里知道什么？",
    welcome_more="每个回答都有原话为证，注明是谁、在第几分第几秒说的，点一下就能听到。",
    examples="可以这样问",
    chat="对话",
    language="语言",
    theme="切换明暗",
    new_chat="新对话",
    question="你的问题",
    placeholder="问一个问题……",
    send="发送",
    you_asked="你问",
    answer="回答",
    thinking="正在文稿中查找……",
    loading="正在准备资料库……",
    loading_wait="资料库仍在加载，准备好后马上回答……",
    failed="资料库无法加载：{}",
    error="出错了，这个问题没能回答。详情见服务器日志。",
    retry="重试",
    suggestions="相近的话题",
    sources="出处",
    sources_of="“{}”的出处",
    show_source="1 处出处",
    show_sources="{} 处出处",
    no_sources_yet="提问之后，这里会列出每句话的出处：原文、讲者与时间。",
    no_evidence="搜索范围内没有能回答这个问题的内容，所以没有出处。",
    marker="出处 {}：{}",
    topic="话题",
    speakers="讲者",
    speaker_join="、",
    time="时间",
    no_times="此来源没有时间标记",
    estimated="时间为估算",
    verified="已与原文逐字核对",
    unverified="未能与原文逐字核对",
    unfold="展开整段",
    fold="收起",
    play_from="从 {} 播放",
    play="播放",
    open_at="在 {} 处打开",
    open="打开来源",
    new_tab="在新标签页打开",
    player="播放器",
    close_player="关闭播放器",
    back="回到回答",
    ready="回答好了，{} 处出处。",
    ready_one="回答好了，1 处出处。",
)

_HANT = Words(
    lang="zh-Hant",
    title="Verbatim · 問你的訪談與 Podcast",
    tagline="問講座與 Podcast，得原話、講者與那一秒",
    welcome="想從這些訪談裡知道什麼？",
    welcome_more="每個回答都有原話為證，註明是誰、在第幾分第幾秒說的，點一下就能聽到。",
    examples="可以這樣問",
    chat="對話",
    language="語言",
    theme="切換明暗",
    new_chat="新對話",
    question="你的問題",
    placeholder="問一個問題……",
    send="送出",
    you_asked="你問",
    answer="回答",
    thinking="正在文稿中查找……",
    loading="正在準備資料庫……",
    loading_wait="資料庫仍在載入，準備好後馬上回答……",
    failed="資料庫無法載入：{}",
    error="出錯了，這個問題沒能回答。詳情見伺服器日誌。",
    retry="重試",
    suggestions="相近的話題",
    sources="出處",
    sources_of="「{}」的出處",
    show_source="1 處出處",
    show_sources="{} 處出處",
    no_sources_yet="提問之後，這裡會列出每句話的出處：原文、講者與時間。",
    no_evidence="搜尋範圍內沒有能回答這個問題的內容，所以沒有出處。",
    marker="出處 {}：{}",
    topic="話題",
    speakers="講者",
    speaker_join="、",
    time="時間",
    no_times="此來源沒有時間標記",
    estimated="時間為估算",
    verified="已與原文逐字核對",
    unverified="未能與原文逐字核對",
    unfold="展開整段",
    fold="收合",
    play_from="從 {} 播放",
    play="播放",
    open_at="在 {} 處開啟",
    open="開啟來源",
    new_tab="在新分頁開啟",
    player="播放器",
    close_player="關閉播放器",
    back="回到回答",
    ready="回答好了，{} 處出處。",
    ready_one="回答好了，1 處出處。",
)

_EN = Words(
    lang="en",
    title="Verbatim · Ask your talks",
    tagline="Ask your talks; get the words, the speaker and the second",
    welcome="What would you like to know from these talks?",
    welcome_more="Answers rest on the speakers’ own words. Each quote names who said it "
    "and when, and plays from that second.",
    examples="Try asking",
    chat="Conversation",
    language="Language",
    theme="Switch between light and dark",
    new_chat="New chat",
    question="Your question",
    placeholder="Ask a question…",
    send="Send",
    you_asked="You asked",
    answer="Answer",
    thinking="Looking through the transcripts…",
    loading="The library is being prepared…",
    loading_wait="The library is still loading. Your question is answered as soon as it is ready…",
    failed="The library can’t be loaded: {}",
    error="Something went wrong and this question was not answered. The server’s log says more.",
    retry="Try again",
    suggestions="Topics that are near",
    sources="Sources",
    sources_of="Sources for “{}”",
    show_source="1 source",
    show_sources="{} sources",
    no_sources_yet="Once you ask, this is where every quote’s source appears: "
    "the words, the speaker and the time.",
    no_evidence="Nothing that was searched answers this question, so there are no sources.",
    marker="Source {}: {}",
    topic="Topic",
    speakers="Speaker",
    speaker_join=", ",
    time="Time",
    no_times="This source has no times",
    estimated="Estimated time",
    verified="Verified word for word",
    unverified="Not verified against the transcript",
    unfold="Show the whole passage",
    fold="Show less",
    play_from="Play from {}",
    play="Play",
    open_at="Open at {}",
    open="Open the source",
    new_tab="opens in a new tab",
    player="Player",
    close_player="Close the player",
    back="Back to the answer",
    ready="Answer ready, {} sources.",
    ready_one="Answer ready, 1 source.",
)

_WORDS: dict[Lang, Words] = {"zh-Hans": _HANS, "zh-Hant": _HANT, "en": _EN}


def words(lang: Lang) -> Words:
    return _WORDS[lang]
