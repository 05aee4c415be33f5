"""Read an exported history, line by line, without ever holding it whole.

Every line ends up as an event or as a ``BadRow`` with a reason; only empty lines are passed over.
"""

import csv
import gzip
import json
import zlib
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

from ..domain.event import Event
from .codec import FIELDS, REQUIRED, BadEvent, event_from_dict, quoted

MAX_LINE = 1 << 20  # bytes; a longer line is reported and passed over
MAX_RECORD_LINES = 20  # lines that one CSV record may span inside quotes
_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_FACTS = "facts."
_TOO_LONG = f"the line is longer than {MAX_LINE:,} bytes"
_NOT_TEXT = "the line is not UTF-8 text"

csv.field_size_limit(MAX_LINE * 2)


class HistoryError(Exception):
	"""The file as a whole cannot be read; the text says what to do."""


@dataclass(frozen=True, slots=True)
class BadRow:
	"""A line that is no event. ``kind`` groups reasons: json, csv, text, missing, field, type, amount,
	currency, date, conflict, event."""

	kind: str
	reason: str


class _Number(str):
	"""A JSON number with a fraction, kept as it was written: no float in between."""


_decode = json.JSONDecoder(parse_float=_Number).raw_decode


class HistoryReader:
	"""Iterate over ``(line number, Event | BadRow)``.

	After each step ``offset`` and ``line`` say how much of the (uncompressed) file is dealt with; a
	reader made with both goes on from there. ``currencies`` maps each company to the currency of its
	first amount (or to ``currency``); an amount in another one is a bad row.
	"""

	def __init__(
		self,
		path: Path,
		*,
		currency: str | None = None,
		currencies: dict[str, str] | None = None,
		offset: int = 0,
		line: int = 0,
	) -> None:
		self.path = path
		self.currency = currency
		self.currencies: dict[str, str] = {} if currencies is None else currencies
		self.size = path.stat().st_size
		self._raw = cast(BinaryIO, path.open("rb"))
		self._file = self._raw
		self._pending: deque[tuple[bytes | None, int]] = deque()
		self._damaged = False
		self.tail = b""  # the last line dealt with, to know the place again
		try:
			head = self._raw.read(4096)
			self._raw.seek(0)
			if head.startswith(_GZIP):
				self._file = cast(BinaryIO, gzip.GzipFile(fileobj=self._raw))
				head = self._peek()
			self.format = _format(path, head)
			self._columns: list[str] = []
			self._delimiter = ","
			self.offset = self.line = 0
			if self.format == "csv":
				self._read_header()
			if offset:
				self._seek(offset, line)
		except BaseException:
			self._raw.close()
			raise

	def __enter__(self) -> "HistoryReader":
		return self

	def __exit__(
		self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
	) -> None:
		self.close()

	def close(self) -> None:
		self._raw.close()

	@property
	def position(self) -> int:
		"""Bytes read of the file as it lies on disk, for a progress bar against ``size``."""
		return self.offset if self._file is self._raw else self._raw.tell()

	def fingerprint(self, start: int, length: int) -> bytes:
		"""Bytes of the (uncompressed) file, to tell whether it is still the same; the place is kept."""
		here = self._file.tell()
		try:
			self._file.seek(start)
			return self._file.read(length)
		except (EOFError, OSError, zlib.error):
			return b""
		finally:
			try:
				self._file.seek(here)
			except (EOFError, OSError, zlib.error):
				pass

	def __iter__(self) -> Iterator[tuple[int, Event | BadRow]]:
		if self._damaged:
			return
		try:
			yield from self._csv() if self.format == "csv" else self._jsonl()
		except (EOFError, OSError, zlib.error) as error:
			if self._file is self._raw:
				raise
			self._damaged = True
			self.line += 1
			yield self.line, BadRow("text", f"the compressed file is damaged or cut off here ({error})")

	def go_to(self, offset: int, line: int) -> None:
		"""Go on after so many bytes and lines that were dealt with before."""
		self._seek(offset, line)

	def _seek(self, offset: int, line: int) -> None:
		self._file.seek(offset)
		self._pending.clear()
		self._damaged = False
		self.offset, self.line = offset, line

	def _peek(self) -> bytes:
		try:
			head = self._file.read(4096)
			self._file.seek(0)
		except (EOFError, OSError, zlib.error) as error:
			raise HistoryError(f"{self.path.name} is no readable gzip file ({error})") from None
		return head

	def _next(self) -> tuple[bytes | None, int]:
		"""The next physical line and its length; None in its place when it is too long to look at."""
		if self._pending:
			return self._pending.popleft()
		raw = self._file.readline(MAX_LINE + 1)
		length = len(raw)
		if length <= MAX_LINE or raw.endswith(b"\n"):
			return raw, length
		while chunk := self._file.readline(MAX_LINE):
			length += len(chunk)
			if chunk.endswith(b"\n"):
				break
		return None, length

	def _jsonl(self) -> Iterator[tuple[int, Event | BadRow]]:
		while True:
			raw, length = self._next()
			if not length:
				return
			self.offset += length
			self.line += 1
			self.tail = raw or b""
			if raw is None:
				yield self.line, BadRow("text", _TOO_LONG)
				continue
			if raw.startswith(_BOM):
				raw = raw[3:]
			if raw.isspace() or not raw:
				continue
			try:
				text = raw.decode().strip()
				row, end = _decode(text)
				if end != len(text):
					raise json.JSONDecodeError("more than one value on the line", text, end)
			except UnicodeDecodeError:
				yield self.line, BadRow("text", _NOT_TEXT)
			except json.JSONDecodeError as error:
				cut = "" if raw.endswith(b"\n") else "; the file ends in the middle of this line"
				yield self.line, BadRow("json", f"not JSON: {error.msg} (column {error.colno}){cut}")
			except (ValueError, RecursionError):
				yield self.line, BadRow("json", "not JSON: a number is too long or it is nested too deep")
			else:
				if type(row) is dict:
					yield self.line, self._event(row)
				else:
					yield self.line, BadRow("json", "the line is not a JSON object")

	def _event(self, row: Mapping[str, object]) -> Event | BadRow:
		try:
			event = event_from_dict(row, self.currency)
		except BadEvent as error:
			return BadRow(error.kind, str(error))
		if event.amount is not None:
			wanted = self.currency or self.currencies.setdefault(event.company, event.amount.currency)
			if event.amount.currency != wanted:
				return BadRow(
					"currency", f"{event.amount.currency}, while {quoted(event.company)} counts in {wanted}"
				)
		return event

	def _read_header(self) -> None:
		"""Find the columns on the first line that is not empty; refuse a file without the required ones."""
		while True:
			raw, length = self._next()
			if not length:
				return
			self.offset += length
			self.line += 1
			if raw is None:
				raise HistoryError(f"{self.path.name}: {_TOO_LONG}; is it a history?")
			try:
				text = raw.removeprefix(_BOM).decode().strip()
			except UnicodeDecodeError:
				raise HistoryError(f"{self.path.name} is not UTF-8 text; save it as CSV UTF-8") from None
			if text:
				break
		self._delimiter = max(",;\t", key=text.count)
		self._columns = [name.strip() for name in next(csv.reader([text], delimiter=self._delimiter))]
		missing = [name for name in REQUIRED if name not in self._columns]
		unknown = [name for name in self._columns if not _is_column(name)]
		doubled = [name for name in dict.fromkeys(self._columns) if self._columns.count(name) > 1]
		for names, what in (
			(missing, "has no column"),
			(unknown, "has columns that the format does not know:"),
			(doubled, "has a column twice:"),
		):
			if names:
				listed = ", ".join(quoted(name) for name in names[:8])
				raise HistoryError(f"{self.path.name} {what} {listed} (see docs/history-format.md)")

	def _csv(self) -> Iterator[tuple[int, Event | BadRow]]:
		while True:
			raw, length = self._next()
			if not length:
				return
			if raw is None:
				self.offset += length
				self.line += 1
				self.tail = b""
				yield self.line, BadRow("text", _TOO_LONG)
				continue
			found, taken = self._record(raw)
			self.tail = (taken[-1][0] or b"") if taken else raw
			self.offset += length + sum(size for _raw, size in taken)
			self.line += 1
			first = self.line
			self.line += len(taken)
			if isinstance(found, BadRow):
				yield first, found
			elif any(found):
				yield first, self._row(found)

	def _record(self, raw: bytes) -> tuple[list[str] | BadRow, list[tuple[bytes | None, int]]]:
		"""The cells of the record that begins with this line, and the further lines it took.

		A quote that is never closed costs its own line only: what was read ahead is put back.
		"""
		lines: list[str] = []
		ahead: list[tuple[bytes | None, int]] = []
		reason = BadRow("csv", "a quoted cell that begins here is not closed")
		while raw is not None:
			try:
				lines.append(raw.removeprefix(_BOM).decode())
			except UnicodeDecodeError:
				reason = reason if ahead else BadRow("text", _NOT_TEXT)
				break
			if "\0" in lines[-1]:
				reason = reason if ahead else BadRow("text", "the line holds a zero byte")
				break
			try:
				rows = list(csv.reader(lines, delimiter=self._delimiter, strict=True))
			except csv.Error as error:
				if "unexpected end of data" not in str(error):
					reason = reason if ahead else BadRow("csv", f"not CSV: {error}")
					break
			else:
				if len(rows) == 1:
					return rows[0], ahead
				if not rows:
					return [], ahead
				break
			if len(ahead) + 1 >= MAX_RECORD_LINES:
				break
			more, length = self._next()
			if not length:
				break
			ahead.append((more, length))
			if more is None:
				break
			raw = more
		self._pending.extendleft(reversed(ahead))
		return reason, []

	def _row(self, cells: list[str]) -> Event | BadRow:
		if len(cells) != len(self._columns):
			return BadRow("csv", f"{len(cells)} cells, the heading has {len(self._columns)}")
		row: dict[str, object] = {}
		facts: dict[str, str] = {}
		for name, cell in zip(self._columns, cells, strict=True):
			if cell:
				if name.startswith(_FACTS):
					facts[name[len(_FACTS) :]] = cell
				else:
					row[name] = cell
		if facts:
			row["facts"] = facts
		return self._event(row)


def _is_column(name: str) -> bool:
	return (name in FIELDS and name != "facts") or (name.startswith(_FACTS) and len(name) > len(_FACTS))


def _format(path: Path, head: bytes) -> str:
	"""jsonl or csv, by name, else by the first character."""
	if head.startswith((b"\xff\xfe", b"\xfe\xff")):
		raise HistoryError(f"{path.name} is UTF-16; save it as UTF-8")
	suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
	begins = head.removeprefix(_BOM).lstrip()[:1]
	if begins == b"[":
		raise HistoryError(f"{path.name} is one JSON list; write one event a line (JSONL) instead")
	if suffixes and suffixes[-1] in (".jsonl", ".ndjson", ".json"):
		return "jsonl"
	if suffixes and suffixes[-1] in (".csv", ".tsv"):
		return "csv"
	return "jsonl" if begins == b"{" else "csv"
