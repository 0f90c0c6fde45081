"""Know the control words of RTF that matter to a reader of text (RTF 1.9.1, appendix B)."""

from __future__ import annotations

from typing import Final

SIGNS: Final = {
    "tab": "\t",
    "line": "\n",
    "lbr": "\n",
    "page": "\n",
    "column": "\n",
    "emdash": "\u2014",
    "endash": "\u2013",
    "bullet": "\u2022",
    "lquote": "\u2018",
    "rquote": "\u2019",
    "ldblquote": "\u201c",
    "rdblquote": "\u201d",
    "emspace": "\u2003",
    "enspace": "\u2002",
    "qmspace": "\u2005",
    "zwj": "\u200d",
    "zwnj": "\u200c",
    "zwbo": "\u200b",
    "zwnbo": "\u2060",
    "ltrmark": "\u200e",
    "rtlmark": "\u200f",
}
SYMBOLS: Final = {"~": "\u00a0", "_": "\u2011", "{": "{", "}": "}", "\\": "\\", "\t": "\t"}
ENDS: Final = frozenset(("par", "cell", "nestcell"))
"""Each of these ends a paragraph, also an empty one."""

BREAKS: Final = frozenset(("sect", "row", "nestrow"))
"""Each of these ends a paragraph that has begun."""

STORIES: Final = {
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), "header"),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), "footer"),
    "footnote": "note",
    "annotation": "comment",
    "shptxt": "box",
    "dptxbxtext": "box",
}
CAPTURES: Final = {
    **dict.fromkeys(("fldinst", "xe", "tc", "tcn"), "field"),
    **dict.fromkeys(("ffname", "ffdeftext", "ffl", "ffhelptext", "ffstattext"), "field"),
    **dict.fromkeys(("hlsrc", "hlfr", "hlloc"), "link"),
    **dict.fromkeys(
        (
            *("title", "subject", "author", "manager", "company", "operator", "category", "keywords"),
            *("comment", "doccomm", "hlinkbase", "generator", "objclass", "objname", "bkmkstart"),
            *(
                "mmconnectstr",
                "mmquery",
                "mmmailsubject",
                "mmaddfieldname",
                "mmodsotable",
                "mmconnectstrdata",
            ),
        ),
        "property",
    ),
    **dict.fromkeys(
        ("template", "file", "mmdatasource", "mmheadersource", "mmodsosrc", "mmodsoudl"), "external"
    ),
    **dict.fromkeys(("creatim", "revtim", "printim", "buptim"), "time"),
    "atnid": "comment-initials",
    "atnauthor": "comment-author",
    "atndate": "comment-date",
    "revtbl": "revision-author",
    "htmltag": "markup",
    "sn": "shape-name",
    "sv": "shape-value",
    "propname": "custom-name",
    "staticval": "custom-value",
    "docvar": "variable",
}
THROUGH: Final = frozenset(
    (
        *("shp", "shpinst", "shpgrp", "shppict", "object", "result", "field", "fldrslt", "formfield"),
        *("listtext", "pntext", "background", "do", "userprops", "moMath", "moMathPara", "mmath", "hl"),
        *("picprop", "sp", "info", "pict", "objdata", "fonttbl", "rsidtbl", "upr", "ud", "bin", "footnote"),
    )
)
"""Destinations that are read although an asterisk lets readers pass them over who do not know them."""

SILENT: Final = frozenset(("info", "sp", "picprop", "userprops", "formfield", "field", "object", "hl"))
"""Destinations that hold no text of their own, only further ones that may."""

SKIPPED: Final = frozenset(
    (
        *("colortbl", "stylesheet", "listtable", "listoverridetable", "filetbl", "nonshppict", "shprslt"),
        *("ftnsep", "ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn", "nonesttables", "pntxta", "pntxtb"),
        *("atntime", "atnref", "atnicn", "atrfstart", "atrfend", "bkmkend", "datafield"),
        *("themedata", "colorschememapping", "datastore", "latentstyles", "fontemb", "falt", "panose", "pn"),
        *("objalias", "objsect", "blipuid", "private", "pgptbl", "keycode", "listpicture", "xmlnstbl"),
    )
)
PICTURES: Final = {
    "pngblip": "png",
    "jpegblip": "jpg",
    "emfblip": "emf",
    "wmetafile": "wmf",
    "macpict": "pict",
    "dibitmap": "dib",
    "wbitmap": "ddb",
    "pmmetafile": "met",
}
INFO_NUMBERS: Final = frozenset(
    ("version", "vern", "edmins", "nofpages", "nofwords", "nofchars", "nofcharsws", "id")
)
CLOCK: Final = ("yr", "mo", "dy", "hr", "min", "sec")
TOGGLES: Final = {"v": "hidden", "webhidden": "hidden", "deleted": "deleted", "revised": "inserted"}
DIRECTIONS: Final = frozenset(("rtlch", "ltrch"))
RUN_CLASSES: Final = frozenset(("loch", "hich", "dbch"))
