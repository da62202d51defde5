"""The lines that ask a language model for a language, each in that language.

That holds a small model to it better than the language's name in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from assistant.llm.types import Message

_ANSWER: Mapping[str, str] = MappingProxyType(
    {
        "zh-Hans": "请用简体中文回答。每行一句，行首写摘录编号，如 [1]。",
        "zh-Hant": "請用繁體中文回答。每行一句，行首寫摘錄編號，如 [1]。",
        "en": "Answer in English. Begin each line with its excerpt's number, like [1].",
        "ja": "日本語で答え、一文ごとに改行し、行頭に抜粋の番号を [1] のように付けてください。",
        "ko": "한국어로 답하세요. 한 줄에 한 문장씩, 줄 앞에 발췌 번호를 [1]처럼 붙이세요.",
        "de": "Antworte auf Deutsch, ein Satz je Zeile, vorn die Nummer seines Auszugs, etwa [1].",
        "fr": "Réponds en français, une phrase par ligne, d'abord le numéro de l'extrait : [1].",
        "es": "Responde en español, una frase por línea, primero el número del fragmento: [1].",
        "ru": "Ответь по-русски, каждое предложение с новой строки, сначала номер отрывка: [1].",
        "it": "Rispondi in italiano, una frase per riga, prima il numero dell'estratto: [1].",
        "pt": "Responde em português, uma frase por linha, primeiro o número do excerto: [1].",
    }
)
_ANY_LANGUAGE = (
    "Answer in the language of the question. Begin each line with its excerpt's number, like [1]."
)

_TRANSLATE: Mapping[str, str] = MappingProxyType(
    {
        "zh-Hans": "把下面的话译成简体中文，保留方括号里的编号，如 [1]。",
        "zh-Hant": "把下面的話譯成繁體中文，保留方括號裡的編號，如 [1]。",
        "en": "Translate this into English. Keep the marks in brackets, such as [1].",
        "ja": "これを日本語に訳し、[1] のような括弧の番号は残してください。",
        "ko": "이것을 한국어로 옮기고 [1] 같은 괄호 번호는 그대로 두세요.",
        "de": "Übersetze das ins Deutsche. Lass die Nummern in Klammern stehen, wie [1].",
        "fr": "Traduis ceci en français. Garde les numéros entre crochets, comme [1].",
        "es": "Traduce esto al español. Conserva los números entre corchetes, como [1].",
        "ru": "Переведи это на русский. Оставь номера в скобках, например [1].",
        "it": "Traduci questo in italiano. Lascia i numeri tra parentesi, come [1].",
        "pt": "Traduz isto para português. Mantém os números entre parênteses, como [1].",
    }
)


def language_line(tag: str) -> str:
    """For an answer in the language of a tag; for others, in the question's own."""
    return _in(_ANSWER, tag) or _ANY_LANGUAGE


def translation_messages(reply: str, tag: str) -> tuple[Message, ...]:
    """For a reply in the language that it should have been in; empty for a language that this file
    can't ask for."""
    line = _in(_TRANSLATE, tag)
    return (Message("user", f"{line}\n\n{reply}"),) if line else ()


def _in(lines: Mapping[str, str], tag: str) -> str | None:
    name = "zh-Hans" if tag == "zh" else tag
    return lines.get(name) or lines.get(name.partition("-")[0])
