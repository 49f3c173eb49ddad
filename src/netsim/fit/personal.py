"""
Columns and values that look personal: they are never needed, so they are never kept.

A column is dropped by its name, in English or Chinese, even where the map file asks for it. A value that
looks like a telephone number, an identity card or an address of mail never becomes the name of a task.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_ENGLISH = re.compile(
    r"""
    ^(?:full|first|last|middle|given|family|customer|client|visitor|guest|user|person|patient|member|holder
       |contact|staff|employee|teller|agent|clerk)?(?:s)?name$
    | surname | forename | e?mail(?:address)?$ | ^e?mail | phone | mobile(?:no|number|phone)?$ | ^mobile
    | ^cell(?:phone|no|number)?$ | ^tel(?:no|number|ephone)?$ | telephone | whatsapp | wechat | ^qq(?:no|number)?$
    | ^(?:national|citizen|personal|identity|resident)(?:id|card|number|no) | idcard | ^idn(?:o|um|umber)$
    | identitycard | ^id(?:document|proof) | passport | ^ssn$ | socialsecurity | taxid
    | driver(?:s)?licen[cs]e | licen[cs]eplate
    | ^(?:home|street|postal|mailing|customer)?address$ | birth | ^dob$ | ^age$ | ^gender$ | ^sex$
    | ^(?:customer|client|member|patient)(?:id|no|number|code)$
    | account(?:no|number|id)?$ | ^iban$ | (?:bank|credit|debit|member)?card(?:no|number|id)$ | ^pan$
    | photo | portrait | ^face | fingerprint | signature
    """,
    re.VERBOSE,
)
_CHINESE = re.compile(
    "姓名|名字|^姓$|联系人|联系方式|手机|电话|座机|身份证|证件|护照|驾照|驾驶证|邮箱|邮件|电邮|微信|微博|^qq$|qq号"
    "|住址|地址|籍贯|生日|出生|年龄|性别|民族|账号|帐号|账户|卡号|银行卡|社保|医保卡|车牌|人脸|照片|头像|指纹|签名"
    "|客户号|客户编号|会员号|户名"
)
_VALUE = re.compile(
    r"""
    \d{17}[\dXx]                                 # identity card
    | (?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}  # mobile
    | \+\d[\d ()-]{7,18}\d                       # telephone with its country
    | 0\d{2,3}-\d{7,8}                           # telephone with its area
    | [^@\s]+@[^@\s]+\.[^@\s]+                   # mail
    | \d{3}-\d{2}-\d{4}                          # social security
    | (?:\d[ -]?){15,19}                         # account or card
    """,
    re.VERBOSE,
)


def looks_personal(column: str) -> bool:
    """
    Whether the name of a column says that it holds what belongs to a person.

    Parameters
    ----------
    column
        Name of the column, in English or Chinese.

    Examples
    --------
    >>> [looks_personal(name) for name in ("Customer Name", "手机号码", "task name", "counter", "E-Mail", "身份证号")]
    [True, True, False, False, True, True]
    """
    plain = unicodedata.normalize("NFKC", column).casefold()
    letters = re.sub(r"[\W_]+", "", plain)
    return bool(_ENGLISH.search(letters) or _CHINESE.search(letters))


def value_looks_personal(value: str) -> bool:
    """
    Whether a value looks like a number or an address that belongs to a person.

    Parameters
    ----------
    value
        A cell.

    Examples
    --------
    >>> [value_looks_personal(value) for value in ("13912345678", "11010519491231002X", "a@b.org", "Window 3", "A0123")]
    [True, True, True, False, False]
    """
    return bool(_VALUE.fullmatch(unicodedata.normalize("NFKC", value).strip()))


def personal_columns(header: Iterable[str], named: Iterable[str] = ()) -> tuple[str, ...]:
    """
    Return the columns that must not be read, in the order of the file.

    Parameters
    ----------
    header
        Names of all columns.
    named
        Columns that the map file calls personal.
    """
    told = set(named)
    return tuple(dict.fromkeys(name for name in header if name in told or looks_personal(name)))
