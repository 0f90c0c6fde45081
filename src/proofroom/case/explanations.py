"""What each state and reason means and what can be done about it, for reports; the manual says the same."""

from __future__ import annotations

from typing import Final

from proofroom.model.states import Reason, State

STATES: Final[dict[State, str]] = {
    State.READ: (
        "Everything we know how to look for in it was read. A container is read when each member has a state."
    ),
    State.EMPTY: "It was read, and holds nothing.",
    State.PARTLY: "Something named in it could not be read; the rest was.",
    State.LOCKED: "It needs a password that nobody gave and the cache does not offer.",
    State.UNKNOWN: "No format claims it. It is kept, sealed and counted.",
    State.DAMAGED: "It is not what it claims, or arrived cut short. What could be read stands.",
    State.TRUNCATED: "One of our limits cut it. What came before stands.",
    State.REFUSED: "A rule or limit stopped it before it was read.",
    State.TIMED_OUT: "It worked for longer than the last guard allows. What came before stands.",
    State.CRASHED: "Its reader died twice, the second time alone. The others were not touched.",
}

REASONS: Final[dict[Reason, str]] = {
    Reason.DECRYPTED: (
        "It was under a password, which was found; what it holds stands in the member `decrypted`."
    ),
    Reason.NO_CONTENT: "It has no bytes, or its format holds nothing.",
    Reason.NO_TEXT: "It can be read, but no text stands in it.",
    Reason.OCR_PENDING: "It holds pictures of text that no engine has read yet.",
    Reason.OCR_READ: (
        "Its text, or a part of it, was read from pictures by an OCR engine: look at the page "
        "before you quote it."
    ),
    Reason.OCR_UNSURE: (
        "An OCR engine read it with so little confidence on some page that most there may be wrong."
    ),
    Reason.OCR_FAILED: (
        "A page that is a picture could not be drawn, or the OCR engine failed on it; the others were read."
    ),
    Reason.NO_TRANSCRIPT: (
        "It is sound or film: what it says of itself was read, what is spoken in it nobody has written down."
    ),
    Reason.TRANSCRIBED: (
        "It is sound or film, and a person has written down what is spoken in it, or checked what a machine wrote: "
        "it is `read`, and what it says of itself too."
    ),
    Reason.LOCKED_PART: "A sheet, stream or member in it needs a password.",
    Reason.UNREAD_PART: "It holds a part that no reader of ours knows.",
    Reason.DAMAGED_PART: "A part of it is damaged; the others were read.",
    Reason.PASSWORD_UNKNOWN: "None of the passwords fitted that were given or that the cache offers.",
    Reason.UNSUPPORTED_ENCRYPTION: "It is encrypted in a way we cannot undo even with the password.",
    Reason.NO_FORMAT: "Nothing in its bytes says what it is.",
    Reason.NOT_WELL_FORMED: "Its bytes break the rules of its format.",
    Reason.CUT_SHORT: "It ends before it should, as when a copy was interrupted.",
    Reason.BAD_CHECKSUM: "A checksum it carries does not fit its bytes.",
    Reason.UNSUPPORTED_VARIANT: "The format is known, this variant of it is not.",
    Reason.NO_LIBRARY: (
        "The format is known; a library of the system that reads it is missing here, and "
        "`proofroom doctor` names it."
    ),
    Reason.PART_OF_SET: (
        "It is one part of an archive that was cut into several files; alone it holds only what "
        "was read from it."
    ),
    Reason.READ_ERROR: "The medium gave an error while the file was copied.",
    Reason.LIMIT_DEPTH: "It lies deeper than containers may be nested.",
    Reason.LIMIT_MEMBERS: "The container has more members than allowed.",
    Reason.LIMIT_MEMBER_BYTES: "One member is larger than allowed.",
    Reason.LIMIT_EXPANDED_BYTES: "What one received file unpacks to is larger than allowed.",
    Reason.LIMIT_EXPANSION: "It unpacks to many times its size, as bombs do.",
    Reason.LIMIT_CELLS: "The workbook has more cells than allowed.",
    Reason.LIMIT_PAGES: "The document has more pages than allowed.",
    Reason.LIMIT_TEXT_BYTES: "It holds more text than allowed.",
    Reason.LIMIT_PIECES: "It holds more pieces than allowed.",
    Reason.LIMIT_PIXELS: "The picture has more pixels than allowed.",
    Reason.LIMIT_NAME: "Its name is longer than allowed.",
    Reason.LIMIT_PASSWORDS: "More passwords are at hand than it was allowed to try at once.",
    Reason.LIMIT_OUTPUT: "Its reader wrote more than allowed.",
    Reason.LIMIT_MEMORY: "Its reader wanted more memory than allowed.",
    Reason.LIMIT_CPU: "Its reader worked longer than allowed.",
    Reason.LIMIT_WALL: "Its reader neither worked nor ended.",
    Reason.SYMLINK: "It is a symbolic link, which is recorded and never followed.",
    Reason.FIFO: "It is a named pipe.",
    Reason.SOCKET: "It is a socket.",
    Reason.DEVICE: "It is a device.",
    Reason.UNREADABLE: "The system did not let us read it.",
    Reason.UNREADABLE_FOLDER: "The system did not let us list this folder; what lies in it is not known.",
    Reason.CHANGED_WHILE_READ: "It changed while it was copied; the copy is of neither version.",
    Reason.UNSAFE_NAME: "Its name would lead out of its container.",
    Reason.ENTITY_EXPANSION: "It is XML whose entities nest, are long or many, or lie elsewhere: a bomb or a spy.",
    Reason.WORKER_DIED: "Its reader ended without an answer.",
    Reason.BAD_FRAME: "Its reader answered with something that is not an answer; nothing of it was kept.",
    Reason.EXTERNAL_PART: "It names content that lies elsewhere, which is recorded and never fetched.",
}

