"""The layers of a PDF (optional content): which there are, and which are switched off when it is opened."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import pikepdf

from proofroom.extract.pages.tree import entries, entry, first_bytes, is_dictionary, items, key_of, words

_MOST_LAYERS: Final = 10_000
_MOST_PAGES: Final = 20_000
_DEEPEST: Final = 8
_LARGEST: Final = 64 << 20
_MARK: Final = "hidden layer of nobody"
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
    """Give a copy in which all that a hidden layer holds is marked by a name; b"" where nothing else needs it.

    PDFium tells the name of a layer only where text is marked with it in place. Pictures and forms that belong
    to a layer as a whole, and groups of layers, are marked so here; the copy serves only to be read.
    """
    if not hidden or size > _LARGEST:
        return b""
    mark = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name("/OCG"), Name=pikepdf.String(_MARK)))
    changed = False
    for resources in _resources(pdf):
        for name, group in entries(entry(resources, "/Properties")):
            if key_of(group) not in hidden and _is_off(group, hidden):
                entry(resources, "/Properties")[name] = mark
                changed = True
        for _, form in entries(entry(resources, "/XObject")):
            if _is_off(entry(form, "/OC"), hidden) and words(entry(form, "/Subtype")) == "Form":
                changed = _wrap(form, mark) or changed
    if not changed:
        return b""
    out = io.BytesIO()
    pdf.save(
        out, encryption=False, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.preserve
    )
    return out.getvalue()


def hidden_names(found: list[tuple[str, bool, Key | None]]) -> frozenset[str]:
    """Give the names by which text of hidden layers is known; a name that a visible layer has too is none."""
    seen = {name for name, off, _ in found if not off}
    return frozenset({name for name, off, _ in found if off} - seen | {_MARK} if found else ())


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


def _wrap(form: Any, mark: Any) -> bool:
    """Mark all that a form draws."""
    content = first_bytes(form, _TOO_LONG)
    if not content or len(content) >= _TOO_LONG:
        return False
    resources = entry(form, "/Resources")
    if not is_dictionary(resources):
        resources = form["/Resources"] = pikepdf.Dictionary()
    if entry(resources, "/Properties") is None:
        resources["/Properties"] = pikepdf.Dictionary()
    resources["/Properties"]["/HiddenLayer"] = mark
    form.write(b"/OC /HiddenLayer BDC\n" + content + b"\nEMC\n")
    del form["/OC"]
    return True


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
