"""The kinds of OneNote's objects, and the names of properties that mean something to a reader (MS-ONE 2.1, 2.2)."""

from __future__ import annotations

from typing import Final

SECTION: Final = 0x60007
PAGE: Final = 0x6000B
RICH_TEXT: Final = 0x6000E
PICTURE: Final = 0x60011
EMBEDDED: Final = 0x60035
GRAPH: Final = 0x40000
FILE: Final = 0x80000
KNOWN: Final = frozenset(
    (SECTION, 0x60008, PAGE, 0x6000C, 0x6000D, RICH_TEXT, PICTURE, 0x60012, 0x60019, 0x60022, 0x60023)
) | frozenset((0x60024, 0x6002C, EMBEDDED, 0x60037, 0x6003C, 0x6003D))
"""Kinds of nodes whose texts and members we know; what another kind draws is not read."""

TEXT: Final = 0x1C001C22
TEXT_ONE_BYTE: Final = 0x1C003498
TITLE: Final = 0x1C001CF3
SECTION_NAMES: Final = (0x1C00349B, 0x1C001D69)
CHILD_FILE: Final = 0x1C001D6B
AUTHOR: Final = 0x1C001D75
LAST_AUTHOR: Final = 0x20001D79
CREATED: Final = 0x14001D09
MODIFIED: Final = 0x14001D7A
CREATED_LONG: Final = 0x18001C65
MODIFIED_LONG: Final = 0x18001D77
LINK: Final = 0x1C001E20
ALT: Final = 0x1C001E58
PICTURE_FILES: Final = (0x20001C3F, 0x200034C8)
PICTURE_NAME: Final = 0x1C001DD7
EMBEDDED_FILE: Final = 0x20001D9B
EMBEDDED_NAME: Final = 0x1C001D9C
SOURCE_PATH: Final = 0x1C001D9D
TAGS: Final = 0x40003489
TAG_DEFINITION: Final = 0x20003488
TAG_LABEL: Final = 0x1C003468
HIDDEN: Final = 0x08001E16
FORMATS: Final = 0x24001E13
LEFT: Final = 0x14001C14
TOP: Final = 0x14001C15
PAGES: Final = 0x2C001D63
CONTENT: Final = 0x24001C1F
ELEMENTS: Final = 0x24001C20
CHILDREN: Final = (0x24001D5F, 0x24001C26, CONTENT, ELEMENTS)
"""In this order what belongs to a node is read: its title, its number in a list, its content, what lies below it."""
