"""Working on renderings: take in what translators and engines made, let people vouch for it, give texts out."""

from __future__ import annotations

import shlex
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proofroom.case.rendering_engine import Engine, engine_named, transcribed, translated
from proofroom.case.rendering_texts import StoredTexts
from proofroom.errors import BadRendering, BadWhere
from proofroom.extract.renderings.reading import SentFile, read_sent
from proofroom.extract.renderings.sorting import Sent, renderings_in
from proofroom.extract.sandbox import Sandbox
from proofroom.limits import Limits
from proofroom.model.renderings import (
    Rendering,
    RenderingKind,
    RenderingState,
    digest_of_text,
    is_language,
    rendering_id,
)
from proofroom.model.states import State
from proofroom.model.where import Where
from proofroom.receive.hand_file import HandFile
from proofroom.receive.vault import Vault
from proofroom.run.pool import Pool
from proofroom.store.members import Members
from proofroom.store.transcribed import settle_transcripts

if TYPE_CHECKING:
    from proofroom.case.looking import Looking

_LINE: Final = 600_000
"""Bytes of one signed line at the most, counted before it is written; the form allows 1 MiB."""
_LONGEST: Final = 200_000
"""Characters of one rendering: a longer one is no rendering of a piece."""
_VOUCHED: Final = (RenderingState.DRAFT, RenderingState.CHECKED, RenderingState.CERTIFIED)
_READABLE: Final = (State.READ, State.PARTLY)


@dataclass(frozen=True, slots=True)
class MadeBy:
    """Who or what made some renderings: a name, or an engine with its version, and in which language."""

    kind: RenderingKind
    language: str
    by: str
    machine: bool
    state: RenderingState


@dataclass(frozen=True, slots=True)
class Signing:
    """By whom and with which key lines are signed."""

    file: HandFile
    by: str
    key: Ed25519PrivateKey


@dataclass(slots=True)
class _Sorted:
    """What files hold: what can be taken, what cannot and why, and how many texts are still to be translated."""

    taken: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, str]] = field(default_factory=list)
    untranslated: int = 0


