"""The world as a whole: one seed one cache, everything accounted for, nothing real, everything marked."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import msoffcrypto
import pyarrow.parquet as pq
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from proofroom import world
from proofroom.errors import WrongUse
from proofroom.world import WorldSummary
from proofroom.world.parts import MARKER


def _on_disk(cache: Path) -> dict[bytes, Path]:
    """Give every file and link by the raw bytes of its path inside the cache."""
    found = [path for path in cache.rglob("*") if path.is_symlink() or path.is_file()]
    return {os.fsencode(path.relative_to(cache)): path for path in found}


def _raw(line: dict[str, Any]) -> bytes:
    return base64.b64decode(line["path_bytes"]) if "path_bytes" in line else line["path"].encode()


def test_one_seed_gives_one_cache_byte_for_byte_but_for_locked_files(
    small: WorldSummary, small_files: dict[str, Any], tmp_path: Path
) -> None:
    first, second = small, world.make(tmp_path / "second", seed=3, people=150)
    assert first.cache_digest == second.cache_digest
    locked = {line["path"].encode() for line in small_files.values() if line["locked"]}
    left, right = _on_disk(first.out / "cache"), _on_disk(second.out / "cache")
    assert set(left) == set(right)
    differing = {
        name
        for name, path in left.items()
        if not path.is_symlink() and path.read_bytes() != right[name].read_bytes()
    }
    assert differing == locked


def test_another_seed_gives_another_cache(tmp_path: Path) -> None:
    first = world.make(tmp_path / "first", seed=3, size="rows", people=150)
    second = world.make(tmp_path / "second", seed=4, size="rows", people=150)
    cells = [pq.read_table(made.out / "truth" / "cells.parquet") for made in (first, second)]
    assert not cells[0].equals(cells[1])


def test_the_demo_has_the_sizes_that_the_design_names(demo: WorldSummary, demo_files: dict[str, Any]) -> None:
    assert (demo.register_rows, demo.detention_rows) == (3000, 240)
    plain = [line for line in demo_files.values() if line["group"] == "plain" and line["parent"] is None]
    books = [line for line in plain if line["kind"] in ("xlsx", "xls", "ods")]
    assert len(books) == 21
    assert sum(line["locked"] for line in books) == 5
    photos = json.loads((demo.out / "truth" / "photos.json").read_text("utf-8"))
    assert len(photos) == 120
    assert sum(line["kind"] == "scanned pdf" for line in plain) == 2
    assert sum(line["kind"] == "pptx" for line in plain) == 2


def test_every_file_on_disk_stands_in_the_truth_with_its_digest(
    demo: WorldSummary, demo_files: dict[str, Any]
) -> None:
    on_disk = _on_disk(demo.out / "cache")
    received = {_raw(line): line for line in demo_files.values() if line["parent"] is None}
    assert set(on_disk) == set(received)
    for name, path in on_disk.items():
        if path.is_symlink():
            assert received[name]["digest"] is None
        else:
            assert hashlib.sha256(path.read_bytes()).hexdigest() == received[name]["digest"]


def test_every_member_has_a_parent_in_the_truth(demo_files: dict[str, Any]) -> None:
    for line in demo_files.values():
        if line["parent"] is not None:
            assert line["parent"] in demo_files
            assert line["path"].startswith(line["parent"] + "/")


def _opened(path: Path, password: str) -> bytes:
    """Open a sheet that is locked as a whole."""
    with zipfile.ZipFile(path) as archive:
        manifest, sealed = archive.read("META-INF/manifest.xml").decode(), archive.read("encrypted-package")
    told = dict(re.findall(r'([a-z0-9-]+)="([^"]*)"', manifest))
    deriving = Argon2id(
        salt=base64.b64decode(told["salt"]),
        length=32,
        iterations=int(told["argon2-iterations"]),
        lanes=int(told["argon2-lanes"]),
        memory_cost=int(told["argon2-memory"]),
    )
    key = deriving.derive(hashlib.sha256(password.encode()).digest())
    return AESGCM(key).decrypt(base64.b64decode(told["initialisation-vector"]), sealed[12:], None)


def test_locked_workbooks_open_with_the_password_in_the_truth(
    demo: WorldSummary, demo_files: dict[str, Any]
) -> None:
    locked = [line for line in demo_files.values() if line["locked"]]
    assert {line["password_from"] for line in locked} == {"text", "file name", "default", "never"}
    for line in locked:
        path = demo.out / "cache" / line["path"]
        if path.suffix == ".ods":
            assert hashlib.sha256(_opened(path, line["password"])).hexdigest() == line["decrypted_digest"]
            continue
        with path.open("rb") as stream:
            office = msoffcrypto.OfficeFile(stream)
            office.load_key(password=line["password"])
            opened = io.BytesIO()
            office.decrypt(opened)
        assert hashlib.sha256(opened.getvalue()).hexdigest() == line["decrypted_digest"]


def test_each_password_stands_where_the_truth_says(demo: WorldSummary, demo_files: dict[str, Any]) -> None:
    texts = "".join(
        path.read_text("utf-8", errors="replace")
        for path in _on_disk(demo.out / "cache").values()
        if path.suffix == ".txt" and path.is_file()
    )
    for line in demo_files.values():
        if line["locked"]:
            assert (line["password"] in texts) == (line["password_from"] == "text")
            assert (line["password"] in line["path"]) == (line["password_from"] == "file name")


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep", "utf-8")
    with pytest.raises(WrongUse) as caught:
        world.make(tmp_path, people=150)
    assert caught.value.advice
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_readme_says_that_nothing_is_real(demo: WorldSummary) -> None:
    text = (demo.out / "README_SYNTHETIC.md").read_text("utf-8")
    assert text.startswith(f"# {MARKER}")
    assert "invented" in text


def _holds_marker(data: bytes) -> bool:
    if MARKER.encode() in data:
        return True
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return False
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return any(_member_holds_marker(archive, info) for info in archive.infolist())


def _member_holds_marker(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    try:
        return MARKER.encode() in archive.read(info)
    except zipfile.BadZipFile:  # one hostile file has a wrong checksum on purpose
        return False


MARKED = ("photo", "xlsx", "xls", "ods", "docx", "rtf", "pptx", "pdf", "scanned pdf", "html", "eml")


def test_every_kind_that_has_properties_carries_the_marker(
    demo: WorldSummary, demo_files: dict[str, Any]
) -> None:
    seen = set()
    for line in demo_files.values():
        whole = line["parent"] is None and line["group"] == "plain" and not line["locked"]
        if whole and line["kind"] in MARKED:
            assert _holds_marker((demo.out / "cache" / line["path"]).read_bytes()), line["path"]
            seen.add(line["kind"])
    assert seen == set(MARKED)


def test_a_blind_world_carries_the_marker_in_no_file(tmp_path: Path) -> None:
    made = world.make(tmp_path / "blind", seed=7, people=150, blind=True)
    for path in _on_disk(made.out / "cache").values():
        if not path.is_symlink() and path.stat().st_size:
            assert not _holds_marker(path.read_bytes()), path.name


def test_rows_hold_the_same_tables_as_one_segment_of_cells(tmp_path: Path) -> None:
    made = world.make(tmp_path / "rows", seed=7, size="rows")
    assert (made.register_rows, made.detention_rows) == (3000, 240)
    assert not (made.out / "cache").exists()
    segment = pq.read_table(made.out / "segments" / "cells.parquet")
    assert segment.num_rows == made.cells
    entries = pq.read_table(made.out / "truth" / "entries.parquet").to_pylist()
    assert len(entries) == 3240
