"""Columns and values that belong to a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.fit.personal import looks_personal, personal_columns, value_looks_personal

PERSONAL = (
    "name", "Name", "Customer Name", "full_name", "lastName", "Phone", "phone_no", "mobile", "Mobile Number", "Tel",
    "tel.", "E-mail", "email_address", "ID Card", "id_number", "IDNo", "passport no", "SSN", "address", "Home Address",
    "birthday", "Date of Birth", "Account No", "card_number", "customer id", "WeChat", "licence plate", "teller name",
    "姓名", "客户姓名", "手机", "手机号码", "联系电话", "身份证号", "证件号码", "邮箱", "电子邮件", "微信号",
    "家庭住址", "出生日期", "银行卡号", "账号", "车牌号", "客户编号", "\uff2e\uff21\uff2d\uff25",
)  # fmt: skip
PLAIN = (
    "ticket", "ticket no", "task", "task name", "service name", "counter", "window", "event", "time", "arrive", "call",
    "end", "outcome", "branch", "queue", "id", "no", "resource", "status", "date", "waiting", "票号", "业务",
    "业务名称", "窗口", "取号时间", "叫号时间", "结束时间", "状态", "网点", "等候人数", "柜台", "日期",
)  # fmt: skip


@pytest.mark.parametrize("name", PERSONAL)
def test_a_personal_column_is_seen(name):
    assert looks_personal(name)


@pytest.mark.parametrize("name", PLAIN)
def test_a_column_that_a_log_needs_is_not(name):
    assert not looks_personal(name)


@pytest.mark.parametrize(
    "value",
    ["13912345678", "+86 139 1234 5678", "11010519491231002X", "a.b@c.org", "010-12345678", "+358 40 123 4567",
     "6222 0212 3456 7890 123", "123-45-6789"],
)  # fmt: skip
def test_a_personal_value_is_seen(value):
    assert value_looks_personal(value)


@pytest.mark.parametrize("value", ["A001", "Window 3", "2024-03-05", "现金业务", "12", "1234567", "3.5", ""])
def test_a_plain_value_is_not(value):
    assert not value_looks_personal(value)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_every_chinese_mobile_number_is_seen(number):
    assert value_looks_personal(number)


def test_columns_named_personal_are_dropped_too():
    assert personal_columns(("no", "remark", "姓名"), ("remark",)) == ("remark", "姓名")
