"""Write the compiled formulas of .xls and .xlsb as the text that Excel shows (MS-XLS 2.5.198, MS-XLSB 2.5.97).

A formula is stored as tokens in the order of calculation: operands first, then what is done with them. What
cannot be written raises `NotRendered` or struct.error, so that nobody takes a guess for the formula.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

from proofroom.extract.encoding import decode_all
from proofroom.extract.tabular.biff_values import BOOLEANS, error_text
from proofroom.extract.tabular.formula_constants import array_text, number, quoted_text
from proofroom.extract.tabular.formula_functions import ARGUMENTS, USER_DEFINED, command_name, function_name
from proofroom.extract.tabular.formula_layout import Layout
from proofroom.extract.tabular.formula_scope import NotRendered, Scope, shown_name
from proofroom.extract.tabular.formula_tables import table_text

_LONGEST: Final = 32_768
_MOST_TOKENS: Final = 65_536
_BINARY: Final = {
    3: "+", 4: "-", 5: "*", 6: "/", 7: "^", 8: "&", 9: "<", 10: "<=", 11: "=", 12: ">=", 13: ">", 14: "<>",
    15: " ", 16: ",", 17: ":",
}  # fmt: skip
_SUM, _CHOOSE, _SPACE = 0x10, 0x04, 0x40
_TABLE, _EXTENDED_TABLE = 0x18, 0x19
_BEFORE, _BEFORE_LINE, _OPENING, _OPENING_LINE, _CLOSING, _CLOSING_LINE = range(6)


class FormulaText:
    """Writes the formulas of one workbook; `unnamed` says whether one used a command we have no name for."""

    def __init__(self, layout: Layout, scope: Scope, codec: str = "") -> None:
        """Read tokens as one version stores them; `codec` is that of its texts, "" for Unicode."""
        self._layout, self._scope, self._codec = layout, scope, codec
        self.unnamed = False
        self._data = self._extra = b""
        self._at = self._extra_at = self._row = self._column = 0
        self._stack: list[str] = []
        self._spaces = ["", "", ""]

    def text(self, tokens: bytes, extra: bytes = b"", row: int = 0, column: int = 0) -> str:
        """Give a formula without `=`; row and column (from 0) of its cell matter for shared formulas."""
        self._data, self._extra, self._at, self._extra_at = tokens, extra, 0, 0
        self._row, self._column = row, column
        stack: list[str] = []
        self._stack = stack
        self._spaces = ["", "", ""]
        count = 0
        while self._at < len(tokens):
            token = tokens[self._at]
            self._at += 1
            reader = _READERS.get(token if token < 0x20 else token & 0x1F | 0x20)
            count += 1
            if reader is None or count > _MOST_TOKENS or token & 0x80:
                raise NotRendered
            reader(self, token if token < 0x20 else token & 0x1F | 0x20)
            if stack and len(stack[-1]) > _LONGEST:
                raise NotRendered
        if len(stack) != 1:
            raise NotRendered
        return stack[0]

    def _take(self, form: struct.Struct) -> tuple[int, ...]:
        values = form.unpack_from(self._data, self._at)
        self._at += form.size
        return values

    def _skip(self, size: int) -> None:
        self._at += size
        if self._at > len(self._data):
            raise NotRendered

    def _space(self, place: int) -> str:
        """Give the spaces before a token, an opening or a closing bracket, once."""
        if not self._spaces[place]:
            return ""
        found, self._spaces[place] = self._spaces[place], ""
        return found

    def _push(self, text: str) -> None:
        self._stack.append(self._space(0) + text)

    def _pop(self, count: int) -> list[str]:
        """Take the last operands; a formula that lacks them is damaged."""
        if count > len(self._stack):
            raise NotRendered
        if not count:
            return []
        taken = self._stack[-count:]
        del self._stack[-count:]
        return taken

    def _operator(self, token: int) -> None:
        left, right = self._pop(2)
        self._stack.append(f"{left}{self._space(0)}{_BINARY[token]}{right}")

    def _sign(self, token: int) -> None:
        (value,) = self._pop(1)
        self._stack.append(f"{self._space(0)}{'+' if token == 0x12 else '-'}{value}")

    def _percent(self, _token: int) -> None:
        (value,) = self._pop(1)
        self._stack.append(f"{value}{self._space(0)}%")

    def _brackets(self, _token: int) -> None:
        (value,) = self._pop(1)
        self._stack.append(f"{self._space(1)}({value}{self._space(2)})")

    def _missing(self, _token: int) -> None:
        self._push("")

    def _string(self, _token: int) -> None:
        (length,) = self._take(self._layout.text_length)
        if self._codec:
            raw = self._data[self._at : self._at + length]
            self._skip(length)
            self._push(quoted_text(decode_all(raw, self._codec)))
            return
        wide = self._layout.all_wide or self._take(_BYTE)[0] & 1
        size = 2 * length if wide else length
        raw = self._data[self._at : self._at + size]
        self._skip(size)
        self._push(quoted_text(raw.decode("utf-16-le" if wide else "latin-1", "replace")))

    def _attribute(self, _token: int) -> None:
        """Read what only helps to calculate; spaces and the short form of SUM are seen in the text."""
        (kind,) = self._take(_BYTE)
        (data,) = self._take(self._layout.attribute)
        if kind & _SUM:
            (value,) = self._pop(1)
            self._push(f"SUM({value}{self._space(2)})")
        elif kind & _CHOOSE:
            self._skip(self._layout.attribute.size * (data + 1))
        elif kind & _SPACE:
            where, count = data & 0xFF, data >> 8
            if where <= _CLOSING_LINE:
                self._spaces[where // 2] += ("\n" if where & 1 else " ") * count

    def _error(self, _token: int) -> None:
        self._push(error_text(self._take(_BYTE)[0]).decode())

    def _boolean(self, _token: int) -> None:
        self._push(BOOLEANS[self._take(_BYTE)[0] != 0].decode())

    def _whole(self, _token: int) -> None:
        self._push(str(self._take(_SHORT)[0]))

    def _number(self, _token: int) -> None:
        (value,) = struct.unpack_from("<d", self._data, self._at)
        self._at += 8
        self._push(number(value))

    def _array(self, _token: int) -> None:
        self._skip(self._layout.array)
        text, self._extra_at = array_text(self._extra, self._extra_at, self._layout, self._codec)
        self._push(text)

    def _function(self, _token: int) -> None:
        (index,) = self._take(self._layout.function)
        # Some programs leave out the number of arguments; then the last function takes all there are.
        last = self._at == len(self._data)
        count = ARGUMENTS.get(index, len(self._stack) if last else -1)
        self._call(function_name(index) if count >= 0 else "", count)

    def _function_of_many(self, _token: int) -> None:
        (count,) = self._take(_BYTE)
        (index,) = self._take(self._layout.function)
        asks = "?" if count & 0x80 else ""
        count &= 0x7F
        if index & 0x8000:
            self._call(self._command_name(index & 0x7FFF) + asks, count)
        elif index == USER_DEFINED and count:
            name, *arguments = self._pop(count)
            self._stack += arguments
            self._call(shown_name(name.strip()), count - 1)
        else:
            self._call(function_name(index), count)

    def _command(self, _token: int) -> None:
        count, index = self._take(_TWO_BYTES)
        self._call(self._command_name(index), count & 0x7F)

    def _command_name(self, index: int) -> str:
        name = command_name(index)
        self.unnamed = self.unnamed or not name
        return name or f"COMMAND.{index}"

    def _call(self, name: str, count: int) -> None:
        if not name:
            raise NotRendered
        arguments = ",".join(self._pop(count))
        self._push(f"{name}({arguments}{self._space(2)})")

    def _name(self, _token: int) -> None:
        (index,) = self._take(self._layout.name)
        self._skip(self._layout.name_rest)
        self._push(shown_name(self._scope.name(index)))

    def _external_name(self, _token: int) -> None:
        reference, index = self._layout.external_name(self._take)
        self._push(shown_name(self._scope.external_name(reference, index)))

    def _cell(self, token: int) -> None:
        moves = token == 0x2C
        self._push(self._layout.cell(self._take, self._row, self._column, moves=moves))

    def _area(self, token: int) -> None:
        moves = token == 0x2D
        self._push(self._layout.area(self._take, self._row, self._column, moves=moves))

    def _lost_cell(self, _token: int) -> None:
        self._skip(self._layout.cell_size)
        self._push("#REF!")

    def _lost_area(self, _token: int) -> None:
        self._skip(self._layout.area_size)
        self._push("#REF!")

    def _elsewhere(self, token: int) -> None:
        """Read a reference to cells of another sheet."""
        prefix = self._layout.prefix(self._take, self._scope)
        if token == 0x3A:
            self._push(prefix + self._layout.cell(self._take, 0, 0, moves=False))
        elif token == 0x3B:
            self._push(prefix + self._layout.area(self._take, 0, 0, moves=False))
        else:
            self._skip(self._layout.cell_size if token == 0x3C else self._layout.area_size)
            self._push(f"{prefix}#REF!")

    def _remembered(self, token: int) -> None:
        """Read over a result that is kept beside the expression, which follows."""
        self._skip(self._layout.memory if token in (0x26, 0x27, 0x28) else 0)
        self._skip(self._layout.attribute.size)
        if token == 0x26:
            count = self._layout.count.unpack_from(self._extra, self._extra_at)[0]
            self._extra_at += self._layout.count.size + count * self._layout.range_size

    def _extended(self, _token: int) -> None:
        (kind,) = self._take(_BYTE)
        if kind != _EXTENDED_TABLE or not self._layout.all_wide:
            raise NotRendered
        _, flags, number_of_table, first, last = self._take(_TABLE_REFERENCE)
        table = self._scope.tables.get(number_of_table)
        if table is None:
            raise NotRendered
        self._push(table_text(table, flags, first, last))


_BYTE: Final = struct.Struct("<B")
_TWO_BYTES: Final = struct.Struct("<BB")
_SHORT: Final = struct.Struct("<H")
_TABLE_REFERENCE: Final = struct.Struct("<HHIHH")
_Reader = Callable[[FormulaText, int], None]
# ruff: noqa: SLF001 - the table of this module's own class
_READERS: Final[dict[int, _Reader]] = {
    **dict.fromkeys(_BINARY, FormulaText._operator),
    **dict.fromkeys((0x12, 0x13), FormulaText._sign),
    **dict.fromkeys((0x24, 0x2C), FormulaText._cell),
    **dict.fromkeys((0x25, 0x2D), FormulaText._area),
    **dict.fromkeys((0x26, 0x27, 0x28, 0x29, 0x2E, 0x2F), FormulaText._remembered),
    **dict.fromkeys((0x3A, 0x3B, 0x3C, 0x3D), FormulaText._elsewhere),
    0x14: FormulaText._percent,
    0x15: FormulaText._brackets,
    0x16: FormulaText._missing,
    0x17: FormulaText._string,
    0x18: FormulaText._extended,
    0x19: FormulaText._attribute,
    0x1C: FormulaText._error,
    0x1D: FormulaText._boolean,
    0x1E: FormulaText._whole,
    0x1F: FormulaText._number,
    0x20: FormulaText._array,
    0x21: FormulaText._function,
    0x22: FormulaText._function_of_many,
    0x23: FormulaText._name,
    0x2A: FormulaText._lost_cell,
    0x2B: FormulaText._lost_area,
    0x38: FormulaText._command,
    0x39: FormulaText._external_name,
}
