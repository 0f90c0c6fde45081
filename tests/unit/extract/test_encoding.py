"""The encoding finder: marks, strict UTF-8, NUL patterns, chardet, and decoding that never fails."""

from __future__ import annotations

import pytest

from proofroom.extract.encoding import CountingDecoder, decode_all, decode_counted, find_encoding

LIST = "姓名,身份证号,地址\n张三,990121198001010011,岫岭地区砚月县石笙镇\n李四,1,岫岭市一路\n" * 4


@pytest.mark.parametrize("encoding", ["gb2312", "gbk", "gb18030"])
def test_the_whole_gb_family_is_read_as_gb18030(encoding: str) -> None:
    found = find_encoding(LIST.encode(encoding), True)
    assert found.encoding == "gb18030"
    assert decode_all(LIST.encode(encoding), found.encoding) == LIST


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"]
)
def test_unicode_is_found_with_and_without_a_mark(encoding: str) -> None:
    data = LIST.encode(encoding)
    found = find_encoding(data, True)
    assert decode_all(data, found.encoding) == LIST


def test_plain_ascii_in_utf16_without_a_mark_is_not_taken_for_utf32() -> None:
    assert find_encoding("a,b\nc,d\n".encode("utf-16-le"), True).encoding == "utf-16-le"
    assert find_encoding("a,b\nc,d\n".encode("utf-16-be"), True).encoding == "utf-16-be"
    assert find_encoding("a,b\nc,d\n".encode("utf-32-le"), True).encoding == "utf-32-le"


def test_a_few_nuls_do_not_make_a_list_utf16() -> None:
    numbers = b"name\0,17,2015\n" + b"x,1,2,3,4\n" * 40
    assert find_encoding(numbers, True).encoding == "utf-8"
    padded = (LIST * 3).encode("gb18030").replace(b"\n", b"a\0\0\n", 1)
    assert find_encoding(padded, True).encoding == "gb18030"


def test_other_guesses_are_kept_as_alternatives() -> None:
    found = find_encoding("Привет, как дела сегодня у всех".encode("cp1251"), True)
    assert found.encoding == "cp1251"
    assert "mac-cyrillic" in found.alternatives


def test_a_character_cut_at_the_end_of_the_head_is_no_error() -> None:
    head = LIST.encode()[:-2]
    assert find_encoding(head, False).encoding == "utf-8"


def test_one_broken_byte_does_not_make_a_chinese_text_russian() -> None:
    data = LIST.encode() + b"\xff" + LIST.encode()
    assert find_encoding(data, True).encoding == "utf-8"
    decoded = decode_counted(data, "utf-8")
    assert (decoded.untrusted_text, decoded.undecodable) == (LIST + "\ufffd" + LIST, 1)


def test_a_replacement_character_that_was_written_is_not_counted() -> None:
    assert decode_counted("a\ufffdb".encode(), "utf-8").undecodable == 0
    assert decode_counted("a\ufffdb".encode() + b"\xff", "utf-8").undecodable == 1


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_blocks_of_any_size_decode_to_the_same_text(size: int, encoding: str) -> None:
    data = LIST.encode(encoding)
    decoder = CountingDecoder(encoding)
    text = "".join(decoder.decode(data[at : at + size]) for at in range(0, len(data), size))
    assert text + decoder.decode(b"", final=True) == LIST
    assert decoder.undecodable == 0


@pytest.mark.parametrize("data", [b"", b"\x00", b"\xff", b"\x81", bytes(range(256)), b"\xff\xfe\x00"])
def test_no_bytes_make_it_fail(data: bytes) -> None:
    found = find_encoding(data, True)
    assert isinstance(decode_all(data, found.encoding), str)
    assert isinstance(decode_all(data, "no-such-encoding"), str)


@pytest.mark.parametrize("name", ["伦祖勒奥姆·菲凯普奥姆", "加勒赫勒·维特敏", "泰斯比·维贾斯"])
def test_a_single_chinese_name_is_not_taken_for_japanese(name: str) -> None:
    data = f"{name}\n990122197407031170\n2015-05-28\n".encode("gb18030")
    assert find_encoding(data, True).encoding == "gb18030"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("euc_jp", "これは日本語の文章です。名簿を確認してください。"),
        ("cp949", "이것은 한국어 문장입니다. 명단을 확인하십시오."),
    ],
)
def test_japanese_and_korean_are_not_taken_for_chinese(encoding: str, text: str) -> None:
    assert find_encoding(text.encode(encoding), True).encoding == encoding
