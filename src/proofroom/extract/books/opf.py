"""Read what an EPUB package says of itself: its documents, what it is made of, in which order, and its contents.

EPUB 2.0.1 (OPF, NCX) and EPUB 3.3 (package document, navigation document, OCF).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from proofroom.extract.ooxml.package import Package, entry_name, plain_name
from proofroom.extract.ooxml.relationships import small_part
from proofroom.extract.ooxml.safe_xml import Element
from proofroom.model.states import Reason

_CONTAINER: Final = "META-INF/container.xml"
_ENCRYPTION: Final = "META-INF/encryption.xml"
_OBFUSCATED: Final = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_MOST_FACTS: Final = 1_000
_LONGEST: Final = 1 << 16
_LONGEST_NAME: Final = 128
_POINTS: Final = ("navPoint", "pageTarget", "navTarget")


@dataclass(frozen=True, slots=True)
class Item:
    """A file of the book: its path in the zip, its type, and what it is for."""

    path: str
    media_type: str
    properties: str
    linear: bool = True


@dataclass(slots=True)
class Book:
    """One package document: what it says, its files by their ids, its chapters in order."""

    facts: list[tuple[str, str]] = field(default_factory=list)
    items: dict[str, Item] = field(default_factory=dict)
    spine: list[Item] = field(default_factory=list)
    contents: list[tuple[str, str]] = field(default_factory=list)


def package_documents(package: Package, failed: Callable[[Reason], None]) -> list[str]:
    """Give the paths of the package documents: those that the container names, else those with their ending."""
    container = small_part(package, _CONTAINER, failed)
    named = [one.get("full-path") for one in container.all("rootfile")]
    found = [path for path in dict.fromkeys(named) if path and package.find(path) is not None]
    endings = (entry_name(entry) for entry in package.entries)
    return found or [name for name in endings if name.lower().endswith(".opf")]


def read_book(package: Package, path: str, failed: Callable[[Reason], None]) -> Book:
    """Read one package document and the table of contents that it names."""
    top = small_part(package, path, failed)
    book = Book()
    for one in top.all("package")[:1]:
        book.facts.append(("version", one.get("version")))
    for metadata in top.all("metadata")[:1]:
        book.facts.extend(_facts(metadata))
    for one in top.all("item"):
        target = resolved(path, one.get("href"))
        book.items[one.get("id")] = Item(target, one.get("media-type").strip().lower(), one.get("properties"))
    for one in top.all("itemref"):
        item = book.items.get(one.get("idref"))
        if item is None:
            failed(Reason.DAMAGED_PART)
        else:
            linear = one.get("linear").strip().lower() != "no"
            book.spine.append(Item(item.path, item.media_type, item.properties, linear))
    for one in top.all("reference"):
        book.facts.append((f"guide:{one.get('type')[:_LONGEST_NAME]}", one.get("href")))
    named = next((one.get("toc") for one in top.all("spine")), "")
    book.contents = _contents(package, book, named, failed)
    return book


def encrypted(package: Package, failed: Callable[[Reason], None]) -> dict[str, bool]:
    """Give which files are not as they should be, by comparable path: True is locked, False is a masked font."""
    found: dict[str, bool] = {}
    for one in small_part(package, _ENCRYPTION, failed).all("EncryptedData"):
        methods = [method.get("Algorithm") for method in one.all("EncryptionMethod")]
        locked = not any(method in _OBFUSCATED for method in methods)
        for reference in one.all("CipherReference"):
            found[plain_name(resolved("", reference.get("URI")))] = locked
    return found


def resolved(base: str, untrusted_address: str) -> str:
    """Give the path in the zip that an address in the file `base` means, without its fragment."""
    address = unquote(untrusted_address.partition("#")[0].strip())
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), address)).lstrip("/") if address else ""


def _facts(metadata: Element) -> list[tuple[str, str]]:
    """Give titles, authors, dates and all else, each under the word that its writer used."""
    facts: list[tuple[str, str]] = []
    for one in metadata.walk():
        if one is metadata or len(facts) >= _MOST_FACTS:
            continue
        text = " ".join(one.untrusted_text.split())
        if one.name == "meta":
            key = one.get("property") or one.get("name")
            key, text = f"meta:{key[:_LONGEST_NAME]}", text or one.get("content")
        elif one.name == "link":
            key, text = "link", one.get("href")
        else:
            key = one.name[:_LONGEST_NAME]
        if key == "meta:cover":
            key = "meta:cover-id"
        if text:
            facts.append((key, text[:_LONGEST]))
        if text and one.name != "meta":
            said = ((name, one.get(name)) for name in ("role", "event", "scheme", "file-as"))
            facts.extend((f"{key}:{name}", value[:_LONGEST]) for name, value in said if value)
    return facts


def _contents(
    package: Package, book: Book, named: str, failed: Callable[[Reason], None]
) -> list[tuple[str, str]]:
    """Read the table of contents: the navigation document, else the older list of points."""
    for item in book.items.values():
        if "nav" in item.properties.split() and package.find(item.path) is not None:
            # It is read as a page of its own, where its damage is told.
            top = small_part(package, item.path, lambda _reason: None)
            links = [one for nav in top.all("nav") for one in nav.all("a")]
            found = [(_all_text(one), resolved(item.path, one.get("href"))) for one in links]
            if found:
                return found
    ncx = book.items.get(named) or next(
        (item for item in book.items.values() if item.media_type == "application/x-dtbncx+xml"), None
    )
    if ncx is None or package.find(ncx.path) is None:
        return []
    points = [one for one in small_part(package, ncx.path, failed).walk() if one.name in _POINTS]
    return [_point(one, ncx.path) for one in points]


def _point(point: Element, path: str) -> tuple[str, str]:
    """Give the label of one point and where it leads; those below it are points of their own."""
    label = "".join(_all_text(one) for one in point.children if one.name == "navLabel")
    target = next((one.get("src") for one in point.children if one.name == "content"), "")
    return label, resolved(path, target)


def _all_text(element: Element) -> str:
    return " ".join("".join(one.untrusted_text for one in element.walk()).split())
