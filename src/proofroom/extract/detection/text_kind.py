"""Tell one kind of text from another: web page, XML, JSON, mail, table of delimited values, or plain text.

Works on the first characters, whatever encoding they are in. Extensions only decide where the content
leaves both open (a list with commas named `.txt`, one column named `.csv`).
"""

from __future__ import annotations

import json
import re
from typing import Final

from proofroom.extract.detection.opendocument_kind import opendocument_type
from proofroom.extract.detection.sql_kind import sql_type
from proofroom.extract.detection.strange_text import is_damaged_text, is_padded_text, looks_like_text
from proofroom.extract.encoding import Found, decode_counted, find_encoding

PLAIN: Final = "text/plain"
HTML: Final = "text/html"
XHTML: Final = "application/xhtml+xml"
XML: Final = "application/xml"
SVG: Final = "image/svg+xml"
XLIFF: Final = "application/xliff+xml"
JSON: Final = "application/json"
JSON_LINES: Final = "application/x-ndjson"
MAIL: Final = "message/rfc822"
MAILBOX: Final = "application/mbox"
SAVED_PAGE: Final = "application/x-mimearchive"
URL_FILE: Final = "application/x-mswinurl"
DESKTOP: Final = "application/x-desktop"
WEBLOC: Final = "application/x-webloc"
TRAFFIC: Final = "application/x-har"
FICTION: Final = "application/x-fictionbook+xml"
VCARD: Final = "text/vcard"
CALENDAR: Final = "text/calendar"
CSV: Final = "text/csv"
TSV: Final = "text/tab-separated-values"

_DECLARED: Final = re.compile(r"\s*<\?xml[\s?]")
_SKIP: Final = re.compile(r"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*", re.DOTALL)
_DOCTYPE: Final = re.compile(r"<!doctype\s+([A-Za-z_:][\w:.-]*)", re.IGNORECASE)
_ROOT: Final = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s/>]")
_CLOSED: Final = re.compile(r"</[A-Za-z_:][\w:.-]*\s*>|/>")
_WEB: Final = frozenset(
    (
        *("html", "head", "body", "title", "meta", "link", "script", "style", "base", "noscript", "frameset"),
        *("div", "p", "span", "table", "tr", "td", "th", "ul", "ol", "li", "a", "br", "hr", "b", "i", "font"),
        *("center", "form", "h1", "h2", "h3", "h4", "h5", "h6", "img", "iframe", "pre", "blockquote"),
        *("article", "section", "header", "footer", "main", "nav"),
    )
)
_BEGIN: Final = re.compile(r"\s*BEGIN[ \t]*:[ \t]*(VCARD|VCALENDAR)[ \t]*[\r\n]", re.IGNORECASE)
_GROUP: Final = re.compile(
    r"(?:\s*[#;][^\n]*\n)*\s*\[(internetshortcut(?:\.[aw])?|\{000214a0-[0-9a-f-]{27}\}|default|desktop entry)\]",
    re.IGNORECASE,
)
_HEADER: Final = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60}):[ \t]?(.*)")
_KNOWN_HEADERS: Final = frozenset(
    (
        *("received", "return-path", "from", "to", "cc", "subject", "date", "message-id", "mime-version"),
        *("content-type", "content-transfer-encoding", "delivered-to", "reply-to", "sender", "x-mailer"),
        *("references", "in-reply-to", "x-originating-ip", "dkim-signature"),
    )
)
_FEW_HEADERS: Final = 2
_MAIL_NAMES: Final = ("eml", "emlx", "mht", "mhtml")
_SAVED: Final = re.compile(
    r"from:[ \t]*<?saved by |snapshot-content-location:|content-location:", re.IGNORECASE
)
_OF_ONE_PAGE: Final = re.compile(r"content-type:[ \t]*multipart/related\b", re.IGNORECASE)
_SENT: Final = frozenset(("to", "cc", "received", "return-path", "message-id", "delivered-to", "references"))
_TRAFFIC: Final = re.compile(
    r'\{\s*"log"\s*:\s*\{\s*"(?:version|creator|browser|pages|entries|comment)"\s*:.{0,1000}?"(?:entries|creator)"',
    re.DOTALL,
)
_MOST_HEADERS: Final = 200
_FROM_LINE: Final = re.compile(r"From .{0,200}?\d\d:\d\d.{0,80}\d{4}|From - ")
_LENGTH_LINE: Final = re.compile(r"[ \t]{0,8}\d{1,12}[ \t]{0,8}\Z")
_XML_KINDS: Final = {"svg": SVG, "xliff": XLIFF, "fictionbook": FICTION}
_DELIMITERS: Final = "\t,;|"
_ROWS: Final = 50
_TABLE_NAMES: Final = ("csv", "tsv", "tab")
_JSON_NAMES: Final = ("json", "ndjson", "jsonl", "geojson")
_PLAIN_NAMES: Final = (
    "md",
    "log",
    "py",
    "ini",
    "conf",
    "cfg",
    "sh",
    "bat",
    "vcf",
    "ics",
    "yml",
    "yaml",
    "toml",
)


