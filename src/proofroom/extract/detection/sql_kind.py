"""Recognise SQL dumps among texts: they begin with a statement, and make tables or fill them."""

from __future__ import annotations

import re
from typing import Final

SQL: Final = "application/sql"

_COMMENTS: Final = re.compile(
    r"(?:\s+|--[^\n]*+\n?|\#[^\n]*+\n?|/\*(?!!).*?\*/|\\[a-z]+[^\n]*+\n?)*+", re.DOTALL
)
_BEGINS: Final = re.compile(
    r"""/\*!|(?:SET|PRAGMA|BEGIN|START|CREATE|DROP|INSERT|REPLACE|USE|ALTER|COPY|LOCK|REM|GO|PROMPT|IF|DELIMITER
    |DELETE|TRUNCATE|UPDATE|SELECT|GRANT|COMMIT|WITH|DECLARE|EXEC|MERGE|SPOOL)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_FILLS: Final = re.compile(
    r"""^[^\S\n]*+(?:
        (?:INSERT|REPLACE)\s+(?:IGNORE\s+|OR\s+\w+\s+)?(?:INTO\s+)?["`\[\w][^;(]{0,300}(?:\([^;]{0,20000}?\))?\s*VALUES?\s*\(
        |COPY\s+["\w][^;(]{0,300}(?:\([^;)]*\))?\s+FROM\s+stdin\b
        |CREATE\s+(?:\w+\s+){0,2}TABLE\s+["`\[\w][^;(]{0,300}\(
    )""",
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
_TABLES_FILE: Final = "sql"


def sql_type(text: str, extension: str) -> str:
    """Give the media type of SQL if a text is a dump (or is named as SQL and begins with a statement), else ""."""
    start = _COMMENTS.match(text)
    if not _BEGINS.match(text, start.end() if start else 0):
        return ""
    return SQL if extension == _TABLES_FILE or _FILLS.search(text) else ""
