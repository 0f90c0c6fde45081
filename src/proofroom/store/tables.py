"""SQL over the segments: DuckDB as a disposable reader, locked down before the first foreign word.

The views read Arrow datasets that we opened ourselves, so DuckDB needs no file access at all: external
access is off, extensions are off, the configuration is locked, and exactly one SELECT (by DuckDB's own
parser) is taken. It runs in a process of its own (`proofroom.store.sql`) that may not write any file.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.fs
from duckdb.func import PythonUDFType

from proofroom.errors import BadSegment, RefusedSql
from proofroom.language.scripts import languages_of, scripts_of
from proofroom.model.evidence import CellType
from proofroom.store.journal import Journal
from proofroom.store.reading import Reading
from proofroom.store.schemas import NOUNS, SCHEMAS
from proofroom.values.masking import SHORT_NUMBER, Mask
from proofroom.values.numbers import SUSPECT_ARROW

MEMORY: Final = "2GB"
THREADS: Final = 2
MOST_ROWS: Final = 1_000_000
"""Rows given back at the most; a longer result is an error that says so, never a silent cut."""

VIEWS: Final = (*NOUNS, "occurrences")
_BEHIND: Final = "behind"
"""How the names of the unmasked relations begin; a random part follows, so that no query can name them."""
_ONE_SELECT: Final = "only one SELECT over the views is taken"
_TABLE_FUNCTIONS: Final = ("range", "generate_series", "unnest")
_BATCH: Final = 10_000
_DISK: Final = pyarrow.fs.LocalFileSystem()
_TYPED: Final = ", ".join(str(int(one)) for one in (CellType.NUMBER, CellType.DATE, CellType.DURATION))
_SHORT: Final = SHORT_NUMBER.replace("{", "{{").replace("}", "}}")
_NUMBER: Final = (
    f"case when type in ({_TYPED}) and regexp_full_match({{0}}, '{_SHORT}') "
    "then {0} else masked({0}) end as {0}"
)
_TEXT: Final = "masked({0}) as {0}"
_MASKED: Final = {
    "cells": {"raw": _NUMBER, "shown": _NUMBER, "formula": _TEXT},
    "pieces": {"text": _TEXT, "part": _TEXT},
    "sheets": {"name": _TEXT},
    "ocr": {"text": _TEXT},
}
_SPOKEN: Final = {"script_of": scripts_of, "language_of": languages_of}
"""Functions of ours that a query may call on any text."""
_OCCURRENCES: Final = """select o.id, o.delivery, o.path, o.parent, o.digest, o.size as bytes, o.depth,
  coalesce(o.state, a.state) as state,
  case when o.state is null then coalesce(a.reason, '') else o.reason end as reason,
  a.media_type, a.format from occurrences o left join artifacts a using (digest)"""


def connect(derived: Path, journal: Journal, mask: Mask) -> duckdb.DuckDBPyConnection:
    """Open a database with the views cells, sheets, merges, pieces and occurrences, and lock it."""
    database = duckdb.connect(":memory:")
    reading = Reading(derived, journal)
    database.create_function(
        "masked", lambda column: _mask_column(column, mask), ["VARCHAR"], "VARCHAR", type=PythonUDFType.ARROW
    )
    for name, told in _SPOKEN.items():
        database.create_function(name, _telling(told), ["VARCHAR"], "VARCHAR", type=PythonUDFType.ARROW)
    for noun in NOUNS:
        _make_view(database, reading, noun, open_scope=mask.secret is None)
    database.register("occurrences", _occurrences(journal, mask))
    for setting in (
        # A name that a query does not explain must never be looked for among the variables of this program.
        "python_enable_replacements = false",
        "enable_external_access = false",
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "allow_community_extensions = false",
        f"memory_limit = '{MEMORY}'",
        f"threads = {THREADS}",
        "max_temp_directory_size = '0B'",
        "lock_configuration = true",
    ):
        database.execute(f"set {setting}")
    return database


def select(database: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    """Run exactly one SELECT over the views; raises RefusedSql for anything else and for a query that fails.

    A segment that is damaged or gone raises BadSegment.
    """
    try:
        statements = database.extract_statements(query)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise RefusedSql(_ONE_SELECT)
        _check_tables(database, query)
        batches = database.sql(query).to_arrow_reader(_BATCH)
        taken: list[pa.RecordBatch] = []
        rows = 0
        for batch in batches:
            taken.append(batch)
            rows += batch.num_rows
            if rows > MOST_ROWS:
                message = f"the result has more than {MOST_ROWS} rows: narrow it or count"
                raise RefusedSql(message)
        return pa.Table.from_batches(taken, batches.schema)
    except (duckdb.Error, pa.ArrowException, OSError) as failure:
        raise _explain(failure) from None


def _check_tables(database: duckdb.DuckDBPyConnection, query: str) -> None:
    """Refuse a query that reads anything but the views and its own common table expressions.

    The relations behind the views hold unmasked texts, and the catalogue's functions would name them.
    """
    found = database.execute("select json_serialize_sql(?::varchar)", [query]).fetchall()
    tree = json.loads(found[0][0])
    if tree.get("error"):
        message = str(tree.get("error_message", "the query cannot be checked"))
        raise RefusedSql(message)
    nodes = list(_nodes(tree))
    own = {
        entry["key"].lower()
        for node in nodes
        if "cte_map" in node
        for entry in node["cte_map"].get("map", [])
    }
    _check_own_names(own)
    for node in nodes:
        kind = node.get("type")
        if kind == "BASE_TABLE" and (
            node["table_name"].lower() not in {*VIEWS, *own}
            or node.get("schema_name")
            or node.get("catalog_name")
        ):
            message = f"there is no view {node['table_name']!r}"
            raise RefusedSql(message)
        if kind == "TABLE_FUNCTION" and node["function"]["function_name"].lower() not in _TABLE_FUNCTIONS:
            message = f"the function {node['function']['function_name']!r} may not be read from"
            raise RefusedSql(message)
        if kind in ("SHOW_REF", "COLUMN_DATA"):
            raise RefusedSql(_ONE_SELECT)


def _check_own_names(names: set[str]) -> None:
    """Refuse a common table expression with a name of ours: outside its scope that name would mean ours."""
    for name in names:
        if name in VIEWS or name.startswith(_BEHIND):
            message = f"the name {name!r} is taken: give the common table expression another"
            raise RefusedSql(message)


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Give every object of a parsed query."""
    if isinstance(tree, dict):
        yield tree
        for value in tree.values():
            yield from _nodes(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _nodes(value)


def _make_view(database: duckdb.DuckDBPyConnection, reading: Reading, noun: str, *, open_scope: bool) -> None:
    """Make one noun's view over its valid row groups, with masked texts unless a scope is open."""
    whole, mixed = [], []
    live: set[str] = set()
    for path, groups, artifacts in reading.valid_groups(noun):
        fragment = ds.ParquetFileFormat().make_fragment(str(path), filesystem=_DISK, row_groups=groups)
        if artifacts is None:
            whole.append(fragment)
        else:
            mixed.append(fragment)
            live |= set(artifacts)
    schema = SCHEMAS[noun]
    behind = f"{_BEHIND}_{secrets.token_hex(16)}_{noun}"
    for name, fragments in (("whole", whole), ("mixed", mixed)):
        database.register(
            f"{behind}_{name}", ds.FileSystemDataset(fragments, schema, ds.ParquetFileFormat(), _DISK)
        )
    database.register(f"{behind}_live", pa.table({"artifact": pa.array(sorted(live), pa.string())}))
    masked = {} if open_scope else _MASKED.get(noun, {})
    columns = ", ".join(masked.get(name, '"{0}"').format(name) for name in schema.names)
    # The names are our own constants; nothing of the user's stands in this statement.
    database.execute(
        f"create view {noun} as select {columns} from (select * from {behind}_whole union all "
        f"select * from {behind}_mixed where artifact in (select artifact from {behind}_live))"
    )


def _occurrences(journal: Journal, mask: Mask) -> pa.Table:
    """Give the list of occurrences with masked paths."""
    rows = [dict(row) for row in journal.each(_OCCURRENCES)]
    for row in rows:
        row["path"] = mask.text(row["path"])
    names = [
        "id",
        "delivery",
        "path",
        "parent",
        "digest",
        "bytes",
        "depth",
        "state",
        "reason",
        "media_type",
        "format",
    ]
    integers = {"id", "parent", "bytes", "depth"}
    schema = pa.schema([(name, pa.int64() if name in integers else pa.string()) for name in names])
    return pa.Table.from_pylist(rows, schema=schema)


def _telling(told: Callable[[Sequence[str]], list[str]]) -> Callable[[Any], Any]:
    """Give the function that says something of each text of a column."""

    def tell(column: Any) -> Any:
        chunks = [pa.array(told(chunk.to_pylist()), pa.string()) for chunk in _chunks(column)]
        return pa.chunked_array(chunks, pa.string())

    return tell


def _mask_column(column: Any, mask: Mask) -> Any:
    """Mask a column of texts; only those that may hold a number are looked at one by one."""
    chunks = list(_chunks(column))
    return pa.chunked_array([_mask_chunk(chunk, mask) for chunk in chunks], pa.string())


def _mask_chunk(chunk: pa.Array, mask: Mask) -> pa.Array:
    suspect = pc.match_substring_regex(chunk, SUSPECT_ARROW)
    if not pc.any(suspect).as_py():
        return chunk
    values = chunk.to_pylist()
    flags = suspect.to_pylist()
    return pa.array([mask.text(v) if f else v for v, f in zip(values, flags, strict=True)], pa.string())


def _chunks(column: Any) -> Iterator[pa.Array]:
    if isinstance(column, pa.ChunkedArray):
        yield from column.chunks
    else:
        yield column


def _explain(failure: Exception) -> BadSegment | RefusedSql:
    """Say whether the store or the query is to blame: in DuckDB's own first line, without our hidden names."""
    if isinstance(failure, OSError) or f"registered as '{_BEHIND}_" in str(failure):
        return BadSegment("a segment cannot be read: it is damaged or gone")
    return RefusedSql(re.sub(rf"{_BEHIND}_\w+", "…", str(failure).splitlines()[0]))