def text_media_type(head: bytes, extension: str, *, whole: bool) -> str:
    """Name the kind of text that the first bytes are, or "" when they are no text.

    `whole` says that the head is all there is; then JSON must parse to its end.
    """
    found = find_encoding(head, whole)
    text = decode_head(head, found)
    strange = not looks_like_text(text)
    if strange and not is_padded_text(text, found.encoding) and not is_damaged_text(text, found.encoding):
        return ""
    if strange:
        # What must be well formed or be counted is not looked for in a text that is damaged.
        return _marked_up(text.lstrip("\0"), extension) or _mail(text.lstrip("\0"), extension) or PLAIN
    return (
        _marked_up(text, extension)
        or _json(text, extension, whole=whole)
        or _entries(text)
        or _link(text)
        or _mail(text, extension)
        or sql_type(text, extension)
        or _delimited(text, extension, whole=whole)
        or PLAIN
    )


def decode_head(head: bytes, found: Found) -> str:
    """Decode the head; a character cut at its end is not counted against it."""
    text = decode_counted(head, found.encoding).untrusted_text
    return text.removeprefix("\ufeff").rstrip("\ufffd")


def _marked_up(text: str, extension: str) -> str:
    """Recognise XML and web pages by their first element."""
    if extension == "webloc" and "<plist" in text:
        return WEBLOC
    skipped = _SKIP.match(text)
    rest = text[skipped.end() if skipped else 0 :]
    doctype = _DOCTYPE.match(rest)
    declared = _DECLARED.match(text) is not None
    root = _ROOT.search(rest, 0, 4_096) if doctype else _ROOT.match(rest)
    name = (doctype.group(1) if doctype else root.group(1) if root else "").rpartition(":")[2].lower()
    if name == "html":
        return XHTML if declared else HTML
    office = opendocument_type(name, rest)
    if office:
        return office
    if declared or doctype:
        return _XML_KINDS.get(name, XML)
    if root is None or (not _CLOSED.search(rest) and extension not in ("xml", "html", "htm")):
        return HTML if extension in ("html", "htm") and _CLOSED.search(text) else ""
    if name in _WEB:
        return XML if extension == "xml" else HTML
    return HTML if extension in ("html", "htm") else _XML_KINDS.get(name, XML)


def _json(text: str, extension: str, *, whole: bool) -> str:
    """Recognise JSON, and JSON lines by their first lines."""
    start = text.lstrip()
    if not start.startswith(("{", "[")):
        return ""
    if _TRAFFIC.match(start):
        return TRAFFIC
    if whole and _parses(start):
        return JSON_LINES if extension in ("ndjson", "jsonl") else JSON
    lines = start.split("\n", _ROWS)[: _ROWS if whole else -1]
    written = [line for line in lines if line.strip()][:_ROWS]
    if len(written) > 1 and all(_parses(line) for line in written):
        return JSON_LINES
    if extension in _JSON_NAMES:
        return JSON_LINES if extension in ("ndjson", "jsonl") else JSON
    return JSON if not whole and _begins_like_json(start) else ""


def _parses(text: str) -> bool:
    """Tell whether a text is one JSON value; one nested too deep for the parser is JSON all the same."""
    try:
        json.loads(text)
    except RecursionError:
        return True
    except ValueError:
        return False
    return True


