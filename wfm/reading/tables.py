"""A file of rows as columns of text with their lines, read column by column so that every faulty cell is told."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, zip_longest
from typing import TypeVar, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.faults import Fault
from wfm.reading.cells import Reader, moment
from wfm.reading.workbooks import Rows, workbook_rows

T = TypeVar("T")
Column = NDArray[np.object_]
Sheet = tuple[NDArray[np.int64], list[Column]]  # lines and columns of text, the header is row 0

_REQUIRED = object()
_LONGEST_SHOWN = 80


@dataclass(slots=True, kw_only=True)
class Table:
    """Columns of text of one file; reading a column adds its faults to `faults` and marks the rows unsound.

    What a reading method returns for an unsound row means nothing: pass rows through `sound` before use.
    """

    file: str
    lines: NDArray[np.int64]
    cells: dict[str, Column]
    faults: list[Fault]
    missing: frozenset[str] = frozenset()
    unsound: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self.unsound = np.zeros(len(self.lines), dtype=bool)

    def values(self, column: str, read: Reader[T], *, empty: object = _REQUIRED) -> list[T]:
        """The column's values; `empty` stands for an empty cell or an absent column, without it both are faults."""
        codes, values = self._read(column, read, empty)
        return [values[code] for code in codes.tolist()]

    def numbers(self, column: str, read: Reader[float], *, empty: object = _REQUIRED) -> NDArray[np.float64]:
        """The column as floats, NaN where unsound."""
        codes, values = self._read(column, read, empty)
        return np.array(values, dtype=np.float64)[codes]

    def moments(self, column: str, timezone: str) -> pd.DatetimeIndex:
        """The column as aware times (ns), NaT where unsound."""
        codes, values = self._read(column, moment(timezone), _REQUIRED)
        return (
            pd.DatetimeIndex(pd.to_datetime(pd.Series(values, dtype=object), utc=True))
            .as_unit("ns")[codes]
            .tz_convert(timezone)
        )

    def refuse(self, rows: Sequence[bool] | NDArray[np.bool_], column: str, expected: str) -> None:
        """Fault the sound ones of these rows in a column that was readable but is wrong beside the others."""
        for row in np.flatnonzero(np.asarray(rows, dtype=bool) & ~self.unsound).tolist():
            self.fault(row, column, expected)

    def fault(self, row: int, column: str, expected: str, got: str | None = None) -> None:
        """Fault one row (counted from 0); `got` is the cell's text unless said."""
        self.unsound[row] = True
        shown = str(self.cells[column][row]).strip() if got is None else got
        self.faults.append(
            Fault(file=self.file, row=int(self.lines[row]), column=column, expected=expected, got=_shown(shown))
        )

    def once(self, column: str, *keys: Iterable[object]) -> None:
        """Fault every sound row whose keys an earlier sound row has."""
        sound = np.flatnonzero(~self.unsound)
        frame = pd.DataFrame({i: pd.Series(list(key), dtype=object) for i, key in enumerate(keys)})
        self.refuse_again(column, frame.iloc[sound].set_axis(sound))

    def refuse_again(self, column: str, keys: pd.DataFrame) -> None:
        """Fault the rows (index) of `keys` that repeat an earlier one."""
        again = keys.index[keys.duplicated()]
        if again.empty:
            return
        alike = [keys[column] for column in keys]
        first = keys.index.to_series().groupby(alike, sort=False, dropna=False).transform("first")
        for row, earlier in zip(again.tolist(), first[again].tolist(), strict=True):
            self.fault(row, column, f"a row of its own (line {self.lines[earlier]} has the same)")

    def sound(self, rows: Iterable[T]) -> Iterator[T]:
        """Those of the rows in which no fault was found."""
        return compress(rows, (~self.unsound).tolist())

    def _read(self, column: str, read: Reader[T], empty: object) -> tuple[NDArray[np.intp], list[T]]:
        """Judge each distinct text once: rows are many, texts are few."""
        if column not in self.cells:
            if empty is _REQUIRED or column in self.missing:  # told when the header was read
                self.unsound[:] = True
            value = None if empty is _REQUIRED else empty
            return np.zeros(len(self.lines), dtype=np.intp), [cast(T, value)]
        codes, texts = pd.factorize(self.cells[column])
        values: list[T] = []
        expected: dict[int, str] = {}
        for code, cell in enumerate(texts):
            stripped = cell.strip()
            try:
                values.append(cast(T, empty) if not stripped and empty is not _REQUIRED else read(stripped))
            except ValueError as error:
                expected[code] = str(error)
                values.append(cast(T, None))
        if expected:
            for row in np.flatnonzero(np.isin(codes, list(expected))).tolist():
                self.fault(row, column, expected[int(codes[row])])
        return codes, values


