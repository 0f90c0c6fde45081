"""Join Word's comments with what other parts say of them: replies, those done, and their time in UTC."""

from __future__ import annotations

from dataclasses import dataclass, field

from proofroom.extract.ooxml.safe_xml import Element, is_true


@dataclass(slots=True)
class Replies:
    """What is said of comments by the id of their last paragraph (MS-DOCX 2.5.4, 2.5.6, 2.5.8)."""

    above: dict[str, str] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    utc: dict[str, str] = field(default_factory=dict)


def read_replies(trees: dict[str, list[Element]]) -> Replies:
    """Read the three parts beside the comments: extended, ids and extensible."""
    found = Replies()
    for tree in trees.get("commentsExtended", []):
        for one in tree.all("commentEx"):
            if one.get("paraIdParent"):
                found.above[one.get("paraId")] = one.get("paraIdParent")
            if is_true(one.get("done")):
                found.done.add(one.get("paraId"))
    durable = {
        one.get("durableId"): one.get("paraId")
        for tree in trees.get("commentsIds", [])
        for one in tree.all("commentId")
    }
    for tree in trees.get("commentsExtensible", []):
        for one in tree.all("commentExtensible"):
            paragraph = durable.get(one.get("durableId"), "")
            if paragraph and one.get("dateUtc"):
                found.utc[paragraph] = one.get("dateUtc")
    return found
