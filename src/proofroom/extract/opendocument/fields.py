"""Tell what the fields of an OpenDocument text are, and what they would show otherwise (ODF 1.3 part 3, 7)."""

from __future__ import annotations

from typing import Final

from proofroom.extract.ooxml.safe_xml import Attributes, attribute

FIELDS: Final = frozenset(
    f"text:{name}"
    for name in (
        *("date", "time", "page-number", "page-continuation", "sender-firstname", "sender-lastname"),
        *("sender-initials", "sender-title", "sender-position", "sender-email", "sender-phone-private"),
        *("sender-fax", "sender-company", "sender-phone-work", "sender-street", "sender-city"),
        *("sender-postal-code", "sender-country", "sender-state-or-province", "author-name"),
        *("author-initials", "chapter", "file-name", "template-name", "sheet-name", "variable-set"),
        *("variable-get", "variable-input", "user-field-get", "user-field-input", "sequence", "expression"),
        *("text-input", "initial-creator", "creation-date", "creation-time", "description", "user-defined"),
        *("print-time", "print-date", "printed-by", "title", "subject", "keywords", "editing-cycles"),
        *("editing-duration", "modification-time", "modification-date", "creator", "page-count"),
        *("paragraph-count", "word-count", "character-count", "table-count", "image-count"),
        *("object-count", "conditional-text", "hidden-text", "hidden-paragraph", "note-ref"),
        *("footnote-ref", "endnote-ref", "sequence-ref", "bookmark-ref", "reference-ref", "execute-macro"),
        *("dde-connection", "measure", "table-formula", "placeholder", "drop-down", "database-display"),
        *("database-next", "database-row-select", "database-row-number", "database-name", "meta-field"),
        *("bibliography-mark", "alphabetical-index-mark", "alphabetical-index-mark-start"),
        *("user-index-mark", "user-index-mark-start", "toc-mark", "toc-mark-start", "script"),
    )
) | {"field:fieldmark", "field:fieldmark-start", "presentation:date-time", "presentation:footer"}
"""Elements that put something into the text which nobody typed there."""

_LOOKS: Final = (
    *("data-style-name", "style-name", "num-format", "num-letter-sync", "outline-level", "display"),
    *("page-adjust", "text-style-name", "id", "label-align"),
)
_OTHERWISE: Final = (
    *("string-value", "string-value-if-true", "string-value-if-false", "current-value"),
    *("description", "help", "hint"),
)
_LONGEST: Final = 4_096


def code_of(name: str, attributes: Attributes) -> str:
    """Write what a field is and what it is told, such as `user-field-get name=client`."""
    told = []
    for key, value in attributes.items():
        local = key.rpartition(" ")[2]
        if local not in _LOOKS and value:
            told.append(f"{local}={value[:_LONGEST]}")
    return " ".join((name.partition(":")[2], *told))


def otherwise(name: str, attributes: Attributes) -> list[str]:
    """Give the texts that a field keeps without showing them: of a condition, a hint, a hidden text."""
    if name == "text:user-defined":
        return []
    found = [attribute(attributes, key) for key in _OTHERWISE]
    return [text for text in dict.fromkeys(found) if text.strip()]