def read_table(file: str, data: bytes, *, required: Sequence[str], faults: list[Fault]) -> Table | None:
    """Columns of a .csv or .xlsx file; None where not even its header can be read."""
    sheet = _workbook(file, data, faults) if file.endswith(".xlsx") else _text(file, data, faults)
    if sheet is None:
        return None
    lines, columns = sheet
    if not len(lines):
        faults.append(_whole(file, f"a header with the columns {', '.join(required)}", "an empty file"))
        return None
    header = [column[0].strip() for column in columns]
    for name in required:
        if header.count(name) != 1:
            got = f"the columns {', '.join(header)}" if name not in header else f"{header.count(name)} of them"
            expected = "one column of this name"
            faults.append(Fault(file=file, row=int(lines[0]), column=name, expected=expected, got=_shown(got)))
    cells = {name: column[1:] for name, column in zip(header, columns, strict=True) if name}
    missing = frozenset(required) - set(header)
    table = Table(file=file, lines=lines[1:], cells=cells, faults=faults, missing=missing)
    _refuse_beyond(table, header, columns)
    return table


def decoded(file: str, data: bytes, faults: list[Fault]) -> str | None:
    """UTF-8 text, with or without a BOM; None with a fault where it is not."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        expected = "UTF-8 text (in a spreadsheet: save as 'CSV UTF-8')"
        got = f"byte 0x{data[error.start]:02x}, which is none"
        faults.append(Fault(file=file, row=line, column="", expected=expected, got=got))
        return None


def _refuse_beyond(table: Table, header: list[str], columns: list[Column]) -> None:
    """Fault what stands right of the last named column: a comma too many has moved the row's cells."""
    width = max((place for place, name in enumerate(header, start=1) if name), default=0)
    for column in columns[width:]:
        for row in np.flatnonzero(column[1:] != "").tolist():
            table.fault(row, "", f"no more cells than the header's {width}", f"{column[row + 1]} beyond them")


def _text(file: str, data: bytes, faults: list[Fault]) -> Sheet | None:
    text = decoded(file, data, faults)
    if text is None:
        return None
    plain = _plain(text)
    if plain is not None:
        return plain
    try:
        return _sheet(_records(text))
    except csv.Error:
        return _sheet(_records_by_line(file, text, faults))


def _plain(text: str) -> Sheet | None:
    """A text without quotes and with no row longer than its header, ten times as fast as row by row."""
    if '"' in text or "\0" in text:
        return None
    try:
        frame = pd.read_csv(
            io.StringIO(text),
            header=None,
            dtype=str,
            na_filter=False,
            skip_blank_lines=False,
            quoting=csv.QUOTE_NONE,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError):
        return None
    columns = [frame[name].fillna("").to_numpy(dtype=object) for name in frame]
    return _without_blank(np.arange(1, len(frame) + 1), columns)


def _sheet(rows: Rows) -> Sheet:
    columns = [np.array(column, dtype=object) for column in zip_longest(*(row for _, row in rows), fillvalue="")]
    return _without_blank(np.array([line for line, _ in rows], dtype=np.int64), columns)


def _without_blank(lines: NDArray[np.int64], columns: list[Column]) -> Sheet:
    filled = np.zeros(len(lines), dtype=bool)
    for column in columns:
        filled |= column != ""
    return (lines, columns) if filled.all() else (lines[filled], [column[filled] for column in columns])


def _records(text: str) -> Rows:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, line = [], 1
    for row in reader:
        rows.append((line, row))
        line = reader.line_num + 1
    return rows


def _records_by_line(file: str, text: str, faults: list[Fault]) -> Rows:
    """One stray quote must not hide the faults of the lines below it."""
    rows: Rows = []
    for line, one in enumerate(io.StringIO(text), start=1):
        try:
            rows += [(line, row) for row in csv.reader([one], strict=True)]
        except csv.Error as error:
            expected, got = "cells between commas, quotes in pairs", _shown(f"{one.strip()} ({error})")
            faults.append(Fault(file=file, row=line, column="", expected=expected, got=got))
    return rows


def _workbook(file: str, data: bytes, faults: list[Fault]) -> Sheet | None:
    try:
        return _sheet(workbook_rows(data))
    except ValueError as error:
        faults.append(_whole(file, "an Excel workbook whose first sheet is the table", _shown(str(error))))
        return None


def _whole(file: str, expected: str, got: str) -> Fault:
    return Fault(file=file, row=1, column="", expected=expected, got=got)


def _shown(got: str) -> str:
    line = " ".join(got.split())
    return (line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}…") or "nothing"
