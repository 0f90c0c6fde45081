"""Find the main part of an Office document, read its parts safely, and hand out what is not read here."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from proofroom.extract.format import Sink, Unreadable
from proofroom.extract.ooxml.package import DamagedPart, Package, copy_member, entry_name, plain_name
from proofroom.extract.ooxml.relationships import Relationship, external_relationships, relationships
from proofroom.extract.ooxml.safe_xml import Handler, SafeParser
from proofroom.model.states import Reason, State

_PLUMBING: Final = re.compile(
    r"\[content_types\]\.xml|(?:.*/)?_rels/.*\.rels|.*/|docprops/[^/]*\.xml|(?:.*/)?theme/theme[^/]*\.xml|"
    r"(?:.*/)?printersettings/.*|word/(?:glossary/)?(?:fonttable|websettings|numbering|settings|styles|"
    r"styleswitheffects|commentsextended|commentsids|commentsextensible|people)\.xml|ppt/(?:presprops|viewprops|tablestyles|"
    r"revisioninfo)\.xml|(?:.*/)?theme/themeoverride[^/]*\.xml",
    re.DOTALL,
)
_LIMITS: Final = (Reason.LIMIT_DEPTH, Reason.LIMIT_MEMBER_BYTES)


def main_part(package: Package, guessed: str, failed: Callable[[Reason], None]) -> str:
    """Give the name of the main part; raises Unreadable when the package has none."""
    arrows = relationships(package, "", failed)
    named = [one.untrusted_target for one in arrows if one.kind == "officeDocument" and not one.external]
    for name in (*named, guessed):
        if package.find(name) is not None:
            return name
    raise Unreadable(State.DAMAGED, Reason.CUT_SHORT if package.salvaged else Reason.NOT_WELL_FORMED)


def read_part(package: Package, name: str, handler: Handler) -> Reason:
    """Parse one part into a handler; gives the reason why it could not be read to its end, or NONE.

    One whose entities nest, are long or lie elsewhere refuses the whole artifact: Office never writes that.
    """
    entry = package.find(name)
    if entry is None:
        return Reason.DAMAGED_PART
    parser = SafeParser(handler)
    try:
        for block in package.blocks(entry):
            parser.feed(block)
        parser.feed(b"", final=True)
    except DamagedPart as damaged:
        if damaged.reason is Reason.ENTITY_EXPANSION:
            raise Unreadable(State.REFUSED, Reason.ENTITY_EXPANSION) from damaged
        return damaged.reason
    return Reason.NONE


def send_external(arrows: list[Relationship], sink: Sink) -> None:
    """Send as properties where a part points outside the package: templates, linked pictures and objects."""
    for arrow in arrows:
        if arrow.external and arrow.kind != "hyperlink":
            sink.meta(f"ooxml:external:{arrow.kind[:64]}", arrow.untrusted_target)


def send_every_external(package: Package, sink: Sink) -> None:
    """Send as properties where any part points outside the package, each target once."""
    send_external(external_relationships(package), sink)


def send_members(package: Package, sink: Sink) -> None:
    """Hand out every part that was not read and is no mere plumbing; each keeps its path in the zip."""
    for entry in package.entries:
        name = plain_name(entry_name(entry))
        # Of two parts with one name only the last is read; the other must not be lost.
        second = package.by_name[name] is not entry
        if second or (name not in package.used and not _PLUMBING.fullmatch(name)):
            copy_member(package, entry, sink)


def end(package: Package, broken: Reason) -> None:
    """Raise what the main part's damage, or the package's, makes of the artifact."""
    if broken in _LIMITS:
        raise Unreadable(State.TRUNCATED, broken)
    if package.salvaged:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    if broken is Reason.LOCKED_PART:
        raise Unreadable(State.LOCKED, Reason.PASSWORD_UNKNOWN)
    if broken:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
