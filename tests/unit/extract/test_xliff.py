"""Translators' files: every pair of source and target with its id, its state and its notes."""

from __future__ import annotations

from conftest import Read

from proofroom.extract.detection.text_kind import text_media_type
from proofroom.extract.formats.xliff import FORMAT, XLIFF
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State

OLD = (
    '<?xml version="1.0"?><xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2"><file original="a.docx" '
    'source-language="zh" target-language="en"><body><group><trans-unit id="u1" approved="yes">'
    "<source>甲<x/>乙</source>"
    '<target state="signed-off">one <g id="1">two</g> three</target><note>check</note></trans-unit>'
    '<trans-unit id="u2" resname="doc#2"><source>丙</source></trans-unit></group></body></file></xliff>'
)
NEW = (
    '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="zh" trgLang="en"><file id="f">'
    '<unit id="u1"><notes><note>whole unit</note></notes><segment id="s1" state="reviewed"><source>甲</source>'
    "<target>one</target></segment><segment><source>乙</source><target>two</target></segment></unit></file></xliff>"
)


def test_a_file_of_version_1_gives_its_pairs(read_with: Read) -> None:
    found = read_with(FORMAT, OLD.encode())
    assert found.said == {
        "unit=1&id=1": "u1",
        "unit=1&source=1": "甲乙",
        "unit=1&target=1": "one two three",
        "unit=1&state=1": "signed-off",
        "unit=1&note=1": "check",
        "unit=2&id=1": "u2",
        "unit=2&name=1": "doc#2",
        "unit=2&source=1": "丙",
    }
    assert found.kinds["unit=1&note=1"] is PieceKind.COMMENT
    assert found.properties == {
        "xliff:original": ["a.docx"],
        "xliff:source-language": ["zh"],
        "xliff:target-language": ["en"],
    }


def test_a_file_of_version_2_gives_its_segments(read_with: Read) -> None:
    said = read_with(FORMAT, NEW.encode()).said
    assert said["unit=1&id=1"] == "u1 s1"
    assert (said["unit=1&target=1"], said["unit=2&target=1"]) == ("one", "two")
    assert (said["unit=1&state=1"], said["unit=1&note=1"]) == ("reviewed", "whole unit")
    assert said["unit=2&id=1"] == "u1"


def test_a_file_that_is_cut_gives_what_it_holds(read_with: Read) -> None:
    found = read_with(FORMAT, OLD.encode()[:-120])
    assert found.said["unit=1&target=1"] == "one two three"
    assert found.ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)


def test_a_file_with_entities_is_refused(read_with: Read) -> None:
    bomb = '<!DOCTYPE xliff [<!ENTITY z "z"><!ENTITY a "&z;&z;">]>' + NEW
    assert read_with(FORMAT, bomb.encode()).ended == (State.REFUSED, Reason.ENTITY_EXPANSION)


def test_a_file_without_units_is_empty(read_with: Read) -> None:
    assert read_with(FORMAT, b"<xliff><file/></xliff>").ended == (State.EMPTY, Reason.NO_TEXT)


def test_it_is_recognised_by_its_root() -> None:
    assert text_media_type(OLD.encode(), "xlf", whole=True) == XLIFF
    assert text_media_type(NEW.encode(), "xml", whole=True) == XLIFF
