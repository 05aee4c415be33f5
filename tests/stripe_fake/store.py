"""What the fake knows: its objects by kind, their names, and what the public shape does not show."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterable
from typing import Any

from .clock import Clock
from .errors import missing, wrong_params

LETTERS = string.ascii_letters + string.digits
Row = dict[str, Any]


class Store:
	def __init__(self, clock: Clock, seed: int | None) -> None:
		self.clock = clock
		self.rows: dict[str, dict[str, Row]] = {}
		self.side: dict[str, dict[str, Any]] = {}
		self._random = random.Random(seed)

	def letters(self, count: int) -> str:
		return "".join(self._random.choices(LETTERS, k=count))

	def new_id(self, prefix: str) -> str:
		return f"{prefix}_{self.letters(24)}"

	def add(self, row: Row) -> Row:
		self.rows.setdefault(row["object"], {})[row["id"]] = row
		return row

	def get(self, kind: str, name: str, param: str = "id", *, status: int = 404) -> Row:
		found = self.rows.get(kind, {}).get(name)
		if found is None:
			raise missing(kind.rpartition(".")[2], name, param, status)
		return found

	def all(self, kind: str, where: Callable[[Row], bool] | None = None) -> list[Row]:
		"""Newest first, as every list of Stripe's; with ``where`` those it is true of."""
		rows = reversed(self.rows.get(kind, {}).values())
		return list(rows if where is None else filter(where, rows))

	def hidden(self, name: str) -> dict[str, Any]:
		return self.side.setdefault(name, {})

	def find(self, name: str) -> Row | None:
		"""Any object by its name, for expanding."""
		for kind in self.rows.values():
			if name in kind:
				return kind[name]
		return None


def page(rows: Iterable[Row], params: dict[str, Any], url: str) -> Row:
	"""One page of a list (newest first) with Stripe's cursors."""
	rows = list(rows)
	limit = params.get("limit", 10)
	if not 1 <= limit <= 100:
		raise wrong_params("Invalid integer: limit must be between 1 and 100", "limit")
	after, before = params.get("starting_after"), params.get("ending_before")
	if after and before:
		raise wrong_params("You cannot parametrize 'starting_after' and 'ending_before'", "ending_before")
	names = [row["id"] for row in rows]
	for param, cursor in (("starting_after", after), ("ending_before", before)):
		if cursor and cursor not in names:
			raise missing("object", cursor, param, 400)
	if after:
		rest = rows[names.index(after) + 1 :]
		shown, more = rest[:limit], len(rest) > limit
	elif before:
		rest = rows[: names.index(before)]
		shown, more = rest[-limit:], len(rest) > limit
	else:
		shown, more = rows[:limit], len(rows) > limit
	return {"object": "list", "data": shown, "has_more": more, "url": url}


def created_in(params: dict[str, Any], field: str = "created") -> Callable[[Row], bool]:
	wanted = params.get(field)

	def fits(row: Row) -> bool:
		if wanted is None:
			return True
		if isinstance(wanted, int):
			return bool(row[field] == wanted)
		tests = {
			"gt": lambda value, limit: value > limit,
			"gte": lambda value, limit: value >= limit,
			"lt": lambda value, limit: value < limit,
			"lte": lambda value, limit: value <= limit,
		}
		return all(tests[name](row[field], limit) for name, limit in wanted.items())

	return fits


def equal(params: dict[str, Any], *names: str) -> Callable[[Row], bool]:
	"""Rows whose fields are what the parameters of the same names ask for."""
	return lambda row: all(row.get(name) == params[name] for name in names if name in params)


def expanded(store: Store, answer: Row, paths: list[str]) -> Row:
	"""The answer as a copy in which each path's name is replaced with the object itself."""
	copy = plain_copy(answer)
	for path in paths:
		if path.count(".") > 3:
			raise wrong_params("You cannot expand more than 4 levels of a property", "expand")
		_expand(store, copy, path.split("."), path)
	return copy


def _expand(store: Store, node: Any, steps: list[str], path: str) -> None:
	if node is None:
		return
	if isinstance(node, list):
		for part in node:
			_expand(store, part, steps, path)
		return
	step, *rest = steps
	if not isinstance(node, dict) or (step not in node and step not in EXPANDABLE_EXTRA):
		raise wrong_params(f"This property cannot be expanded ({path}).", "expand")
	if step not in node:
		node[step] = EXPANDABLE_EXTRA[step](store, node)
	value = node[step]
	if isinstance(value, str):
		found = store.find(value)
		if found is None:
			raise wrong_params(f"This property cannot be expanded ({path}).", "expand")
		node[step] = value = plain_copy(found)
	elif isinstance(value, (bool, int)):
		raise wrong_params(f"This property cannot be expanded ({path}).", "expand")
	elif isinstance(value, list):
		node[step] = value = [
			plain_copy(store.find(part) or part) if isinstance(part, str) else part for part in value
		]
	if rest:
		_expand(store, value, rest, path)


def _refunds_of(store: Store, charge: Row) -> Row:
	rows = [row for row in store.all("refund") if row["charge"] == charge["id"]]
	return page([plain_copy(row) for row in rows], {}, f"/v1/charges/{charge['id']}/refunds")


def _lines_of(store: Store, session: Row) -> Row:
	return page(
		store.hidden(session["id"])["lines"],
		{"limit": 100},
		f"/v1/checkout/sessions/{session['id']}/line_items",
	)


EXPANDABLE_EXTRA: dict[str, Callable[[Store, Row], Any]] = {"refunds": _refunds_of, "line_items": _lines_of}


def plain_copy(value: Any) -> Any:
	if isinstance(value, dict):
		return {name: plain_copy(part) for name, part in value.items()}
	if isinstance(value, list):
		return [plain_copy(part) for part in value]
	return value
