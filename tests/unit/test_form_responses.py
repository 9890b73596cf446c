"""The answers of Google Forms read as call-backs: its tab, its headers, its words."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.small_desk import cells, settings_of
from toolkit.app.planning import make_plan
from toolkit.app.snapshots import snapshot_of
from toolkit.core.book import RawBook, RawTab
from toolkit.core.memory import Memory
from toolkit.registers.fold import as_asked, fold
from toolkit.settings.lexicons import registers_of

OWN = ["Call-back no.", "Vendor", "Forwarded at", "Score", "Rating", "Forward due", "Feedback due", "Overdue", "Check"]
OWN_ZH = ["回访编号", "服务商", "转门店时间", "得分", "评分", "转交期限", "反馈期限", "逾期", "校验"]
TICKETS_ZH = [
    ["售后编号", "登记时间", "类型", "客户姓名", "联系电话", "问题描述", "状态", "服务商", "完成时间"],
    [
        "AS-1",
        datetime(2026, 3, 2, 13),
        "安装",
        "周建国",
        "13800138001",
        "窗帘",
        "已完成",
        "V1",
        datetime(2026, 3, 2, 12),
    ],
]
VENDORS_ZH = [["服务商编号", "名称", "城市", "电话"], ["V1", "安心家修", "杭州", "13800138002"]]
FORM_ZH = [
    "时间戳记",
    "1. 您的服务单号",
    "2. 安装前师傅有没有先打电话联系您？",
    "3. 安装人员是否礼貌、整洁？",
    "4. 材料和配件是否齐全？",
    "5. 安装后有没有清理现场？",
    "6. 您对质量和效果满意吗？",
    "7. 有没有讲解使用和清洗方法？",
    "8. 拍照前有没有征得您的同意？",
    "9. 您之前了解本品牌吗？",
    "10. 您愿意把我们推荐给别人吗？",
    "11. 您有什么建议？",
]
FORM_EN = [
    "Timestamp",
    "Your service number",
    "About the installation [Called before coming]",
    "About the installation [Polite and tidy]",
    "About the installation [All materials and parts complete]",
    "About the installation [Cleaned up after]",
    "Are you satisfied with quality and effect?",
    "Were use and washing explained?",
    "Were you asked before photos were taken?",
    "Did you know our brand before?",
    "Would you recommend us?",
    "Any suggestions?",
]


def read(locale, tabs):
    settings = settings_of(f"locale: {locale}\npreset: curtains\nchannels: {{only_since: 2020-01-01}}\n")
    now = datetime(2026, 3, 3, 12, tzinfo=settings.timezone)
    raw = RawBook({title: RawTab(title, rows) for title, rows in tabs.items()}, None, tuple(tabs))
    snapshot, missing = snapshot_of(settings, {"main": raw}, Memory(), now)
    assert missing == []
    return snapshot, make_plan(snapshot, settings, now, ("callbacks",))


def test_questionnaires_a_row_that_a_form_made_is_read_the_same_way():
    answers = ["有", "是", "齐全", "没有", "满意", "是的", "否", "不了解", "愿意", "周六来更好"]
    row = [datetime(2026, 3, 3, 9, 30, 15), "as-1 ", *answers]
    snapshot, plan = read(
        "zh-CN", {"售后登记表": TICKETS_ZH, "服务商列表": VENDORS_ZH, "表单回复 1": [[*FORM_ZH, *OWN_ZH], row]}
    )
    (survey,) = snapshot.of("surveys")[0].rows
    assert (survey.called_at, survey.suggestion, dict(survey.extra)) == (
        datetime(2026, 3, 3, 9, 30, 15),
        "周六来更好",
        {
            "called_before": True,
            "polite_and_tidy": True,
            "materials_complete": True,
            "cleaned_up": False,
            "quality_and_effect": True,
            "use_explained": True,
            "asked_before_photos": False,
            "knew_the_brand": False,
            "would_recommend": True,
        },
    )
    found = cells([one for one in plan.edits if one.at.register == "surveys"])
    assert found == {
        "surveys.survey_no[0]": "CB-20260303-0001",
        "surveys.vendor[0]": "V1",
        "surveys.score[0]": 75.0,
        "surveys.rating[0]": 4.0,
        "surveys.forward_due[0]": datetime(2026, 3, 4, 18),
    }


def test_questionnaires_a_form_in_english_with_a_grid_of_questions():
    row = [datetime(2026, 3, 3, 9), "AS-1", "Yes", "yes", "Y", "No", "TRUE", "Yes", "Yes", "no", "Yes", None]
    tickets = [
        ["Ticket no.", "Opened at", "Kind", "Customer", "Phone", "Problem", "Status", "Vendor", "Finished at"],
        [
            "AS-1",
            datetime(2026, 3, 2, 13),
            "Install",
            "Ellen",
            "13800138001",
            "Curtains",
            "Done",
            "V1",
            datetime(2026, 3, 2, 12),
        ],
    ]
    vendors = [["Vendor no.", "Name", "City", "Phone"], ["V1", "Steady Hands", "Bristol", "13800138002"]]
    _, plan = read("en", {"Tickets": tickets, "Vendors": vendors, "Form responses 1": [[*FORM_EN, *OWN], row]})
    assert cells([one for one in plan.edits if one.column in ("survey_no", "score")]) == {
        "surveys.survey_no[0]": "CB-20260303-0001",
        "surveys.score[0]": 87.5,
    }


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [("很满意", "quite_satisfied"), ("非常满意", "quite_satisfied"), ("基本满意", "basically_satisfied"), ("不满意", "not_satisfied"),
     ("Very satisfied", "quite_satisfied"), ("Basically satisfied", "basically_satisfied"), ("Dissatisfied", "not_satisfied")],
)  # fmt: skip
def test_questionnaires_verdicts_in_the_words_of_a_form(typed, verdict):
    header = ["时间戳", "服务单号", "您对这次服务满意吗？", *OWN_ZH]
    snapshot, _ = read(
        "zh-CN", {"售后登记表": TICKETS_ZH, "表单回复 1": [header, [datetime(2026, 3, 3, 9), "AS-1", typed]]}
    )
    (survey,) = snapshot.of("surveys")[0].rows
    assert survey.satisfaction == verdict


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("1. Would you recommend us?", "wouldyourecommendus"),
        ("（3）是否礼貌？", "是否礼貌"),
        ("12、是否礼貌", "是否礼貌"),
        ("Your view [Cleaned up after]", "cleanedupafter"),
        ("3 months on", "3monthson"),
        ("[?]", ""),
    ],
)
def test_what_a_form_puts_around_a_question_does_not_matter(header, asked):
    assert as_asked(fold(header)) == asked


def test_a_header_that_stands_as_it_is_wins_over_one_that_a_form_decorated():
    header = ["时间戳记", "服务单号", "1. 满意度？", "满意度", *OWN_ZH]
    row = [datetime(2026, 3, 3, 9), "AS-1", "不满意", "很满意"]
    snapshot, _ = read("zh-CN", {"售后登记表": TICKETS_ZH, "表单回复 1": [header, row]})
    assert snapshot.of("surveys")[0].rows[0].satisfaction == "quite_satisfied"


def test_a_form_tab_without_the_toolkits_columns_says_which_one_it_needs():
    settings = settings_of("preset: curtains\n")
    raw = RawBook(
        {"Tickets": RawTab("Tickets", [["Ticket no."]]), "Form responses 1": RawTab("Form responses 1", [FORM_EN])},
        None,
        ("Tickets", "Form responses 1"),
    )
    found, _ = snapshot_of(settings, {"main": raw}, Memory(), datetime(2026, 3, 3, 12, tzinfo=settings.timezone))
    assert [(one.code, one.column) for one in found.findings if one.register == "surveys"] == [
        ("missing-column", "survey_no")
    ]
    assert any(one.name == "surveys" for one in registers_of(settings))
