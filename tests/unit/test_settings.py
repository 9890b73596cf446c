"""config.yaml into settings: every mistake with its line, presets, overrides, values from outside, the search upward."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from textwrap import dedent
from zoneinfo import ZoneInfo

import pytest

from toolkit.core.errors import UsageError
from toolkit.registers.every import REGISTERS
from toolkit.rules.policy import Rung, governing
from toolkit.rules.worktime.duration import Duration
from toolkit.settings.faults import ConfigError
from toolkit.settings.layers import PRESETS
from toolkit.settings.load import find_config, load, read
from toolkit.settings.misnamed import JOBS
from toolkit.settings.model import Settings

ROOT = Path(__file__).parents[2]
HOME = Path("/nowhere/desk")


def settings(text: str = "", **environment: str) -> Settings:
    return read(dedent(text), HOME, HOME / "config.yaml", environment)


def mistakes(text: str, **environment: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        settings(text, **environment)
    assert str(caught.value) == "\n".join(str(one) for one in caught.value.mistakes)
    return str(caught.value).splitlines()


def test_an_empty_file_is_the_default_preset():
    found = settings("")
    assert found.preset == "furniture-retail"
    assert found.home == HOME
    assert found.timezone == ZoneInfo("Asia/Shanghai")
    assert found.books[0].path == HOME / "workbooks/aftersales.xlsx"
    assert found.books[0].timezone == found.timezone
    assert found.state == "sqlite:////nowhere/desk/state/toolkit.db"
    assert found.outbox == HOME / "outbox"
    assert set(found.channels.quiet_hours.values()) == {(time(21), time(8, 30))}
    assert found.channels.daily_cap == {"customer": 4, "vendor": 20, "staff": 40}
    assert found.calendar.week["sat"] == (("09:00", "18:00"),)
    assert "sun" not in found.calendar.week
    assert [one.job for one in found.schedule] == ["run", "digest", "report"]
    assert settings("# nothing but a note\n").policies == found.policies


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_loads(name):
    found = settings(f"preset: {name}")
    assert found.preset == name
    assert set(found.notices) == set(settings("").notices)
    for one in found.policies:
        assert one.ladder or one.clock == "window"  # a window that is over is nobody's fault
    for asked in found.questionnaires:
        for question in asked.questions:
            assert set(question.label) == {"zh-CN", "en"}


def test_quiet_hours_and_caps_go_by_audience():
    found = settings(
        """
        channels:
          quiet_hours: {vendor: "21:30-07:00", staff: none}
          daily_cap: {staff: none}
        """
    ).channels
    assert found.quiet_hours == {"customer": (time(21), time(8, 30)), "vendor": (time(21, 30), time(7)), "staff": None}
    assert found.daily_cap == {"customer": 4, "vendor": 20, "staff": None}
    assert set(settings('channels: {quiet_hours: "22:00-06:00", daily_cap: none}').channels.daily_cap.values()) == {
        None
    }


def test_the_furniture_preset_carries_the_rules_by_number():
    found = settings("preset: furniture-retail")
    by_id = {one.id: one for one in found.policies}
    assert set(by_id) >= {"P-01", "P-01.urgent", "P-04.reply", "P-04.resolve", "P-13", "P-17"}
    assert by_id["P-01"].target == Duration.parse("24h")
    assert by_id["P-04.reply"].target == Duration.parse("48h")
    assert by_id["P-04.resolve"].target == Duration.parse("7bd")
    assert by_id["P-04.resolve"].pause_on == ("waiting_for_customer",)
    assert by_id["P-13"].target == Duration.parse("3bd")
    assert (by_id["P-17"].lead, by_id["P-17"].target) == (Duration.parse("5bd"), None)
    assert by_id["P-01"].ladder == (Rung(Duration.parse("4bh"), "manager"), Rung(Duration.parse("1bd"), "head"))
    governs = {
        "repair": governing(found.policies, "response", {"kind": "repair"}),
        "urgent": governing(found.policies, "response", {"kind": "repair", "urgency": "urgent"}),
        "complaint": governing(found.policies, "response", {"kind": "complaint", "urgency": "urgent"}),
    }
    assert {name: one and one.id for name, one in governs.items()} == {
        "repair": "P-01", "urgent": "P-01.urgent", "complaint": "P-04.reply",
    }  # fmt: skip
    assert [(one.months, one.starts, one.when) for one in found.warranty.terms] == [
        (12, ("bought_on",), {"category": ("dining_chair",)}),
        (12, ("delivered_on",), {}),
    ]
    assert found.warranty.not_covered == {"customer_misuse": "coverage.misuse", "force_majeure": "coverage.disaster"}
    assert found.evidence[0] == ({"cause": ("transport_damage",)}, ("photos",))
    (visit,) = found.questionnaires
    assert visit.rating({"satisfaction": "quite_satisfied", "came_on_time": False}) == 4
    assert found.notices["reminder-vendor"].audience == "vendor"
    assert found.notices["escalation"].audience == "staff"


def test_the_installation_questionnaire_weighs_brand_awareness_nothing():
    asked = next(one for one in settings("preset: curtains").questionnaires if one.name == "installation")
    everything_yes = {one.key: True for one in asked.questions}
    assert len(asked.questions) == 9
    assert asked.rating(everything_yes | {"knew_the_brand": False}) == 5
    assert asked.rating(everything_yes | {"cleaned_up": False}) == 4.5


def test_a_file_overrides_single_fields_of_a_preset():
    found = settings("""
        policies:
          P-01: {target: 12h}
          P-04.reply: {when: {kind: complaint, level: [1, 2]}, warn: off}
          P-13: off
          P-17: {off: true}
          P-90.sofa: {clock: response, start: opened_at, stop: responded_at, target: 30min, when: {category: sofa}, warn: 50%}
        notices:
          care: off
          received: {channels: sms, urgent: yes}
        schedule:
          run: {daily: 7:00}
          report: off
        calendar: {week: {fri: ["22:00-06:00"]}, holidays: none}
        numbers: {tickets: "T{n:03d}/{date:%y}"}
        vendors: {minimum_stars: 4}
        """)
    by_id = {one.id: one for one in found.policies}
    assert [one.id for one in found.policies if one.no in ("P-90", "P-04", "P-01", "P-13", "P-17")] == [
        "P-90.sofa", "P-04.reply", "P-04.resolve", "P-01.urgent", "P-01",
    ]  # fmt: skip
    assert by_id["P-01"].target == Duration.parse("12h")
    assert by_id["P-01"].stops == "responded_at"
    assert by_id["P-04.reply"].when == {"kind": ("complaint",), "level": ("1", "2")}
    assert by_id["P-04.reply"].warn_share is None
    assert by_id["P-90.sofa"].warn_share == 0.5
    assert "care" not in found.notices
    assert found.notices["received"].channels == ("sms",)
    assert found.notices["received"].is_urgent
    assert found.notices["received"].to == "customer"
    assert [(one.job, one.every, one.daily) for one in found.schedule] == [
        ("run", None, time(7)),
        ("digest", None, time(8, 30)),
    ]
    assert found.calendar.week == {"fri": (("22:00", "06:00"),)}
    assert found.calendar.holidays is None
    assert found.numbers["tickets"] == "T{n:03d}/{date:%y}"
    assert found.numbers["surveys"].startswith("CB-")
    assert (found.vendors.minimum_stars, found.vendors.half_life_days) == (4, 180)


def test_a_question_of_ones_own_has_a_column_with_its_answers():
    found = settings("""
        questionnaires:
          service-visit:
            questions:
              effort: {label: {en: How easy was it?}, stars: {hard: 1, easy: 5}}
              satisfaction: {stars: {not_satisfied: 1, quite_satisfied: 5}}
        registers: {surveys: {choices: {effort: {hard: 费劲, easy: 省心}}}}
        notices: {sorry: {when: {effort: hard}}}
        """)
    (asked,) = found.questionnaires
    assert [one.key for one in asked.questions] == ["came_on_time", "satisfaction", "effort"]
    assert asked.questions[1].stars == {"not_satisfied": 1, "quite_satisfied": 5}
    assert found.notices["sorry"].when == {"effort": ("hard",)}
    assert settings("notices: {sorry: {when: {came_on_time: no}}}").notices["sorry"].when == {"came_on_time": ("no",)}
    assert mistakes("notices: {sorry: {when: {came_on_time: late}}}") == [
        'config.yaml:1: notices.sorry.when.came_on_time: found "late"; allowed: yes, no'
    ]


def test_a_number_switches_off_all_of_its_rule():
    kept = {one.no for one in settings("policies: {P-04: off, P-01: off}").policies}
    assert kept == {one.no for one in settings("").policies} - {"P-04", "P-01"}


def test_a_condition_is_said_anew_as_a_whole():
    found = settings("policies: {P-04.reply: {when: {level: 1}}, P-04.resolve: {when: {}}}")
    by_id = {one.id: one for one in found.policies}
    assert by_id["P-04.reply"].when == {"level": ("1",)}
    assert by_id["P-04.resolve"].when == {}


def test_sections_become_settings():
    found = settings("""
        locale: en
        timezone: Europe/Berlin
        company: {name: Muster, hotline: 0800 123}
        books:
          - {name: main, path: a.xlsx, backups: 3, max_loss: 30%, companion_after: 90min}
          - {name: old, google: 1AbC, credentials: key.json, timezone: Asia/Tokyo, endpoint: "http://127.0.0.1:8080"}
        calendar: {tab: Frei}
        registers:
          tickets: {book: old, also: 归档2025, aliases: {phone: [手机号, 电话]}, choices: {category: {door: [门, 木门], sofa: 沙发椅}}}
        evidence:
          - {when: {category: door, store: North}, columns: [photos, proof]}
        channels:
          email: {via: smtp, host: mail.example.com, security: ssl, from: "Shop <a@example.com>"}
          sms: none
          quiet_hours: none
          hold_above: 0
          daily_cap: 7
          only_since: 2026-11-01
        digest: {to: managers, empty: yes}
        schedule: {run: {every: 1min}}
        outbox: /var/outbox
        state: sqlite:////var/lib/desk.db
        reopened: new
        """)
    assert (found.company.brand, found.company.hotline) == ("Muster", "0800 123")
    main, old = found.books
    assert (main.path, main.backups, main.timezone.key) == (HOME / "a.xlsx", 3, "Europe/Berlin")
    assert (main.max_loss, main.companion_after) == (0.3, timedelta(minutes=90))
    assert (old.max_loss, old.companion_after) == (0.5, timedelta(hours=4))
    assert (old.path, old.google, old.credentials, old.timezone.key) == (None, "1AbC", HOME / "key.json", "Asia/Tokyo")
    assert found.book(None) is main
    assert found.book("old") is old
    tickets = found.register("tickets")
    assert (tickets.book, tickets.also, tickets.aliases) == ("old", ("归档2025",), {"phone": ("手机号", "电话")})
    assert tickets.choices == {"category": {"door": ("门", "木门"), "sofa": ("沙发椅",)}}
    assert found.register("holidays").tab == "Frei"
    assert found.register("staff").tab is None
    assert found.evidence == (({"category": ("door",), "store": ("North",)}, ("photos", "proof")),)
    assert (found.channels.email.port, found.channels.email.from_) == (465, "Shop <a@example.com>")
    assert found.notices["received"].channels == ("email",), "what is switched off is no way to reach people"
    assert found.channels.quiet_hours == dict.fromkeys(("customer", "vendor", "staff"))
    assert found.channels.daily_cap == {"customer": 7, "vendor": 7, "staff": 7}
    assert found.channels.only_since == date(2026, 11, 1)
    assert (found.digest.to, found.digest.empty) == (("managers",), True)
    assert found.schedule[0].every == Duration(Decimal(1), "min")
    assert (found.outbox, found.state) == (Path("/var/outbox"), "sqlite:////var/lib/desk.db")
    assert found.reopened == "new"


MISTAKES = {
    "a word that is not in a list": (
        """
        locale: de
        preset: furniture
        channels:
          email:
            via: smtp
            host: mail.example.com
            from: a@example.com
            security: tsl
        """,
        [
            'config.yaml:2: locale: found "de"; allowed: zh-CN, en',
            (
                'config.yaml:3: preset: found "furniture"; allowed: furniture-retail, office-furniture, custom-home, dining-chairs, '
                "dorm-furniture, curtains, mall, ecommerce-returns, lighting-factory, home-repair; "
                'did you mean "furniture-retail"?'
            ),
            'config.yaml:9: channels.email.security: found "tsl"; allowed: starttls, ssl, none; did you mean "ssl"?',
        ],
    ),
    "unknown keys at every depth": (
        """
        compnay: {name: x}
        company: {nmae: x}
        policies:
          P-01:
            tagret: 2h
            ladder: [{after: 1h, too: head, to: head}]
        books: [{name: a, path: a.xlsx, Path: b}]
        """,
        [
            'config.yaml:2: compnay: unknown key; … did you mean "company"?',
            'config.yaml:3: company.nmae: unknown key; allowed: name, brand, hotline, logo; did you mean "name"?',
            (
                "config.yaml:6: policies.P-01.tagret: unknown key; allowed: clock, start, stop, target, lead, when, pause_on, "
                'warn, ladder, register, working_days_only, asks, off; did you mean "target"?'
            ),
            'config.yaml:7: policies.P-01.ladder.1.too: unknown key; allowed: after, to; did you mean "to"?',
            (
                "config.yaml:8: books.1.Path: unknown key; allowed: name, path, google, credentials, timezone, endpoint, backups, "
                "max_loss, companion_after; "
                'did you mean "path"?'
            ),
        ],
    ),
    "names of registers, columns, choices": (
        """
        registers:
          ticket: {tab: x}
          tickets:
            book: mian
            aliases: {fone: [x]}
            choices: {catgory: {door: [x]}, category: {门: [门]}}
        policies:
          P-01: {start: openedat, stop: notes, when: {kind: complain, problem: x, photos: x}, pause_on: waiting_customer}
          P-13: {stop: survey_no}
          P-04.reply: {register: vendors}
          P-04.resolve: {clock: resolution}
        """,
        [
            (
                f"config.yaml:3: registers.ticket: unknown key; allowed: {', '.join(one.name for one in REGISTERS)}; "
                'did you mean "tickets"?'
            ),
            'config.yaml:5: registers.tickets.book: found "mian"; allowed: main; did you mean "main"?',
            'config.yaml:6: registers.tickets.aliases.fone: unknown key; … did you mean "phone"?',
            (
                "config.yaml:7: registers.tickets.choices.category.门: a choice has a key of small Latin letters, digits and _, "
                "its labels follow, e.g. door: [门]"
            ),
            'config.yaml:7: registers.tickets.choices.catgory: unknown key; … did you mean "category"?',
            'config.yaml:9: policies.P-01.pause_on: found "waiting_customer"; … did you mean "waiting_for_customer"?',
            'config.yaml:9: policies.P-01.start: found "openedat"; … did you mean "opened_at"?',
            'config.yaml:9: policies.P-01.stop: found "notes"; …',
            'config.yaml:9: policies.P-01.when.kind: found "complain"; … did you mean "complaint"?',
            "config.yaml:9: policies.P-01.when.photos: conditions go by columns of choices, text, numbers or yes and no, which staff fill in",
            "config.yaml:9: policies.P-01.when.problem: conditions go by columns of choices, text, numbers or yes and no, which staff fill in",
            'config.yaml:10: policies.P-13.stop: found "survey_no"; …',
            'config.yaml:11: policies.P-04.reply.register: found "vendors"; …',
            'config.yaml:12: policies.P-04.resolve.clock: found "resolution"; … did you mean "solution"?',
        ],
    ),
    "names of policies, letters, jobs, roles, books": (
        """
        policies:
          P-1: {target: 2h}
          P-05: off
          quick: {clock: response, start: opened_at, stop: responded_at, target: 1h}
          P-01: {ladder: [{after: 1h, to: boss}]}
        notices: {recieved: off, care: {to: client, channels: [mail], cause: finished}}
        schedule: {dgest: {daily: "09:00"}}
        questionnaires: {servicevisit: off}
        books: [{name: a, path: a.xlsx}, {name: a, path: b.xlsx}]
        digest: {to: [staff, bosses]}
        """,
        [
            (
                "config.yaml:3: policies.P-1: a policy of your own has a name such as P-99 or P-99.reply, and a clock, start and "
                'stop; did you mean "P-01"?'
            ),
            'config.yaml:4: policies.P-05: unknown key; … did you mean "P-01"?',
            "config.yaml:5: policies.quick: a policy of your own has a name such as P-99 or P-99.reply, and a clock, start and stop",
            (
                'config.yaml:6: policies.P-01.ladder.1.to: found "boss"; allowed: owner, manager, head, caller, store, '
                "role:customer_service, role:order_tracker, role:dispatcher, role:caller, role:technical_support, "
                "role:operations, role:finance, role:warehouse, role:store_manager, role:manager, role:head, role:regional_manager, role:franchise_manager"
            ),
            'config.yaml:7: notices.care.cause: found "finished"; … did you mean "finished_at"?',
            'config.yaml:7: notices.care.channels.1: found "mail"; allowed: email, sms, chat; did you mean "email"?',
            'config.yaml:7: notices.care.to: found "client"; allowed: customer',
            'config.yaml:7: notices.recieved: unknown key; … did you mean "received"?',
            f'config.yaml:8: schedule.dgest: unknown key; allowed: {", ".join(JOBS)}; did you mean "digest"?',
            'config.yaml:9: questionnaires.servicevisit: unknown key; allowed: service-visit; did you mean "service-visit"?',
            'config.yaml:10: books.2.name: found "a"; book 1 has this name already',
            'config.yaml:11: digest.to.2: found "bosses"; allowed: staff, managers, stores',
        ],
    ),
    "durations, zones, times, spans": (
        """
        timezone: Asia/Shangai
        policies:
          P-01: {target: 3days}
          P-13: {target: 1.5bd}
          P-17: {lead: soon, warn: 120%}
        channels: {quiet_hours: 21-8, only_since: 1.11.2026, hold_above: many, daily_cap: {vendor: 0, boss: 3}}
        calendar: {week: {mon-sat: ["9-18"]}, holidays: china}
        schedule: {run: {every: 2bh}, digest: {daily: "25:00"}, report: {monthly: 31, at: "09:00"}}
        """,
        [
            (
                'config.yaml:2: timezone: found "Asia/Shangai"; a time zone has a name such as Asia/Shanghai or Europe/Berlin; '
                'did you mean "Asia/Shanghai"?'
            ),
            (
                'config.yaml:4: policies.P-01.target: found "3days"; a duration is an amount and min, h, bmin or bh, or a whole '
                'amount and bd, d, mo or y, e.g. 24h, 1.5bh, 3bd; did you mean "3d"?'
            ),
            (
                'config.yaml:5: policies.P-13.target: found "1.5bd"; a duration is an amount and min, h, bmin or bh, or a whole '
                "amount and bd, d, mo or y, e.g. 24h, 1.5bh, 3bd"
            ),
            (
                'config.yaml:6: policies.P-17.lead: found "soon"; a duration is an amount and min, h, bmin or bh, or a whole '
                "amount and bd, d, mo or y, e.g. 24h, 1.5bh, 3bd"
            ),
            'config.yaml:6: policies.P-17.warn: found "120%"; a share between 0% and 100% of the target, e.g. 80%, or off',
            "config.yaml:7: channels.daily_cap.boss: unknown key; allowed: customer, vendor, staff",
            'config.yaml:7: channels.daily_cap.vendor: found "0"; a whole number from 1 on, or none',
            'config.yaml:7: channels.hold_above: found "many"; expected a whole number',
            'config.yaml:7: channels.only_since: found "1.11.2026"; a date is written like 2026-11-01',
            'config.yaml:7: channels.quiet_hours: found "21-8"; quiet hours are one span such as 21:00-08:30, or none',
            (
                'config.yaml:8: calendar.holidays: found "china"; a country\'s two capital letters, e.g. CN, with a region where '
                "holidays differ, e.g. DE-BY, or none"
            ),
            "config.yaml:8: calendar.week: mon: '9' in '9-18' is not a time of day; write 09:00, the end of a day 24:00",
            'config.yaml:9: schedule.digest.daily: found "25:00"; a time of day is written like 08:30',
            'config.yaml:9: schedule.report.monthly: found "31"; expected at most 28',
            "config.yaml:9: schedule.run: every counts clock time, in min or h",
        ],
    ),
    "wrong shapes": (
        """
        company: Muster
        books: main.xlsx
        locale: [en]
        policies:
          P-01: 24h
          P-04.reply: {target: {h: 48}}
        numbers: {tickets: AS-1}
        state: postgres://u:pw@host/db
        repeat_within_days: -1
        channels: {email: "smtp://me:hunter2@host"}
        """,
        [
            'config.yaml:2: company: found "Muster"; expected a section of names and values',
            'config.yaml:3: books: found "main.xlsx"; expected a list, e.g. [one, two]',
            "config.yaml:4: locale: expected one value, not a list or section",
            'config.yaml:6: policies.P-01: found "24h"; expected a section of names and values',
            "config.yaml:7: policies.P-04.reply.target: expected one value, not a list or section",
            'config.yaml:8: numbers.tickets: found "AS-1"; a number is written with {date:…} and {n…}, e.g. AS-{date:%Y%m%d}-{n:04d}',
            (
                'config.yaml:9: state: found "postgres://…@host/db"; a PostgreSQL address is written like '
                "postgresql://user@host/database; in a password / is %2F, @ is %40, # is %23, ? is %3F, % is %25"
            ),
            'config.yaml:10: repeat_within_days: found "-1"; expected at least 0',
            'config.yaml:11: channels.email.via: found "smtp://…@host"; allowed: folder, smtp, none',
        ],
    ),
    "what belongs together": (
        """
        books: [{name: a}, {name: b, google: X}, {name: c, path: c.xls}]
        channels: {email: {via: smtp}}
        policies: {P-01: {lead: 2bd}, P-99: {clock: start, start: opened_at, target: 2h}}
        schedule: {run: {}, digest: {every: 1h, daily: "08:00"}, report: {monthly: 1}}
        warranty: {terms: [{months: 12}], not_covered: {misuse: misuse, other: paid}, misuse: [{when: {installed_by: them}}, {}]}
        questionnaires:
          service-visit:
            questions: {came_on_time: {label: {fr: x}}, rating: {weight: 1}, satisfaction: {stars: {great: 5}}}
        """,
        [
            "config.yaml:2: books.1: a book has a path (an .xlsx file) or google (a spreadsheet's id), one of the two",
            "config.yaml:2: books.2: a Google book needs credentials: the file of its service account",
            'config.yaml:2: books.3.path: found "c.xls"; a workbook is an .xlsx or .xlsm file; save it as one',
            "config.yaml:3: channels.email: via: smtp needs host (the mail server) and from (the sender's address)",
            "config.yaml:4: policies.P-01: a policy has a target (how long it may take) or a lead (how long before), one of the two",
            "config.yaml:4: policies.P-99.stop: missing",
            'config.yaml:5: schedule.digest: a job has one time: {every: 10min}, {daily: "08:30"} or {monthly: 1, at: "09:00"}',
            'config.yaml:5: schedule.report: at goes with monthly: {monthly: 1, at: "09:00"}',
            'config.yaml:5: schedule.run: a job has one time: {every: 10min}, {daily: "08:30"} or {monthly: 1, at: "09:00"}',
            'config.yaml:6: warranty.misuse.1.when.installed_by: found "them"; allowed: us, customer',
            "config.yaml:6: warranty.misuse.2.when: missing",
            'config.yaml:6: warranty.not_covered.misuse: unknown key; … did you mean "customer_misuse"?',
            'config.yaml:6: warranty.not_covered.other: found "paid"; allowed: misuse, disaster',
            "config.yaml:6: warranty.terms.1.start: missing",
            'config.yaml:9: questionnaires.service-visit.questions.came_on_time.label.fr: found "fr"; allowed: zh-CN, en',
            (
                "config.yaml:9: questionnaires.service-visit.questions.rating: rating is already a column of the surveys register, "
                "and no question; take another key"
            ),
            (
                "config.yaml:9: questionnaires.service-visit.questions.satisfaction.stars.great: unknown key; allowed: "
                "not_satisfied, basically_satisfied, quite_satisfied"
            ),
        ],
    ),
    "keys written twice, tags, aliases, a second document": (
        """
        locale: en
        company: {name: x}
        locale: zh-CN
        country: *hunter2
        currency: !secret CNY
        ---
        locale: en
        """,
        [
            "config.yaml:4: locale: written twice; the first one is in line 2",
            "config.yaml:5: country: a text that begins with * or & needs quotes; YAML's anchors and aliases are not used here",
            "config.yaml:6: currency: a text that begins with ! needs quotes; YAML's tags are not used here",
            'config.yaml:7: a second document after "---"; a configuration is one',
        ],
    ),
    "a tab": ("locale: en\ncompany:\n\tname: x\n", ["config.yaml:3: a tab; YAML indents with spaces only"]),
    "a colon too many": (
        "locale: en\nstate: a: b\n",
        ['config.yaml:2: not YAML: a ":" where none can be; is the indentation right, is a text with ":" in quotes?'],
    ),
    "an open bracket": ("locale: [en\n", ["config.yaml:2: not YAML: expected ',' or ']', but got '<stream end>'"]),
    "an open quote": ("locale: en\nstate: 'x\n", ["config.yaml:3: not YAML: found unexpected end of stream"]),
    "a control character": ("locale: en\nstate: \x01\n", ["config.yaml:2: a character that YAML does not allow"]),
    "brackets without end": ("a: [" * 300, ["config.yaml:1: brackets or lists within each other, too deep"]),
    "P-04 has a reply and a resolution": (
        "policies: {P-04: {target: 10bd}}\n",
        [
            (
                "config.yaml:1: policies.P-04: the preset has this rule in parts; change the one that you mean: "
                "P-04.reply, P-04.resolve"
            ),
        ],
    ),
    "a list instead of names": ("- locale: en\n", ["config.yaml:1: expected a section of names and values"]),
    "a mere word": ("hello\n", ['config.yaml:1: found "hello"; expected a section of names and values']),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_all_mistakes_are_told_at_once_with_line_and_what_is_allowed(case):
    text, expected = MISTAKES[case]
    found = mistakes(text)
    assert [_as_short_as(wanted, one) for wanted, one in zip(expected, found, strict=False)] + found[
        len(expected) :
    ] == expected


def _as_short_as(wanted: str, found: str) -> str:
    """A list of sixty columns is not spelled out in the table above: `…` stands for it."""
    start, dots, end = wanted.partition("; … ")
    if dots and found.startswith(start + "; allowed: ") and found.endswith(end):
        return wanted
    if wanted.endswith("; …") and found.startswith(wanted[:-1] + "allowed: ") and "did you mean" not in found:
        return wanted
    return found


def test_a_key_without_a_value_says_nothing():
    found = settings(
        "company:\n  name:\n  hotline: 1\nbooks:\nlocale:\nregisters: {tickets: {tab: }}\nchannels: {only_since: ~}\n"
    )
    assert (found.company.name, found.locale, len(found.books)) == ("", "zh-CN", 1)
    assert mistakes("locle:\n")[0].startswith("config.yaml:1: locle: unknown key; ")


SMTP = """
channels:
  email: {via: smtp, host: "${HOST:-localhost}", port: "${PORT}", from: a@example.com, user: "$${me}", password: "${SMTP_PASSWORD}"}
