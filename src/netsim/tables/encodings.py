"""Which encoding a text is in: UTF-8 first, then GB18030 if it comes out as Chinese; never Latin-1 by default."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence

CHINESE_SHARE = 1.0 / 3.0
"""Least share of the different letters beyond ASCII that have to be common Chinese ones.

Nearly any pair of bytes is some letter of GB18030: western text in Latin-1 comes out as rare ones, hardly any of
which stand in GB 2312, while of the letters of traditional Chinese more than half do.
"""


def looks_chinese(texts: Iterable[str]) -> bool:
    """
    Tell whether texts that were read as GB18030 are likely to have been written so.

    Parameters
    ----------
    texts
        The decoded texts.

    Examples
    --------
    >>> looks_chinese(["西安钟楼"]), looks_chinese(["K\u00e4se".encode("latin-1").decode("gb18030")])
    (True, False)
    """
    letters = {letter for text in texts for letter in text if ord(letter) > 127}
    common = sum(_in_gb2312(letter) for letter in letters)
    return not letters or common >= CHINESE_SHARE * len(letters)


def decoded(content: bytes, encoding: str, *, cut: bool = False) -> str:
    """
    Return the text of some bytes.

    Parameters
    ----------
    content
        The bytes.
    encoding
        A name that Python knows.
    cut
        Whether the last letter may have been cut; it is then left out.

    Raises
    ------
    UnicodeDecodeError
        If the bytes are of another encoding.

    Examples
    --------
    >>> decoded("银行".encode()[:4], "utf-8", cut=True)
    '银'
    """
    return codecs.getincrementaldecoder(encoding)().decode(content, final=not cut)


def sniffed(contents: Sequence[bytes], cut: Sequence[bool]) -> str | None:
    """
    Return ``utf-8`` or ``gb18030``, whichever the texts are in, or None for neither.

    Parameters
    ----------
    contents
        Texts of one file as bytes.
    cut
        Which of them may end within a letter.

    Examples
    --------
    >>> sniffed(["银行".encode("gbk")], [False]), sniffed(["Müller".encode("latin-1")], [False])
    ('gb18030', None)
    """
    for encoding in ("utf-8", "gb18030"):
        try:
            texts = [decoded(content, encoding, cut=last) for content, last in zip(contents, cut, strict=True)]
        except UnicodeDecodeError:
            continue
        return encoding if encoding == "utf-8" or looks_chinese(texts) else None
    return None


def _in_gb2312(letter: str) -> bool:
    try:
        letter.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
