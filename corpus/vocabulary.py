"""The words that notes use for their own parts. All Chinese here is Simplified and all case is
lower: compare them with folded text (``corpus.language.fold``)."""

from __future__ import annotations

import re

from corpus.language import fold


def words(text: str) -> frozenset[str]:
    """The words of a list written with white space between them."""
    return frozenset(text.split())


SUMMARY = re.compile(
    "(?:内容|全文|本期|重点|要点|核心|ai)?(?:摘要|总结)(?:总结)?|概要|概述|概览|小结"
    "|要約|まとめ|요약"
    "|(?:核心|关键|主要|重点|本期)?(?:要点|观点|看点|亮点|洞见)(?:总结|整理|提炼)?|重点|重点整理|划重点"
    "|速览|导读|精华|金句|(?:金句|精选)摘录|加粗摘选|精选|太长不看"
    "|(?:executive |episode |short |brief |ai )?summary|abstract|tl;? ?dr|overview|recap|synopsis"
    "|at a glance|in brief|(?:(?:key|main|top|biggest) )?takeaways|insights"
    "|highlights|(?:top|key) (?:insights|points|ideas|moments|quotes|learnings)|best quotes"
    "|zusammenfassung|résumé|resumen"
)
"""Headings of an editor's digest."""

CLOSING_REMARKS = re.compile("总结|小结|まとめ|summary|recap")
"""Digest headings under which an article may also end in its narrator's own voice."""

CONTAINER = re.compile(
    "(?:完整)?(?:全文|正文|逐字稿|文字稿|文字版|文字实录|字幕)|转录"
    "|(?:转录|对话|访谈)(?:全文|实录)|全文(?:转写|转录|记录)|文字起こし|書き起こし|녹취록"
    "|(?:(?:full|complete|episode|interview|video|podcast|edited|raw) )*transcript(?:ion)?"
    "|full (?:text|conversation|interview|episode)|transkript|transcripción"
)
"""Headings that hold the whole talk and name no topic."""

COVER = re.compile(
    "封面(?:信息)?|(?:基本|视频|影片|节目)?(?:信息|资讯)|元(?:数据|资料)"
    "|cover|info|information|metadata|meta|(?:video|episode) info|properties"
)
"""Headings of the list of title, link and dates."""

ABOUT = re.compile(
    "章节|时间(?:轴|线|戳)|嘉宾|主持人|本期嘉宾|(?:嘉宾|来宾|人物|节目)介绍"
    "|(?:节目|本期|内容)?简介|关于本期|chapters|time ?stamps|timeline|(?:show|episode) ?notes"
    "|guests?|about the (?:guests?|episode|show)"
    "|where to find .*|in this episode.*|what you(?:'|’)?ll learn|referenced"
)
"""Headings of words about the recording."""

BOILERPLATE = re.compile(
    "(?:欢迎)?交流(?:与合作)?|商务合作|合作联系|联系我们?|联[系络]方式|关注(?:我们?|公众号)"
    "|追踪我们?|订阅|加入(?:社群|我们)|支持我们?|关于(?:作者|我们?)|作者简介|版权"
    "|(?:版权|免责)?声明|转载说明|许可协议|授权条款|参考(?:资料|文献)|相关(?:链接|连结|阅读)|(?:延伸|推荐)阅读"
    "|目录|反向链接|更新日志|评论|留言|赞助商?"
    "|contact(?: (?:me|us))?|get in touch|subscribe.{0,30}|follow (?:me|us).{0,20}"
    "|connect with .{0,30}|stay in touch|newsletter|about (?:the author|me|us)|licen[cs]e|copyright"
    "|disclaimer|references|further reading|related(?: (?:posts|articles|notes|links))?|see also"
    "|backlinks|links|table of contents|contents|toc|sponsors?|support(?: us)?|comments|changelog"
)
"""Headings of what belongs to the site, not to the talk."""

LEAVES = re.compile(
    "微信|公众号|知识星球|关注我|追踪我|欢迎(?:交流|合作|关注|订阅|转发|留言)"
    "|本文(?:首发|发表|发布|作者|版权|采用)|转载请|版权所有|点赞|打赏|©|\\bcc by|creative commons"
    "|licensed under|all rights reserved|subscribe (?:to|for|now|here)|\\bnewsletter\\b"
    "|follow (?:me|us) on|buy me a coffee|originally (?:published|posted)|thanks for reading"
)
"""What a site's own last lines say."""

SAYS_WHAT_IT_IS = re.compile(
    "整理自|收听(?:链接|连结|地址)|原(?:视频|影片)|(?:视频|影片)(?:链接|连结)|来源[:：]"
    "|本期(?:节目|嘉宾|来宾)|访谈来宾"
    "|\\b(?:originally aired|this (?:article|transcript|post) (?:is|was)"
    "|(?:listen|watch) (?:on|here)\\b)"
)
"""What an opening line says that names the recording."""

