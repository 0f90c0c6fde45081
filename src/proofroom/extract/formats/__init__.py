"""The built-in formats by module name: an explicit list, so that it can be searched.

To add one: write `formats/NAME.py` with `FORMAT = Format(...)`, add its name here, add a sample.
"""

from __future__ import annotations

from typing import Final

BUILT_IN: Final = (
    "xlsx",
    "calamine",
    "delimited",
    "office_locked",
    "docx",
    "msword",
    "rtf",
    "pptx",
    "opendocument",
    "mspowerpoint",
    "compound",
    "pdf",
    "text",
    "html",
    "xml",
    "xliff",
    "subtitles",
    "json",
    "image",
    "metafile",
    "mail",
    "outlook_msg",
    "outlook_store",
    "tnef",
    "signed_mail",
    "shortcut",
    "weblink",
    "vcard",
    "calendar",
    "sqlite",
    "dbf",
    "sqldump",
    "access",
    "epub",
    "mhtml",
    "plist",
    "warc",
    "onenote",
    "iwork",
    "hangul",
    "zip",
    "tar",
    "sevenzip",
    "rar",
    "archive",
    "diskimage",
    "packed",
    "gzip",
)
