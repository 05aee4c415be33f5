"""Write events in the history format (docs/history-format.md)."""

import csv
import json
from collections.abc import Iterable, Iterator
from typing import IO, TextIO

from ..domain.event import Event
from .codec import FIELDS, event_from_dict, event_to_dict

__all__ = ["event_from_dict", "event_to_dict", "write_csv", "write_jsonl"]

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def jsonl_lines(events: Iterable[Event]) -> Iterator[str]:
	"""One line of JSON an event, each with its line end. For a streamed download."""
	for event in events:
		yield _encode(event_to_dict(event)) + "\n"


def write_jsonl(events: Iterable[Event], fh: TextIO | IO[str]) -> int:
	"""Write one line of JSON an event to a text file (UTF-8); returns how many. Never holds them all."""
	count = 0
	for line in jsonl_lines(events):
		fh.write(line)
		count += 1
	return count


def write_csv(events: Iterable[Event], fh: TextIO | IO[str], facts: Iterable[str] = ()) -> int:
	"""Write one row an event to a text file opened with ``newline=""``; returns how many.

	A CSV names its columns first, so every fact that any event has must be in ``facts``; an event with
	another one raises ``ValueError``.
	"""
	names = sorted(set(facts))
	columns = [name for name in FIELDS if name != "facts"] + [f"facts.{name}" for name in names]
	writer = csv.DictWriter(fh, columns, lineterminator="\r\n")
	writer.writeheader()
	count = 0
	for event in events:
		row = event_to_dict(event)
		told = row.pop("facts", None)
		if isinstance(told, dict):
			row.update({f"facts.{name}": fact for name, fact in told.items()})
		writer.writerow(row)
		count += 1
	return count