COVER_KEYS = {
    "title": words(
        "标题 题目 节目 节目名称 视频标题 影片标题 タイトル title video-title episode-title episode"
    ),
    "url": words(
        """链接 连结 网址 视频链接 影片连结 节目链接 节目连结 收听链接 收听连结 观看链接 观看连结
        原视频 原影片 原视频链接 原始链接 来源链接 视频 影片 来源 リンク
        url link video video-url video-link source youtube"""
    ),
    "published": words(
        """发布日期 发表日期 发布时间 播出日期 直播日期 录制日期 上传日期 日期 公开日
        date published publish-date published-on publication-date release-date air-date aired
        upload-date recorded"""
    ),
    "duration": words(
        """覆盖时长 时长 总时长 视频时长 影片长度 节目时长 片长 长度 duration length runtime
        running-time"""
    ),
    "": words(
        """总字数 字数 预估阅读时长 阅读时长 生成时间 嘉宾 来宾 主持 主持人 主播 频道 作者 讲者
        演讲者 语言 标签 平台 words word-count reading-time estimated-reading-time generated
        generated-at guest guests host hosts speaker speakers channel author language tags platform
        views show podcast 项目 字段 属性 field key property item"""
    ),
}
"""The cover list's keys by what they tell; under "" those that are kept as they are."""

LEAD_INS = words(
    """
    a about action advice after also analysis and answer as at background benefits bonus but
    by can challenge challenges conclusion cons context date decision definition describe
    description details disclaimer do does duration editor episode example examples fact
    finding findings first for from goal highlights how however idea if impact important in
    insight insights introduction is it key lesson lessons limitation limitations link links
    main method misc my next no note notes of on one opinion or our outcome outlook overview
    point points problem pros quote reason reasons recap recommendation reference references
    result results risk risks second section solution source step still strategy summary
    takeaway takeaways that the then there third this tip tips title to today tool tools topic
    topics tradeoff update use verdict warning we what when where which while who why with yes
    yet you your
    """
)
"""Words in a bold lead-in that names a thought, not a person. (Will, An and So are names.)"""

LEAD_INS_HAN = re.compile(
    "[的了是在与及或更最被把让为没不]|观点|结论|总结|背景|优点|缺点|问题|建议|方法|原因"
    "|例子|案例|备注|说明|补充|提示|注意|重点|要点|核心|关键|优势|趋势|影响|定义|标题|链接|连结|日期|时间|时长|来源|结果|现状|方案"
    "|风险|机会|挑战|目标|数据|技术|产品|模型|能力|市场|策略"
)
"""The same in Chinese: none of these stands in a name."""

ROLES_HAN = re.compile(
    "主持|主播|主讲|嘉宾|来宾|观众|听众|记者|提问者|旁白|发言人|说话人|讲者|受访者|采访者|访谈者|编辑部"
    "|司会|聞き手|ゲスト|話者|话者|진행자"
)
ROLES_LATIN = re.compile(
    r"(?:co-?host|host|guest|speaker|interviewer|interviewee|moderator|narrator|presenter|announcer"
    r"|audience(?: member)?|questioner|panell?ist|caller|student|attendee|participant"
    r"|unknown(?: speaker)?|sprecher|interlocuteur|q|a)(?:[\s#-]*[\da-z])?"
)

TITLES_HAN = (
    *("博士", "老师", "教授", "先生", "女士", "小姐", "院士", "同学", "律师", "医生", "主任", "总"),
    *("哥", "姐", "导演", "さん", "氏", "씨", "님"),
)
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任"
    "沈姚卢姜崔钟谭陆汪范金石廖贾夏韦傅付方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫"
    "孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕"
    "单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚"
    "娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池"
    "查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区"
)
COMPOUND_SURNAMES = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "令狐")
NAME_PARTICLES = words("de da del der den van von la le bin ibn al el di du dos y e of the")


_DECORATION = re.compile(
    r"^(?:[\W_]+|(?:第?[一二三四五六七八九十\d]{1,3}(?:[、.．)）]|部分|章)\s*))+|[\W_]+$"
)
_NOTE = re.compile(r"\s*[（(][^（()）]*[)）]\s*$")


def is_named(pattern: re.Pattern[str], heading: str) -> bool:
    """Whether a heading is one of the pattern's words, its numbering, emoji and note aside."""
    bare = _NOTE.sub("", fold(heading))
    bare = _DECORATION.sub("", bare).strip()
    return pattern.fullmatch(bare) is not None
