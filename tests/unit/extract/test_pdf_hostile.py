"""PDF made to harm: what would unpack, draw or nest without end, and what libraries would say aloud."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

import pytest
from pdf_by_hand import at, written

from proofroom.extract.format import Source, Unreadable
from proofroom.extract.formats.pdf import FORMAT
from proofroom.extract.pages.picture import render_page
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from conftest import Read

TEXT = (at(50, 700, b"text"), b"")
FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /Fm %d 0 R >> >>"
FORMS = b"/Resources << /XObject << /Fm 4 0 R >> >>"


def stream(entries: bytes, data: bytes) -> bytes:
    """Write a stream object."""
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(data), data)


def test_a_form_that_draws_itself_costs_only_its_page(read_with: Read) -> None:
    data = written((b"/Fm Do", FORMS), TEXT, extra=(stream(FORM % 4, b"/Fm Do /Fm Do"),))
    found = read_with(FORMAT, data)
    assert found.said == {"page=2&line=1": "text"}
    assert found.partial == [Reason.LIMIT_EXPANSION]
    with pytest.raises(Unreadable) as cut:
        render_page(Source(io.BytesIO(data), len(data), DEFAULT), 1, 72)
    assert cut.value.reason is Reason.LIMIT_EXPANSION


def test_forms_that_double_each_other_cost_only_their_page(read_with: Read) -> None:
    extra = tuple(stream(FORM % (number + 1), b"/Fm Do /Fm Do") for number in range(4, 26))
    found = read_with(
        FORMAT, written((b"/Fm Do", FORMS), TEXT, extra=(*extra, stream(b"/Subtype /Form", b"")))
    )
    assert found.said == {"page=2&line=1": "text"}
    assert found.partial == [Reason.LIMIT_EXPANSION]


def test_forms_within_forms_are_read(read_with: Read) -> None:
    inner = b"/Subtype /Form /BBox [0 0 600 800] /Resources << /Font << /F1 3 0 R >> >>"
    extra = (stream(FORM.replace(b"9 9", b"600 800") % 5, b"/Fm Do"), stream(inner, TEXT[0]))
    assert read_with(FORMAT, written((b"/Fm Do", FORMS), extra=extra)).said == {"page=1&line=1": "text"}


@pytest.mark.parametrize("times", [1, 2])
def test_contents_and_packets_that_swell_are_not_unpacked(
    times: int, read_with: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proofroom.extract.pages.bombs.MOST_UNPACKED", 1 << 20)
    data = bytes(3 << 20)
    for _ in range(times):
        data = zlib.compress(data)
    bomb = stream(b"/Type /Metadata /Filter [%s]" % (b"/FlateDecode " * times), data)
    found = read_with(FORMAT, written((b"", b"/Contents 4 0 R"), TEXT, extra=(bomb,)))
    assert found.said == {"page=2&line=1": "text"}
    assert found.partial == [Reason.LIMIT_EXPANSION]
    found = read_with(FORMAT, written(TEXT, extra=(bomb,), catalog=b"/Metadata 4 0 R"))
    assert found.ended == (State.TRUNCATED, Reason.LIMIT_EXPANSION)


@pytest.mark.parametrize("deep", [b"[" * 50_000 + b"]" * 50_000, b"<</A " * 50_000 + b"1" + b">>" * 50_000])
def test_deep_nesting_ends(deep: bytes, read_with: Read) -> None:
    assert read_with(FORMAT, written((TEXT[0], b"/Deep " + deep))).said == {"page=1&line=1": "text"}


def test_no_library_says_anything_aloud(read_with: Read, capfd: pytest.CaptureFixture[str]) -> None:
    data = written(TEXT, catalog=b"/Names 7 /Outlines (x)")
    kids = data.index(b"/Kids [") + len(b"/Kids [")
    for broken in (
        data[:kids] + b"(no page) " + data[kids:],
        data[:-60],
        data.replace(b"/Type /Page ", b"/Type /Pag "),
    ):
        read_with(FORMAT, broken)
    assert capfd.readouterr() == ("", "")


def test_very_many_ends_are_no_very_many_revisions(read_with: Read) -> None:
    found = read_with(FORMAT, written(TEXT) + b"%%EOF\n" * 20_000)
    assert len(found.properties["pdf:revision"]) == 64
    assert found.members == {}
