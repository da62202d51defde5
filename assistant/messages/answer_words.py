"""The words about how an answer comes about, in the page's languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.messages.languages import Lang
from assistant.types import Mode, Stage


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """Those with ``{}`` are formats; a pair is for one and for more, or without and with a detail.

    ``reasons`` are of sentences that nothing supports (checking/types.py), ``steps`` a deep
    answer's kinds of steps.
    """

    modes: Mapping[Mode, str]
    mode: str
    by_quotes: str
    by_model: str
    by_deep: str
    searches: tuple[str, str]
    drafts: tuple[str, str]
    doubts: tuple[str, str]
    joint: str
    not_verified: str
    because: str
    legend: str
    reasons: Mapping[str, tuple[str, str]]
    seen: str
    steps_of: str
    steps_so_far: str
    steps: Mapping[str, str]
    seconds: str
    stages: Mapping[Stage, str]
    budget: str
    calls: tuple[str, str]
    stop: str
    stopped: str
    nothing_yet: str
    model_ready: str
    model_looking: str
    model_away: str


_WORDS: dict[Lang, AnswerWords] = {
    "zh-Hans": AnswerWords(
        modes={"quotes": "引文", "model": "模型", "deep": "深入"},
        mode="回答方式",
        by_quotes="按顺序引用原话",
        by_model="由 {} 撰写，逐句核对",
        by_deep="深入：{}、{}",
        searches=("{} 次搜索", "{} 次搜索"),
        drafts=("{} 份草稿", "{} 份草稿"),
        doubts=("{} 句未能核实", "{} 句未能核实"),
        joint="；",
        not_verified="未核实",
        because="未核实：{}",
        legend="模型读到的内容里没有能支持这句话的，所以没有出处。引用之前请先查证。",
        reasons={
            "number": ("依据里没有这个数字", "依据里没有“{}”这个数字"),
            "date": ("依据里没有这个日期", "依据里没有“{}”这个日期"),
            "name": ("依据里没有这个名字", "依据里没有“{}”这个名字"),
            "speaker": ("说话的人与依据不符", "说话的人与依据不符（{}）"),
            "opposite": ("依据里的意思似乎相反", "依据里的意思似乎相反（{}）"),
            "meaning": ("依据里没有这层意思", "依据里没有这层意思"),
            "no_such_handle": ("所标的出处不存在", "所标的出处不存在"),
            "gone": ("文稿里已经没有这段话", "文稿里已经没有这段话"),
        },
        seen="模型读到的内容",
        steps_of="步骤",
        steps_so_far="目前的步骤",
        steps={
            "question": "问题",
            "search": "搜索",
            "draft": "草稿",
            "judge": "评判",
            "gap": "缺口",
            "answer": "回答",
        },
        seconds="{} 秒",
        stages={
            "searching": "正在文稿中查找……",
            "writing": "正在撰写，逐句核对……",
            "splitting": "正在拆分问题……",
            "judging": "正在评判草稿……",
        },
        budget="还剩 {} 秒、{}",
        calls=("{} 次调用", "{} 次调用"),
        stop="停止",
        stopped="已停止。以上各句都已核对。",
        nothing_yet="已停止，还没有写出回答。",
        model_ready="{} 可用",
        model_looking="正在查看 {} 是否可用",
        model_away="{} 暂不可用，回答将引用原话。{}",
    ),
    "zh-Hant": AnswerWords(
        modes={"quotes": "引文", "model": "模型", "deep": "深入"},
        mode="回答方式",
        by_quotes="依序引用原話",
        by_model="由 {} 撰寫，逐句核對",
        by_deep="深入：{}、{}",
        searches=("{} 次搜尋", "{} 次搜尋"),
        drafts=("{} 份草稿", "{} 份草稿"),
        doubts=("{} 句未能核實", "{} 句未能核實"),
        joint="；",
        not_verified="未核實",
        because="未核實：{}",
        legend="模型讀到的內容裡沒有能支持這句話的，所以沒有出處。引用之前請先查證。",
        reasons={
            "number": ("依據裡沒有這個數字", "依據裡沒有「{}」這個數字"),
            "date": ("依據裡沒有這個日期", "依據裡沒有「{}」這個日期"),
            "name": ("依據裡沒有這個名字", "依據裡沒有「{}」這個名字"),
            "speaker": ("說話的人與依據不符", "說話的人與依據不符（{}）"),
            "opposite": ("依據裡的意思似乎相反", "依據裡的意思似乎相反（{}）"),
            "meaning": ("依據裡沒有這層意思", "依據裡沒有這層意思"),
            "no_such_handle": ("所標的出處不存在", "所標的出處不存在"),
            "gone": ("文稿裡已經沒有這段話", "文稿裡已經沒有這段話"),
        },
        seen="模型讀到的內容",
        steps_of="步驟",
        steps_so_far="目前的步驟",
        steps={
            "question": "問題",
            "search": "搜尋",
            "draft": "草稿",
            "judge": "評判",
            "gap": "缺口",
            "answer": "回答",
        },
        seconds="{} 秒",
        stages={
            "searching": "正在文稿中查找……",
            "writing": "正在撰寫，逐句核對……",
            "splitting": "正在拆分問題……",
            "judging": "正在評判草稿……",
        },
        budget="還剩 {} 秒、{}",
        calls=("{} 次呼叫", "{} 次呼叫"),
        stop="停止",
        stopped="已停止。以上各句都已核對。",
        nothing_yet="已停止，還沒有寫出回答。",
        model_ready="{} 可用",
        model_looking="正在查看 {} 是否可用",
        model_away="{} 暫不可用，回答將引用原話。{}",
    ),
    "en": AnswerWords(
        modes={"quotes": "Quotes", "model": "Model", "deep": "Deep"},
        mode="How to answer",
        by_quotes="Quotes in order",
        by_model="Written by {}, each sentence checked",
        by_deep="Deep: {}, {}",
        searches=("{} search", "{} searches"),
        drafts=("{} draft", "{} drafts"),
        doubts=("{} not verified", "{} not verified"),
        joint="; ",
        not_verified="not verified",
        because="not verified: {}",
        legend="Nothing that the model read supports this sentence, so it carries no source. "
        "Check it before you rely on it.",
        reasons={
            "number": ("a number isn’t in the evidence", "the number {} isn’t in the evidence"),
            "date": ("a date isn’t in the evidence", "the date {} isn’t in the evidence"),
            "name": ("a name isn’t in the evidence", "the name {} isn’t in the evidence"),
            "speaker": (
                "who said it doesn’t match the evidence",
                "who said it doesn’t match the evidence ({})",
            ),
            "opposite": (
                "the evidence seems to say the opposite",
                "the evidence seems to say the opposite ({})",
            ),
            "meaning": ("the evidence doesn’t say this", "the evidence doesn’t say this"),
            "no_such_handle": ("its source doesn’t exist", "its source doesn’t exist"),
            "gone": (
                "the transcript no longer has these words",
                "the transcript no longer has these words",
            ),
        },
        seen="What the model saw",
        steps_of="Steps",
        steps_so_far="Steps so far",
        steps={
            "question": "Question",
            "search": "Search",
            "draft": "Draft",
            "judge": "Judged",
            "gap": "Gap",
            "answer": "Answer",
        },
        seconds="{} s",
        stages={
            "searching": "Looking through the transcripts…",
            "writing": "Writing, and checking each sentence…",
            "splitting": "Taking the question apart…",
            "judging": "Judging the drafts…",
        },
        budget="{} s and {} left",
        calls=("{} call", "{} calls"),
        stop="Stop",
        stopped="Stopped. What stands above was checked.",
        nothing_yet="Stopped before anything was written.",
        model_ready="{} is ready",
        model_looking="Looking whether {} can be reached",
        model_away="{} can’t be used now, so answers come in quotes. {}",
    ),
}


def answer_words(lang: Lang) -> AnswerWords:
    return _WORDS[lang]


def counted(forms: tuple[str, str], count: int) -> str:
    """A count in words, in the form for one or for more."""
    return forms[0 if count == 1 else 1].format(count)
