"""The ten states in which every occurrence ends, and the coded reasons for them.

`discovered = occurrences = sum over the states`, always. A reason is a code from this list and
nothing else: from the sandbox only codes and numbers cross, never free texts.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """What became of an occurrence: exactly one of these, at the end."""

    READ = "read"
    EMPTY = "empty"
    PARTLY = "partly"
    LOCKED = "locked"
    UNKNOWN = "unknown"
    DAMAGED = "damaged"
    TRUNCATED = "truncated"
    REFUSED = "refused"
    TIMED_OUT = "timed-out"
    CRASHED = "crashed"


class Reason(StrEnum):
    """Why an occurrence is in its state, in a code; the manual has a sentence for each."""

    NONE = ""
    DECRYPTED = "decrypted"
    NO_CONTENT = "no-content"
    NO_TEXT = "no-text"
    OCR_PENDING = "ocr-pending"
    OCR_READ = "ocr-read"
    OCR_UNSURE = "ocr-unsure"
    OCR_FAILED = "ocr-failed"
    NO_TRANSCRIPT = "no-transcript"
    TRANSCRIBED = "transcribed"
    LOCKED_PART = "locked-part"
    UNREAD_PART = "unread-part"
    DAMAGED_PART = "damaged-part"
    PASSWORD_UNKNOWN = "password-unknown"  # noqa: S105 - a reason code, not a password
    UNSUPPORTED_ENCRYPTION = "unsupported-encryption"
    NO_FORMAT = "no-format"
    NOT_WELL_FORMED = "not-well-formed"
    CUT_SHORT = "cut-short"
    BAD_CHECKSUM = "bad-checksum"
    UNSUPPORTED_VARIANT = "unsupported-variant"
    NO_LIBRARY = "no-library"
    PART_OF_SET = "part-of-set"
    READ_ERROR = "read-error"
    LIMIT_DEPTH = "limit-depth"
    LIMIT_MEMBERS = "limit-members"
    LIMIT_MEMBER_BYTES = "limit-member-bytes"
    LIMIT_EXPANDED_BYTES = "limit-expanded-bytes"
    LIMIT_EXPANSION = "limit-expansion"
    LIMIT_CELLS = "limit-cells"
    LIMIT_PAGES = "limit-pages"
    LIMIT_TEXT_BYTES = "limit-text-bytes"
    LIMIT_PIECES = "limit-pieces"
    LIMIT_PIXELS = "limit-pixels"
    LIMIT_NAME = "limit-name"
    LIMIT_PASSWORDS = "limit-passwords"
    LIMIT_OUTPUT = "limit-output"
    LIMIT_MEMORY = "limit-memory"
    LIMIT_CPU = "limit-cpu"
    LIMIT_WALL = "limit-wall"
    SYMLINK = "symlink"
    FIFO = "fifo"
    SOCKET = "socket"
    DEVICE = "device"
    UNREADABLE = "unreadable"
    UNREADABLE_FOLDER = "unreadable-folder"
    CHANGED_WHILE_READ = "changed-while-read"
    UNSAFE_NAME = "unsafe-name"
    ENTITY_EXPANSION = "entity-expansion"
    WORKER_DIED = "worker-died"
    BAD_FRAME = "bad-frame"
    EXTERNAL_PART = "external-part"
