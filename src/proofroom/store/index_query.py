"""What the index is made of and what can be asked of it: phrases of tokens, all in one document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import tantivy

from proofroom.language.tokens import GAP

SCHEMA_VERSION: Final = 1
GROUPED: Final = "grouped"  # the document holds several pieces
VARIANT: Final = "variant"  # it holds traditional characters, so its field `written` is filled
UNIT: Final = "unit"  # it names a sheet, and holds no text
MOST_CONTINUATIONS: Final = 16_000
"""The engine refuses a pattern with more than 16,384; no honest cache comes near."""


def schema() -> tantivy.Schema:
    """Declare the fields; a change here must change SCHEMA_VERSION."""
    builder = tantivy.SchemaBuilder()
    for name in ("artifact", "kind", "marks"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("body", "written"):  # simplified; as written, only where that differs
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    builder.add_bytes_field("place", stored=True)
    builder.add_unsigned_field("unit", fast=True)
    builder.add_unsigned_field("at", fast=True)
    return builder.build()


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens side by side; with `open_end` the last, one Chinese character, may be followed by another."""

    tokens: tuple[str, ...]
    open_end: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Phrases that a document must all hold: in simplified form, and as the asker wrote them."""

    simple: tuple[Phrase, ...]
    written: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """Phrases for one field of the index, and for each whether the engine can take it as it is."""

    field: str
    phrases: tuple[tuple[Phrase, bool], ...]

    @classmethod
    def of(cls, field: str, phrases: tuple[Phrase, ...], searcher: tantivy.Searcher) -> Self:
        """Look up which phrases have too many continuations for the engine."""
        return cls(field, tuple((phrase, _fits(field, phrase, searcher)) for phrase in phrases))

    @property
    def certain(self) -> bool:
        """Say whether the engine answers every phrase exactly."""
        return all(fits for _, fits in self.phrases)

    def queries(self, schema: tantivy.Schema) -> list[tantivy.Query]:
        """Give the engine's query for each phrase."""
        return [
            query
            for phrase, fits in self.phrases
            for query in _queries(schema, self.field, phrase, fits=fits)
        ]


def _fits(field: str, phrase: Phrase, searcher: tantivy.Searcher) -> bool:
    """Say whether the engine can take a phrase as it is."""
    if not phrase.open_end or len(phrase.tokens) == 1:
        return True
    found = searcher.terms_with_prefix(field, phrase.tokens[-1], limit=MOST_CONTINUATIONS + 1)
    return len(found) <= MOST_CONTINUATIONS


def _queries(schema: tantivy.Schema, field: str, phrase: Phrase, *, fits: bool) -> list[tantivy.Query]:
    """Give the query for one phrase; where it does not fit, two wider ones that miss nothing."""
    last = phrase.tokens[-1]
    if len(phrase.tokens) == 1:
        if phrase.open_end:
            return [tantivy.Query.regex_query(schema, field, f"{last}.?")]
        return [tantivy.Query.term_query(schema, field, last)]
    if not phrase.open_end:
        return [tantivy.Query.phrase_query(schema, field, list(phrase.tokens))]
    if fits:
        words = ["\\|" if token == GAP else token for token in phrase.tokens]
        return [tantivy.Query.regex_phrase_query(schema, field, [*words[:-1], f"{last}.?"])]
    rest = Phrase(phrase.tokens[:-1])
    return _queries(schema, field, rest, fits=True) + _queries(
        schema, field, Phrase((last,), open_end=True), fits=True
    )


def compile_query(
    schema: tantivy.Schema, simple: Asking, written: Asking, *, same: bool, exact: bool, grouped: bool | None
) -> tantivy.Query:
    """Give the engine's query.

    Without `exact` the simplified field decides. With it, documents that hold traditional characters
    are asked as written, and all others only if the query holds none either (`same`).
    """
    must, must_not = tantivy.Occur.Must, tantivy.Occur.MustNot
    clauses = [(must, query) for query in (written if exact else simple).queries(schema)]
    if exact and same:
        plain = [(must, query) for query in simple.queries(schema)]
        plain.append((must_not, _mark(schema, VARIANT)))
        either = [tantivy.Query.boolean_query(side) for side in (clauses, plain)]
        clauses = [(must, tantivy.Query.boolean_query([(tantivy.Occur.Should, side) for side in either]))]
    if grouped is not None:
        clauses.append((must if grouped else must_not, _mark(schema, GROUPED)))
    return tantivy.Query.boolean_query(clauses)


def _mark(schema: tantivy.Schema, mark: str) -> tantivy.Query:
    """Ask for the documents that carry a mark, without weight in the score."""
    return tantivy.Query.const_score_query(tantivy.Query.term_query(schema, "marks", mark), 0.0)
