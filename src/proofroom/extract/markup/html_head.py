"""Give what a web page says about itself and names elsewhere: title, meta tags, scripts, frames, pictures.

What lies elsewhere is recorded as `html:external` and never fetched; what lies in the page itself as a
`data:` address, a frame's own page or a script of data becomes a member.
"""

from __future__ import annotations

from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.markup.data_url import EmbeddedData

_ELSEWHERE: Final = (
    *("src", "data", "background", "poster", "longdesc", "lowsrc", "dynsrc", "action", "formaction", "code"),
    *("archive", "codebase", "manifest", "data-src", "profile", "classid"),
)
_BY_HREF: Final = ("link", "base", "image", "use", "script")
_LONGEST_NAME: Final = 128
_LONGEST_VALUE: Final = 1 << 16
_MOST_REMEMBERED: Final = 100_000


class PageFacts:
    """Takes the elements of a page and tells what they say besides text."""

    def __init__(self, sink: Sink) -> None:
        """Tell the sink."""
        self._sink = sink
        self._scripts = 0
        self._told: set[tuple[str, str]] = set()
        self._script_type = ""
        self.embedded = EmbeddedData(sink)

    def element(self, name: str, attributes: dict[str, str]) -> None:
        """Take a start tag."""
        if name == "meta":
            self._meta(attributes)
        elif name == "script":
            self._scripts += 1
            self._script_type = attributes.get("type", "").lower()
        elif name == "html":
            self._tell("html:lang", attributes.get("lang") or attributes.get("xml:lang", ""))
        if "srcdoc" in attributes:
            self.embedded.take_bytes(attributes["srcdoc"].encode("utf-8", "replace"), "frame", "html")
        if "url(" in attributes.get("style", ""):
            self.embedded.take_style(attributes["style"])
        for key in _ELSEWHERE:
            if key in attributes:
                self._external(attributes[key])
        if name in _BY_HREF:
            self._external(attributes.get("href") or attributes.get("xlink:href", ""))
        for candidate in attributes.get("srcset", "").split(", "):
            self._external(candidate.strip().partition(" ")[0])

    def end(self, name: str) -> None:
        """Take an end tag."""
        if name == "script":
            self._script_type = ""

    def raw(self, name: str, untrusted_text: str) -> None:
        """Take the text of a title, a style sheet or a script."""
        if name == "title":
            self._tell("html:title", " ".join(untrusted_text.split()))
        elif name == "style":
            self.embedded.take_style(untrusted_text)
        elif name == "script" and "json" in self._script_type:
            self.embedded.take_bytes(untrusted_text.encode("utf-8", "replace"), "script", "json")
        elif name == "script":
            self.embedded.take_script(untrusted_text)

    def finish(self) -> None:
        """Tell what was counted."""
        if self._scripts:
            self._sink.meta("html:scripts", str(self._scripts))

    def _meta(self, attributes: dict[str, str]) -> None:
        """Tell what a meta tag says."""
        content = attributes.get("content", "")
        if "charset" in attributes:
            self._tell("html:charset", attributes["charset"])
        for key in ("name", "property", "itemprop"):
            if key in attributes:
                self._tell(f"html:{attributes[key].strip()[:_LONGEST_NAME]}", content)
        if "http-equiv" in attributes:
            self._tell(f"html:http-equiv:{attributes['http-equiv'].strip().lower()[:_LONGEST_NAME]}", content)

    def _external(self, untrusted_address: str) -> None:
        """Tell an address that lies elsewhere; take what is embedded in it."""
        address = untrusted_address.strip()
        if address and not address.startswith("#") and not self.embedded.take_address(address):
            self._tell("html:external", address)

    def _tell(self, key: str, untrusted_value: str) -> None:
        """Tell a property, each value once."""
        value = untrusted_value.strip()[:_LONGEST_VALUE]
        if value and (key, value) not in self._told:
            if len(self._told) < _MOST_REMEMBERED:
                self._told.add((key, value))
            self._sink.meta(key, value)
