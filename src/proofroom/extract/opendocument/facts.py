"""Tell what an OpenDocument file says of its own making: properties, settings, fonts, signatures, earlier versions."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from cryptography import x509

from proofroom.extract.format import Sink
from proofroom.extract.ooxml.safe_xml import Element
from proofroom.extract.opendocument.flow import Flow

_LONGEST: Final = 65_536
_MOST: Final = 65_536
_SETTINGS: Final = frozenset(
    (
        *("Rsid", "RsidRoot", "CurrentDatabaseDataSource", "CurrentDatabaseCommand", "ActiveTable"),
        *("RedlineProtectionKey", "LoadReadonly", "ApplyUserData", "SaveVersionOnClose", "EmbedFonts"),
        *("LinkUpdateMode", "UpdateFromTemplate", "IsRemovePersonalInfo", "ColorTableURL", "BitmapTableURL"),
        *("CharacterCompressionType", "SavePersonalInfo", "DocumentIndex", "TrackedChanges", "VBAProject"),
        *("ModifyPasswordInfo", "EncryptionSession", "ImagePreferredDPI"),
    )
)
_PRINTER: Final = "PrinterName"


def send_meta(tree: Element, sink: Sink) -> None:
    """Send who made it, when and with what, how long it is, and what users added."""
    for element in tree.walk():
        text, name = element.untrusted_text.strip(), element.name
        if name == "user-defined":
            sink.meta(f"odf:custom:{element.get('name')[:1_024]}", text[:_LONGEST])
        elif name == "document-statistic":
            for key, value in element.attributes.items():
                sink.meta(f"odf:{key.rpartition(' ')[2][:1_024]}", value[:_LONGEST])
        elif name in ("template", "auto-reload", "hyperlink-behaviour"):
            told = [element.get(key) for key in ("href", "title", "date", "target-frame-name", "delay")]
            sink.meta(f"odf:{name}", " ".join(filter(None, told))[:_LONGEST])
        elif text and not element.children:
            sink.meta(f"odf:{name[:1_024]}", text[:_LONGEST])


def send_settings(tree: Element, sink: Sink) -> None:
    """Send the printer that a file was set up for, its revision ids, and other settings that tell of its making."""
    for element in tree.all("config-item"):
        name, text = element.get("name"), element.untrusted_text.strip()
        if not text:
            continue
        if name == _PRINTER:
            sink.meta("odf:printer", text[:_LONGEST])
        elif name in _SETTINGS:
            sink.meta(f"odf:settings:{name}", text[:_LONGEST])


def send_gathered(flow: Flow, sink: Sink) -> None:
    """Send what a text itself tells: who changed it, its bookmarks, languages, and the fonts of its runs."""
    for key, values in (
        ("odf:revision-author", flow.changes.authors),
        ("odf:bookmark", flow.bookmarks),
        ("odf:language", flow.styles.languages),
    ):
        for value in filter(None, values):
            sink.meta(key, value[:_LONGEST])
    for font, count in flow.styles.used.most_common():
        first = flow.first.get(font, 0)
        where = f", first para={first}" if first else ""
        sink.meta("font:used", f"{font[:_LONGEST]} ({count} characters{where})")


def send_signatures(tree: Element, sink: Sink) -> None:
    """Send who signed, when, and which parts; whether a signature is valid is not checked."""
    for signature in tree.all("Signature")[:_MOST]:
        told: dict[str, list[str]] = {}
        for element in signature.walk():
            text = element.untrusted_text.strip()
            if element.name == "Reference":
                told.setdefault("part", []).append(element.get("URI"))
            elif element.name == "X509Certificate":
                told.setdefault("subject", []).append(_subject(text))
            elif element.name in _OF_SIGNATURE and text:
                told.setdefault(_OF_SIGNATURE[element.name], []).append(text)
        for key, values in told.items():
            for value in filter(None, values):
                sink.meta(f"odf:signature:{key}", value[:_LONGEST])


_OF_SIGNATURE: Final = {
    "X509IssuerName": "issuer",
    "X509SerialNumber": "serial",
    "date": "date",
    "SigningTime": "date",
    "description": "comment",
    "SignatureComments": "comment",
}


def _subject(untrusted_certificate: str) -> str:
    """Give whom a certificate speaks of, "" when it cannot be read."""
    try:
        data = base64.b64decode("".join(untrusted_certificate.split()), validate=True)
        return x509.load_der_x509_certificate(data).subject.rfc4514_string()
    except (binascii.Error, ValueError, TypeError):
        return ""


def send_versions(tree: Element, sink: Sink) -> None:
    """Send what the list of earlier versions says: which, when, by whom, with what comment."""
    for entry in tree.all("version-entry"):
        told = [entry.get(key) for key in ("title", "date-time", "creator", "comment")]
        sink.meta("odf:version", " ".join(filter(None, told))[:_LONGEST])


def send_manifest(tree: Element, sink: Sink) -> None:
    """Send what the manifest says that the parts do not: the version of the format, and parts it does not name."""
    for entry in tree.all("file-entry"):
        if entry.get("full-path") == "/":
            for key in ("media-type", "version"):
                if entry.get(key):
                    sink.meta(f"odf:manifest:{key}", entry.get(key)[:_LONGEST])