_COPY: Final = "Ask for another copy, if that is safe; otherwise what could be read stands."
_FORMAT: Final = (
    "It is kept and counted. A reader for it can be added, or a converted copy received as another delivery."
)
_UNLOCK: Final = "Give further passwords: proofroom unlock CASE --passwords FILE"
_MEANT: Final = "Nothing: it stays unread on purpose, and is on record."
_AGAIN: Final = (
    "Try again: proofroom run CASE --redo 'reason={0}'. "
    "If it stays so, tell us the format and size, never the file."
)
_LIMIT: Final = "Raise {1} under [limits] in case.toml, then: proofroom run CASE --redo 'reason={0}'"

_REMEDIES: Final[dict[Reason, str]] = {
    Reason.OCR_PENDING: "Have it read, or bring in what another engine read: proofroom ocr CASE",
    Reason.OCR_UNSURE: (
        "Look at the page before you quote it; another engine's reading can be brought in beside it."
    ),
    Reason.NO_TRANSCRIPT: "Bring a transcript in: proofroom renderings CASE import FILE.srt --kind transcript",
    Reason.OCR_FAILED: "Have it read again: proofroom run CASE ocr --redo 'reason=ocr-failed'",
    Reason.LOCKED_PART: _UNLOCK,
    Reason.PASSWORD_UNKNOWN: _UNLOCK,
    Reason.UNSUPPORTED_ENCRYPTION: _FORMAT,
    Reason.UNREAD_PART: _FORMAT,
    Reason.NO_FORMAT: _FORMAT,
    Reason.UNSUPPORTED_VARIANT: _FORMAT,
    Reason.NO_LIBRARY: "Install what proofroom doctor names, then: proofroom run CASE --redo 'reason=no-library'",
    Reason.PART_OF_SET: "Look for its other parts; received together with them it is whole.",
    Reason.DAMAGED_PART: _COPY,
    Reason.NOT_WELL_FORMED: _COPY,
    Reason.CUT_SHORT: _COPY,
    Reason.BAD_CHECKSUM: _COPY,
    Reason.READ_ERROR: _COPY,
    Reason.SYMLINK: _MEANT,
    Reason.FIFO: _MEANT,
    Reason.SOCKET: _MEANT,
    Reason.DEVICE: _MEANT,
    Reason.UNSAFE_NAME: _MEANT,
    Reason.ENTITY_EXPANSION: _MEANT,
    Reason.EXTERNAL_PART: "What it names was never in the cache; nothing is fetched.",
    Reason.UNREADABLE: "Give yourself the right to read it, and receive it again.",
    Reason.UNREADABLE_FOLDER: "Give yourself the right to list it, and receive it again.",
    Reason.CHANGED_WHILE_READ: "Receive it again while nobody writes to it.",
    Reason.WORKER_DIED: _AGAIN,
    Reason.BAD_FRAME: _AGAIN,
}
_LIMITS: Final = {
    "limit-name": "name_bytes",
    "limit-output": "output_bytes",
    "limit-memory": "memory_bytes",
} | {
    "limit-cpu": "cpu_seconds",
    "limit-wall": "wall_seconds",
    "limit-passwords": "password_attempts",
}
_BY_STATE: Final = {
    State.LOCKED: _UNLOCK,
    State.UNKNOWN: _FORMAT,
    State.DAMAGED: _COPY,
    State.PARTLY: _COPY,
}


def meaning(state: str, reason: str) -> str:
    """Say what a state with its reason means: the reason's sentence, or the state's where there is none."""
    if reason and reason in set(Reason):
        return REASONS.get(Reason(reason), "")
    return STATES.get(State(state), "") if state in set(State) else "It was not read yet."


def remedy(state: str, reason: str) -> str:
    """Say what can be done about a state with its reason."""
    if state not in set(State):
        return "Let the run go on: proofroom run CASE"
    if reason.startswith("limit-"):
        return _LIMIT.format(reason, _LIMITS.get(reason, reason.removeprefix("limit-").replace("-", "_")))
    known = _REMEDIES.get(Reason(reason)) if reason in set(Reason) else None
    return (known or _BY_STATE.get(State(state), _AGAIN)).format(reason)
