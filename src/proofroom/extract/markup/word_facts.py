"""Tell what a Word document says of its own making: settings, revision ids, people, fonts, languages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.markup.word_story import Gathered
from proofroom.extract.ooxml.safe_xml import Element

_TOLD: Final = (
    "query",
    "connectString",
    "documentProtection",
    "writeProtection",
    "dataSource",
    "documentType",
    "trackRevisions",
    "docId",
    "attachedSchema",
    "removePersonalInformation",
    "removeDateAndTime",
    "themeFontLang",
)
_LONGEST: Final = 65_536
_MOST: Final = 65_536


def send_settings(tree: Element, sink: Sink) -> dict[str, None]:
    """Send what the settings tell: protection, mail merge, variables; gives the revision ids they list."""
    rsids: dict[str, None] = {}
    for element in tree.walk():
        if element.name in _TOLD:
            told = " ".join(element.attributes.values()) or "1"
            sink.meta(f"ooxml:settings:{element.name}", told[:_LONGEST])
        elif element.name == "docVar":
            told = f"{element.get('name')}={element.get('val')}"
            sink.meta("ooxml:variable", told[:_LONGEST])
        elif element.name == "rsidRoot":
            sink.meta("ooxml:rsid-root", element.get("val"))
        elif element.name == "rsid" and len(rsids) < _MOST:
            rsids[element.get("val")] = None
    for rsid in rsids:
        sink.meta("ooxml:rsid", rsid)
    return rsids


def send_gathered(gathered: Gathered, listed: Iterable[str], sink: Sink) -> None:
    """Send what the text itself tells; a revision id that the settings do not list came from elsewhere."""
    known = {one.lower() for one in listed}
    for rsid in gathered.rsids:
        if rsid.lower() not in known:
            sink.meta("ooxml:rsid-unlisted", rsid)
    for key, values in (
        ("ooxml:revision-author", gathered.changers),
        ("ooxml:bookmark", gathered.bookmarks),
        ("ooxml:language", gathered.languages),
    ):
        for value in filter(None, values):
            sink.meta(key, value[:_LONGEST])
    for font, count in gathered.fonts.most_common():
        sink.meta("font:used", f"{font[:_LONGEST]} ({count} characters, first para={gathered.first[font]})")


def send_fonts(tree: Element, sink: Sink) -> None:
    """Send the fonts that the document declares, whether it uses them or not."""
    for element in tree.all("font"):
        sink.meta("font:name", element.get("name")[:_LONGEST])


def send_people(tree: Element, sink: Sink) -> None:
    """Send who is known by which account: people who commented or changed something."""
    for element in tree.all("person"):
        accounts = [
            f"{one.get('providerId')}:{one.get('userId')}"
            for one in element.children
            if one.name == "presenceInfo"
        ]
        sink.meta("ooxml:person", " ".join((element.get("author"), *accounts))[:_LONGEST])