def _begins_like_json(text: str) -> bool:
    """Tell whether a large text begins like JSON: nothing but JSON's own tokens in its first characters."""
    tokens = re.compile(
        r'(?:[\s{}\[\]:,]+|"(?:[^"\\\x00-\x1f]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)*', re.DOTALL
    ).match(text, 0, 8_192)
    end = tokens.end() if tokens else 0
    return end > 8_000 or text.rfind('"', 0, 8_192) == end


def _entries(text: str) -> str:
    """Recognise cards and calendars by their first line."""
    begun = _BEGIN.match(text)
    return "" if begun is None else VCARD if begun.group(1).lower() == "vcard" else CALENDAR


def _link(text: str) -> str:
    """Recognise links kept as files by the name of their first group."""
    found = _GROUP.match(text)
    name = found.group(1).lower() if found else ""
    if name == "desktop entry":
        return DESKTOP
    return URL_FILE if name and (name != "default" or "[internetshortcut" in text[:4_096].lower()) else ""


def _mail(text: str, extension: str) -> str:
    """Recognise a message by its header lines (RFC 5322, 2.2) and a mailbox by its From line (RFC 4155).

    What is named as a message needs one header only: what a signature covers has often no other than its type.
    """
    lines = text.lstrip("\r\n").splitlines()[:_MOST_HEADERS]
    mailbox = bool(lines) and _FROM_LINE.match(lines[0]) is not None
    if lines and _LENGTH_LINE.match(lines[0]):
        # Apple Mail keeps a letter's length before it (emlx).
        del lines[0]
    known: set[str] = set()
    for line in lines[1:] if mailbox else lines:
        header = _HEADER.match(line)
        if not line or (not header and not line.startswith((" ", "\t"))):
            # A blank line ends a header, anything else says that there was none.
            known = known if not line else set()
            break
        if header and header.group(1).lower() in _KNOWN_HEADERS:
            known.add(header.group(1).lower())
    few = 1 if mailbox or extension in _MAIL_NAMES else _FEW_HEADERS
    if len(known) < few or (known == {"date", "subject"} and few > 1):
        return ""
    saved = not mailbox and _is_saved_page(lines, known, extension)
    return MAILBOX if mailbox else SAVED_PAGE if saved else MAIL


def _is_saved_page(lines: list[str], known: set[str], extension: str) -> bool:
    """Tell a page that a browser saved (MHTML, RFC 2557) from a message that somebody sent."""
    head = lines[: lines.index("")] if "" in lines else lines
    bare = extension not in ("eml", "emlx") and not known & _SENT
    one_page = bare and any(_OF_ONE_PAGE.match(line) for line in head)
    return extension in ("mht", "mhtml") or one_page or any(_SAVED.match(line) for line in head)


def _delimited(text: str, extension: str, *, whole: bool) -> str:
    """Recognise rows of values: the same delimiter the same number of times in every one of several lines."""
    if extension in _PLAIN_NAMES:
        return ""
    lines = text.splitlines()
    rows = [line for line in (lines if whole else lines[:-1]) if line.strip()][:_ROWS]
    delimiter = _delimiter(rows, extension)
    if extension == "csv":
        return CSV
    if extension in _TABLE_NAMES:
        return TSV if delimiter in ("\t", "") else CSV
    return "" if not delimiter else TSV if delimiter == "\t" else CSV


def _delimiter(rows: list[str], extension: str) -> str:
    """Find the delimiter; under a name that promises no table, more rows and columns are asked for."""
    fewest_rows, fewest = (2, 1) if extension in _TABLE_NAMES or not extension else (3, 2)
    if len(rows) < fewest_rows:
        return ""
    for delimiter in _DELIMITERS:
        counts = {_outside_quotes(row).count(delimiter) for row in rows}
        if len(counts) == 1 and min(counts) >= (1 if delimiter == "\t" else fewest):
            return delimiter
    return ""


def _outside_quotes(row: str) -> str:
    """Drop what stands in quotes."""
    return re.sub(r'"[^"]*"', "", row) if '"' in row else row
