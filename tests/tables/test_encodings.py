from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.tables.encodings import decoded, looks_chinese, sniffed

COMMON = st.text(
    st.sampled_from("银行网点西安市高新区中心医院人民路广场大学东南北街道办事处邮政"), min_size=1, max_size=12
)


@settings(max_examples=50, deadline=None)
@given(texts=st.lists(COMMON, min_size=1, max_size=5), encoding=st.sampled_from(["utf-8", "gbk", "gb18030"]))
def test_chinese_is_known_in_either_encoding(texts, encoding):
    contents = [text.encode(encoding) for text in texts]
    found = sniffed(contents, [False] * len(texts))
    # A few pairs of GBK letters are UTF-8 as well; such texts have no other sign.
    if encoding == "utf-8" or not all(_is_utf8(content) for content in contents):
        assert found == ("utf-8" if encoding == "utf-8" else "gb18030")


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize(
    "texts",
    [
        ["Müller", "Käse"], ["Café de Flore"], ["São Paulo", "Brasília"], ["Töölö", "Käpylä", "Hämeentie"],
        ["Malmö", "Ängelholm"], ["Ærøskøbing"], ["Łódź"],
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "cp1250"])
def test_western_texts_are_not_taken_for_chinese(texts, encoding):
    try:
        contents = [text.encode(encoding) for text in texts]
    except UnicodeEncodeError:
        pytest.skip("not in this encoding")
    assert sniffed(contents, [False] * len(contents)) is None


def test_plain_ascii_is_utf8():
    assert sniffed([b"a", b""], [False, False]) == "utf-8"
    assert looks_chinese([])


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_only_a_cut_text_may_end_within_a_letter(encoding):
    content = "银行".encode(encoding)[:-1]
    assert decoded(content, encoding, cut=True) == "银"
    with pytest.raises(UnicodeDecodeError):
        decoded(content, encoding)
    assert sniffed([content], [True]) == encoding
    assert sniffed([content], [False]) is None
