"""The layers of a PDF (optional content): which there are, and which are switched off when it is opened."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import pikepdf

from proofroom.extract.pages.tree import entries, entry, first_bytes, is_dictionary, items, key_of, words

_MOST_LAYERS: Final = 10_000
_MOST_PAGES: Final = 20_000
_DEEPEST: Final = 8
_LARGEST: Final = 64 << 20
MARK: Final = "a hidden layer"
"""What stands in the copy for whatever is hidden."""

_TOO_LONG: Final = 8 << 20

Key = tuple[int, int]


def layers(root: Any) -> list[tuple[str, bool, Key | None]]:
    """Give name, whether it is switched off, and number of each layer."""
    found = entry(root, "/OCProperties")
    default = entry(found, "/D")
    off = {key_of(one) for one in items(entry(default, "/OFF"))}
    on = {key_of(one) for one in items(entry(default, "/ON"))}
    all_off = words(entry(default, "/BaseState")) == "OFF"
    listed = islice(items(entry(found, "/OCGs")), _MOST_LAYERS)
    return [
        (words(entry(one, "/Name")), key_of(one) in off or (all_off and key_of(one) not in on), key_of(one))
        for one in listed
    ]


def marked_copy(pdf: Any, hidden: frozenset[Key], size: int) -> bytes:
    """Give a copy in which all that stands on hidden layers is marked with one name; b"" where there are none.

    PDFium tells the name of a layer, and only where text is marked with it in place. So hidden layers, groups
    of them, and forms that belong to one as a whole all get the name MARK; the copy serves only to be read.
    """
    if not hidden or size > _LARGEST:
        return b""
    mark = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name("/OCG"), Name=pikepdf.String(MARK)))
    for resources in _resources(pdf):
        properties = entry(resources, "/Properties")
        for name, group in entries(properties):
            if _is_off(group, hidden):
                properties[name] = mark
        for _, form in entries(entry(resources, "/XObject")):
            if _is_off(entry(form, "/OC"), hidden) and words(entry(form, "/Subtype")) == "Form":
                _wrap(form, mark)
    out = io.BytesIO()
    with warnings.catch_warnings():
        # It warns of forms that no viewer would show.
        warnings.simplefilter("ignore")
        pdf.save(out, encryption=False, compress_streams=False)
    return out.getvalue()


def _is_off(group: Any, hidden: frozenset[Key]) -> bool:
    """Say whether a layer, or a group of layers by its rule, is not shown."""
    if not is_dictionary(group):
        return False
    if key_of(group) in hidden:
        return True
    if words(entry(group, "/Type")) != "OCMD":
        return False
    members = entry(group, "/OCGs")
    off = [key_of(one) in hidden for one in (items(members) or [members]) if is_dictionary(one)]
    rule = words(entry(group, "/P")) or "AnyOn"
    shown = {"AllOn": not any(off), "AnyOff": any(off), "AllOff": all(off)}.get(rule, not all(off))
    return bool(off) and not shown


def _wrap(form: Any, mark: Any) -> None:
    """Mark all that a form draws; one that is too long stays as it is."""
    content = first_bytes(form, _TOO_LONG)
    if not content or len(content) >= _TOO_LONG:
        return
    resources = entry(form, "/Resources")
    if not is_dictionary(resources):
        resources = form["/Resources"] = pikepdf.Dictionary()
    if entry(resources, "/Properties") is None:
        resources["/Properties"] = pikepdf.Dictionary()
    resources["/Properties"]["/HiddenLayer"] = mark
    form.write(b"/OC /HiddenLayer BDC\n" + content + b"\nEMC\n")


def _resources(pdf: Any) -> Iterator[Any]:
    """Give the resources of pages and of the forms in them, each once."""
    waiting = [(page.obj, 0) for page in islice(pdf.pages, _MOST_PAGES)]
    seen: set[Key] = set()
    while waiting:
        owner, depth = waiting.pop()
        resources = entry(owner, "/Resources")
        key = key_of(owner) if depth else None
        if not is_dictionary(resources) or (key is not None and key in seen):
            continue
        if key is not None:
            seen.add(key)
        yield resources
        if depth < _DEEPEST:
            waiting += [(form, depth + 1) for _, form in entries(entry(resources, "/XObject"))]
