"""Decode the paths of other workbooks, whose separators Excel stores as control characters (MS-XLS 2.5.277)."""

from __future__ import annotations

from typing import Final

_FOLDERS: Final = {6: "XLSTART\\", 7: "ALTSTARTUP\\", 8: "LIBRARY\\"}
_VOLUME, _SAME_VOLUME, _FOLDER, _UP, _LONG_VOLUME = 1, 2, 3, 4, 5
_ENCODED: Final = "\1"


def decoded_path(path: str) -> str:
    r"""Give a path as people write it: `C:\Akten\Liste.xls`, `..\x.xls`, `\\server\x.xls`, `Excel|topic`."""
    if not path.startswith(_ENCODED):
        return "".join(sign if sign >= " " else "|" for sign in path)
    out: list[str] = []
    at = 1
    while at < len(path):
        sign = ord(path[at])
        at += 1
        if sign == _VOLUME and at < len(path):
            out.append("\\\\" if path[at] == "@" else f"{path[at]}:\\")
            at += 1
        elif sign in (_SAME_VOLUME, _FOLDER):
            out.append("\\")
        elif sign == _UP:
            out.append("..\\")
        elif sign == _LONG_VOLUME and at < len(path):
            length = ord(path[at])
            out.append(path[at + 1 : at + 1 + length])
            at += 1 + length
        else:
            out.append(_FOLDERS.get(sign, path[at - 1] if sign >= ord(" ") else ""))
    return "".join(out)