class RenderingWork:
    """The renderings of one case, for somebody who works on it."""

    def __init__(
        self,
        looking: Looking,
        signing: Signing,
        sandbox: Callable[[], Sandbox],
        limits: Limits,
        case: Path,
    ) -> None:
        """Sign as that member; `sandbox` gives the one in which files are read and engines run, never on the case."""
        self._looking = looking
        self._signing = signing
        self._sandbox = sandbox
        self._limits = limits
        self._case = case

    def bring(self, files: Sequence[Path], made: MadeBy, address: str | None) -> dict[str, Any]:
        """Take files in; gives how many renderings came, and each that could not be taken with its place and why.

        `known` counts those that are there already, `untranslated` addresses without a text.
        Raises BadRendering for what no rendering can be made of, BadWhere for an address that is none.
        """
        _check(made)
        of = None if address is None else self._looking.resolve(address)
        found = _Sorted()
        with Pool(1, self._limits, self._sandbox()) as pool:
            for path in files:
                sent = read_sent(pool, path, path.stat().st_size, path.name.encode(), self._limits)
                self._sort(path.name, sent, of, found)
        return self._sign(made, found.taken) | {"untranslated": found.untranslated, "refused": found.refused}

    def make(
        self, addresses: Sequence[str], made: MadeBy, source: str, command: str, trees: Sequence[Path]
    ) -> dict[str, Any]:
        """Let an engine of this machine render what stands at some addresses; gives the drafts.

        `known` counts those that are there already.
        Raises MissingTool when there is none, WrongUse when it could read the case, BadRendering when it fails.
        """
        engine = engine_named(self._sandbox(), shlex.split(command), trees, self._case)
        wheres = [self._looking.resolve(address) for address in addresses]
        if made.kind is RenderingKind.TRANSCRIPT:
            return _joined(self._transcribe(engine, where, made) for where in wheres)
        stored = StoredTexts(self._looking)
        texts = [found for where in wheres for found in stored.texts_of(where)]
        items = [
            _item(where, text, "", stored) for where, text in translated(engine, texts, source, made.language)
        ]
        return self._sign(made, [item for item in items if item is not None])

    def _transcribe(self, engine: Engine, where: Where, made: MadeBy) -> dict[str, Any]:
        """Let an engine listen to one recording, and take in what it wrote as if somebody had sent it."""
        written = transcribed(engine, self._bytes_of(where.artifact))
        with (
            Pool(1, self._limits, self._sandbox()) as pool,
            tempfile.NamedTemporaryFile(suffix=".srt") as file,
        ):
            file.write(written)
            file.flush()
            sent = read_sent(pool, Path(file.name), len(written), b"transcript.srt", self._limits)
        found = _Sorted()
        self._sort("the engine's answer", sent, where, found)
        return self._sign(made, found.taken)

    def _bytes_of(self, artifact: str) -> bytes:
        """Give the bytes of an artifact, an original's or a member's."""
        home = self._looking.journal.value("select home from artifacts where digest = ?", (artifact,))
        vault, members = Vault(self._looking.folder), Members(self._looking.derived)
        return (vault.path(artifact) if home == "original" else members.path(artifact)).read_bytes()

    def judge(self, ids: Sequence[str], state: RenderingState) -> int:
        """Say in which state some are from now on; gives how many. Raises WrongUse for one that is not there."""
        found = self._looking.renderings().named(ids)
        changed = [one.id for one in found if one.state is not state]
        if changed:
            self._append([{"act": "judged", "renderings": changed, "state": state.value}])
        return len(changed)

    def _sort(self, name: str, sent: SentFile, of: Where | None, found: _Sorted) -> None:
        """Sort what one file holds into what can be taken and what cannot."""
        if sent.state not in _READABLE:
            why = f"{sent.state.value}: {sent.reason.value}" if sent.reason else sent.state.value
            raise BadRendering(f"{name} cannot be read ({why})")
        stored = StoredTexts(self._looking)
        holds_some = False
        for one in renderings_in(sent, of):
            holds_some = True
            if one.where is not None and not one.untrusted_text.strip():
                found.untranslated += 1
                continue
            item, why = self._item(one, stored)
            if item is None:
                found.refused.append({"file": name, "place": one.place, "why": why})
            else:
                found.taken.append(item)
        if not holds_some:
            raise BadRendering(
                f"{name} holds no renderings",
                remedy="Give a table with the columns where and text, XLIFF, subtitles, or a text with --for WHERE.",
            )

    def _item(self, one: Sent, stored: StoredTexts) -> tuple[dict[str, Any] | None, str]:
        """Make one rendering of what was sent; or say why it is none."""
        if one.where is None:
            return None, "no-address"
        if len(one.untrusted_text) > _LONGEST:
            return None, "too-long"
        if one.language and not is_language(one.language):
            return None, "bad-language"
        try:
            where = self._looking.resolve(str(one.where))
        except BadWhere:
            return None, "unknown-address"
        item = _item(where, one.untrusted_text, one.language, stored)
        return (None, "unknown-address") if item is None else (item, "")

    def _sign(self, made: MadeBy, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Sign the items that are new in as few lines as hold them; gives their ids, and how many were known."""
        common = {
            "act": "made",
            "kind": made.kind.value,
            "language": made.language,
            "by": made.by,
            "machine": made.machine,
            "state": made.state.value,
        }
        new = only_new(made, items, self._looking.renderings().all().values())
        lines = self._append([common | {"items": some} for some in _in_lines(new)])
        ids = [
            rendering_id(line.id, number)
            for line in lines
            for number in range(1, len(line.body["items"]) + 1)
        ]
        return {"taken": len(ids), "known": len(items) - len(new), "renderings": ids}

    def _append(self, bodies: Sequence[Mapping[str, Any]]) -> list[Any]:
        if not bodies:
            return []
        lines = self._signing.file.append(self._signing.by, self._signing.key, bodies)
        settle_transcripts(self._looking.journal, self._looking.renderings().transcribed())
        return list(lines)


def _item(where: Where, text: str, language: str, stored: StoredTexts) -> dict[str, Any] | None:
    """Make the item of a signed line; None where nothing stands at the address."""
    try:
        original = stored.at(where)
    except BadWhere:
        return None
    item: dict[str, Any] = {"where": str(where), "text": text.strip()}
    if original is not None:
        item["original"] = digest_of_text(original)
    return item | ({"language": language} if language else {})


def only_new(
    made: MadeBy, items: Iterable[dict[str, Any]], held: Iterable[Rendering]
) -> list[dict[str, Any]]:
    """Leave out what is there already: the same words of the same text by the same, vouched for no less."""
    states: dict[tuple[object, ...], int] = {}
    for one in held:
        if one.state is not RenderingState.WITHDRAWN:
            same = (one.where, one.kind, one.language, one.untrusted_text, one.by, one.machine, one.original)
            states[same] = max(_VOUCHED.index(one.state), states.get(same, -1))
    new = []
    for item in items:
        language = item.get("language") or made.language
        words, original = item["text"], item.get("original", "")
        same = (item["where"], made.kind, language, words, made.by, made.machine, original)
        if states.get(same, -1) < _VOUCHED.index(made.state):
            states[same] = _VOUCHED.index(made.state)
            new.append(item)
    return new


def _joined(signed: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Put together what was signed in several goes."""
    all_ = list(signed)
    ids = [one for each in all_ for one in each["renderings"]]
    return {"taken": len(ids), "known": sum(each["known"] for each in all_), "renderings": ids}


def _in_lines(items: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Put items together to lines that are not too long."""
    held: list[dict[str, Any]] = []
    size = 0
    for item in items:
        # JSON writes a control character with six bytes; addresses are short.
        length = 6 * len(item["where"]) + len(item["text"].encode("utf-8", "surrogatepass")) + 200
        if held and size + length > _LINE:
            yield held
            held, size = [], 0
        held.append(item)
        size += length
    if held:
        yield held


def _check(made: MadeBy) -> None:
    """Refuse what says nothing of who made it, or lets a machine vouch for itself."""
    if not is_language(made.language):
        raise BadRendering(
            f"{made.language!r} is no language tag", remedy="Write it as in BCP 47: en, zh-Hans, ug-Arab."
        )
    if not made.by.strip():
        raise BadRendering(
            "it is not said who made it", remedy="Give --by NAME, or --machine 'ENGINE VERSION'."
        )
    if made.machine and made.state is not RenderingState.DRAFT:
        raise BadRendering(
            "what a machine made is a draft until somebody has checked it",
            remedy="Import it, then `proofroom renderings CASE judge --state checked ID`.",
        )
    if made.state is RenderingState.WITHDRAWN:
        raise BadRendering("what is withdrawn cannot be brought in", remedy="Leave it out.")
