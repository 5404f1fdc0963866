"""Texts about what people put on a case, in English and Chinese: recording it, and confirming it."""

from __future__ import annotations

RECORD_WORDS = (
    ("to_confirm", "For your second signature", "待您复核"),
    (
        "to_confirm_help",
        "Something that a colleague put on these cases, or ruled, counts once a second person has signed.",
        "同事为以下申请单录入的资料或作出的裁定，经第二人签署后生效。",
    ),
    ("brought_by", "put on the case by {name}", "{name} 录入"),
    ("brought_checked", "confirmed by {name}", "{name} 已复核"),
    (
        "not_confirmed",
        "not confirmed by a second person: does not count for the company",
        "未经第二人复核：不计入有利判断",
    ),
    ("brought_file", "file", "文件"),
    ("confirm", "Confirm it", "复核通过"),
    (
        "confirm_help",
        "What a person put on the case counts for the company once a second person has confirmed it.",
        "人工录入的资料，经第二人复核后方可计入对企业有利的判断。",
    ),
    ("site_title", "Record what an official site showed", "登记官方网站查询结果"),
    (
        "site_help",
        "While the facts of the case are open, the record goes into this round. Once they are settled, it opens "
        "the next round, and earlier votes lapse.",
        "资料尚未确定时，记录计入本轮；确定之后，将开启下一轮，此前的审批意见失效。",
    ),
    ("site_open", "Record a search", "登记一次查询"),
    ("site_topic", "What was looked for", "查询事项"),
    ("site_site", "Site", "网站"),
    ("site_searched_by", "Searched by", "查询方式"),
    ("site_query", "What was typed in", "输入内容"),
    ("site_time", "Time of the search, with its zone", "查询时间（含时区）"),
    ("site_link", "Link", "链接"),
    ("site_result", "What the site showed", "查询结果"),
    ("site_nothing", "Nothing", "无记录"),
    ("site_found", "A record", "有记录"),
    ("site_listed_on", "Listed on", "列入日期"),
    ("site_ended_on", "Removed on", "移出日期"),
    ("site_reference", "Number of the record", "案号或文号"),
    ("site_subject", "Reason or subject, without names of persons", "原因或事由（不含个人姓名）"),
    ("site_file", "Screenshot or print of what it showed", "网站显示内容的截图或打印件"),
    ("site_reason", "Why this is recorded now (the voters read it)", "登记原因（审批人会看到）"),
    ("site_send", "Record it", "登记"),
)