"""


def test_values_come_from_the_environment_with_defaults():
    email = settings(SMTP, PORT="2525", SMTP_PASSWORD="hunter2").channels.email
    assert (email.host, email.port, email.user, email.password) == ("localhost", 2525, "${me}", "hunter2")
    assert settings(SMTP, HOST="", PORT="25", SMTP_PASSWORD="x").channels.email.host == "localhost"


def test_dot_env_and_files_stand_behind_the_environment(tmp_path):
    (tmp_path / ".env").write_text("PORT=1\nHOST=from-dotenv # note\nSMTP_PASSWORD_FILE=pw.txt\n", "utf-8")
    (tmp_path / "pw.txt").write_text("hunter2 \n", "utf-8")
    email = read(SMTP, tmp_path, None, {"PORT": "2"}).channels.email
    assert (email.host, email.port, email.password) == ("from-dotenv", 2, "hunter2 ")
    (tmp_path / "pw.txt").unlink()
    with pytest.raises(ConfigError) as caught:
        read(SMTP, tmp_path, None, {})
    assert str(caught.value) == (
        "config.yaml:3: channels.email.password: the file that SMTP_PASSWORD_FILE names cannot be read: No such file or directory"
    )


def test_what_is_not_set_is_a_mistake_once():
    assert mistakes(SMTP) == [
        "config.yaml:3: channels.email.password: ${SMTP_PASSWORD} is not set; set SMTP_PASSWORD in the environment or in .env beside the file",
        "config.yaml:3: channels.email.port: ${PORT} is not set; set PORT in the environment or in .env beside the file",
    ]
    assert mistakes("company: {name: '${no name}', brand: '${X'}") == [
        "config.yaml:1: company.brand: a ${ that is no variable; write ${NAME} or ${NAME:-default}, and $${ for a plain ${",
        "config.yaml:1: company.name: a ${ that is no variable; write ${NAME} or ${NAME:-default}, and $${ for a plain ${",
    ]


def test_secrets_appear_nowhere():
    found = settings(SMTP, PORT="25", SMTP_PASSWORD="hunter2")
    assert found.channels.email.password == "hunter2"
    assert "hunter2" not in repr(found)
    for text in (
        "channels: {email: {security: '${S}', port: '${S}', from: '${S}', password: '${S}', hots: '${S}'}}",
        "locale: ${S}\ntimezone: ${S}\ncurrency: ${S}\nstate: ${S}\nnumbers: {tickets: '${S}'}\nrepeat_within_days: ${S}",
        "calendar: {week: {mon: ['${S}']}, holidays: '${S}'}\npolicies: {P-01: {target: '${S}', when: {kind: '${S}'}, start: '${S}'}}",
        "channels: {email: {password: [hunter2]}}",
        "channels: {email: {password: {x: hunter2}}}",
        "channels: {email: {passwort: hunter2}}",
        "channels: {email: {via: smtp, password: hunter2}}",
        "channels: {email: {password: *hunter2}}",
        "channels: {email: {password: !hunter2 }}",
        "channels: {email: {password: !hunter2!x }}",
        "channels:\n  email:\n    password: hunter2: x\n",
        "channels:\n  email:\n    password: 'hunter2\n",
        "channels:\n  email:\n    password: %hunter2\n",
    ):
        lines = mistakes(text, S="hunter2")
        assert "hunter2" not in "\n".join(lines), text
    assert mistakes("locale: ${S}", S="zh-NC") == ['config.yaml:1: locale: found "${S}"; allowed: zh-CN, en']


def test_a_password_in_the_open_is_warned_of():
    text = "\nchannels: {{email: {{via: smtp, host: h, from: a@example.com, password: {}}}}}"
    warning = (
        "config.yaml:2: channels.email.password: a password in the file in the open; "
        "write ${NAME} here and NAME=… into a file .env beside it"
    )
    assert settings(text.format("hunter2")).warnings == (warning,)
    assert settings(text.format("'${PW:-hunter2}'")).warnings == (warning,)
    assert settings(text.format("'${PW}'"), PW="x").warnings == ()
    assert settings("").warnings == ()


def test_the_file_is_searched_upward(tmp_path, monkeypatch):
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "config.yaml").write_text("locale: en\n", "utf-8")
    assert find_config(deep) == tmp_path / "config.yaml"
    (tmp_path / "a" / "config.yaml").write_text("", "utf-8")
    assert find_config(deep) == tmp_path / "a" / "config.yaml"
    assert find_config(tmp_path) == tmp_path / "config.yaml"
    monkeypatch.chdir(tmp_path)
    found = load(Path("config.yaml"))
    assert (found.home, found.file, found.locale) == (tmp_path, tmp_path / "config.yaml", "en")
    assert found.templates is None
    (tmp_path / "templates").mkdir()
    assert load(Path("config.yaml")).templates == tmp_path / "templates"


def test_a_file_that_is_not_there_or_not_text_says_what_to_do(tmp_path):
    with pytest.raises(UsageError) as caught:
        load(tmp_path / "config.yaml")
    assert (
        str(caught.value) == f"There is no {tmp_path / 'config.yaml'}; `aftersales init` writes one, -c names another"
    )
    (tmp_path / "config.yaml").write_bytes("locale: en\ncompany: {name: 示例}\n".encode("gbk"))
    with pytest.raises(UsageError) as caught:
        load(tmp_path / "config.yaml")
    assert str(caught.value) == "config.yaml:2: not UTF-8 text; save the file as UTF-8"
    (tmp_path / "config.yaml").write_bytes(b"\xef\xbb\xbflocale: en\r\n")
    assert load(tmp_path / "config.yaml").locale == "en"


def test_the_sample_loads_and_adds_nothing_of_its_own_to_the_preset(tmp_path):
    text = (ROOT / "config.yaml").read_text("utf-8")
    assert "# edit me" in text
    found = read(text, tmp_path, None, {})
    plain = read("", tmp_path, None, {})
    assert found.warnings == ()
    assert found.register("tickets").aliases == {"phone": ("手机号", "电话")}
    for name in (
        "preset",
        "policies",
        "notices",
        "calendar",
        "channels",
        "digest",
        "schedule",
        "state",
        "outbox",
        "books",
    ):
        assert getattr(found, name) == getattr(plain, name), name


def test_what_the_sample_shows_in_comments_loads_too(tmp_path):
    """Uncommenting the examples of policies and SMTP gives a file that works."""
    lines = (ROOT / "config.yaml").read_text("utf-8").splitlines()
    lines.remove("  email: {via: folder}                 # edit me: when you are ready, write instead")
    first, last = lines.index("# policies:"), lines.index("#     when: {category: sofa}")
    shown = [
        line.replace("# ", "", 1) if first <= i <= last or line.startswith(("  # email:", "  #   ")) else line
        for i, line in enumerate(lines)
    ]
    found = read("\n".join(shown), tmp_path, None, {"SMTP_PASSWORD": "x"})
    assert found.channels.email.via == "smtp"
    assert found.policies[0].id == "P-90.sofa"
