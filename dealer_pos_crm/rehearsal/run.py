"""Run a history through the spine as production would have met it, event by event."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice

from ..domain.event import Event
from ..domain.refusal import Refused
from ..domain.spine import open_due, record
from .codec import event_to_dict, quoted
from .history import BadRow, HistoryReader
from .sources import Source, end
from .store import SqliteStore

BATCH = 5000  # lines a transaction


def rehearse(
	reader: HistoryReader,
	store: SqliteStore,
	source: Source,
	*,
	until: datetime | None = None,
	batch: int = BATCH,
	on_batch: Callable[[int], None] = lambda position: None,
) -> None:
	"""Record every line of the file, opening promises as its time goes by; then those due until the end.

	The end is ``until`` or the last event. Events after ``until`` are left out and counted. A run that
	dies at any point leaves whole batches behind, and the next one goes on after them.
	"""
	with _no_search_for_cycles():
		_rehearse(reader, store, source, until, batch, on_batch)


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
	"""Events and promises hold no cycles, and looking for some costs a tenth of the time: once a batch is
	enough."""
	was_on = gc.isenabled()
	gc.disable()
	try:
		yield
	finally:
		if was_on:
			gc.enable()


def _rehearse(
	reader: HistoryReader,
	store: SqliteStore,
	source: Source,
	until: datetime | None,
	batch: int,
	on_batch: Callable[[int], None],
) -> None:
	ended = careful = False
	try:
		while not ended:
			place = source.place(reader)
			store.begin()
			try:
				ended = _batch(reader, store, source, until, batch, careful=careful)
			except _Unsure:
				store.rollback()
				source.go_back(place, reader)
				careful = True
				continue
			careful = False
			source.checkpoint(reader, finished=ended)
			if ended:
				last = end(store.connection, until)
				if last is not None:
					open_until(last, store, inclusive=True)
			store.commit()
			gc.collect(1)
			on_batch(reader.position)
	except BaseException:
		store.rollback()
		raise


class _Unsure(Exception):
	"""An event could not be recorded, and may have left something; the batch is run again with care."""


def _batch(
	reader: HistoryReader,
	store: SqliteStore,
	source: Source,
	until: datetime | None,
	size: int,
	*,
	careful: bool,
) -> bool:
	"""Record the next lines; True when there were fewer than asked for."""
	count = 0
	for line, item in islice(reader, size):
		count += 1
		if isinstance(item, BadRow):
			source.bad(line, item)
		else:
			_take(item, line, store, source, until, careful=careful)
	source.tally.rows += count
	return count < size


def _take(
	event: Event, line: int, store: SqliteStore, source: Source, until: datetime | None, *, careful: bool
) -> None:
	tally = source.tally
	at = event.happened_at
	if until is not None and at > until:
		tally.after_until += 1
		return
	if tally.clock is None or at >= tally.clock:
		tally.clock = at
	else:
		tally.late += 1
	opening = store.next_opening
	if opening is not None and opening < at:
		open_until(at, store, inclusive=False)
	if careful:
		store.set_mark()
	try:
		written = record(event, store).written
	except (Refused, ArithmeticError, ValueError, TypeError) as error:
		if not careful:
			raise _Unsure from error
		store.undo()
		source.bad(line, BadRow("event", _why(error)))
		return
	if careful:
		store.drop_mark()
	if written:
		return
	kept = store.event(event.key)
	if kept == event:
		tally.known += 1
	elif kept is not None:
		source.bad(line, BadRow("conflict", _conflict(kept, event)))


def open_until(moment: datetime, store: SqliteStore, *, inclusive: bool) -> None:
	"""Open what is planned before ``moment`` (or at it), each promise at its own time."""
	while (at := store.next_opening) is not None and (at < moment or (inclusive and at == moment)):
		settled = open_due(at, store)
		store.look_ahead()
		if not settled and store.next_opening == at:
			raise RuntimeError(f"promises due at {at} cannot be opened")


def _why(error: Exception) -> str:
	if isinstance(error, Refused):
		return str(error)
	if isinstance(error, UnicodeEncodeError):
		return "a text holds half a character (a lone surrogate)"
	return f"the rules cannot be applied to it: {error}"


def _conflict(kept: Event, told: Event) -> str:
	before, now = event_to_dict(kept), event_to_dict(told)
	differing = [name for name in (*before, *(n for n in now if n not in before))]
	differing = [name for name in differing if before.get(name) != now.get(name)]
	said = "; ".join(
		f"{name} was {quoted(before.get(name, ''))}, is {quoted(now.get(name, ''))}" for name in differing[:3]
	)
	return f"key {quoted(told.key)} was told before with other content, the first counts: {said}"
