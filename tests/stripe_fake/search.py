"""Stripe's search language, as far as payments need it, with the delay until a new object is found."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from .errors import wrong_params
from .store import Row

if TYPE_CHECKING:
	from .fake import Fake

CLAUSE = re.compile(
	r"""^(?P<not>-)?(?P<field>\w+)(\[(?P<quote>["'])(?P<key>.+?)(?P=quote)\])?"""
	r"""(?P<op>>=|<=|>|<|:|~)(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|null|-?\d+)$""",
	re.VERBOSE,
)
NUMBERS = frozenset({"amount", "created"})
WORDS = frozenset({"currency", "customer", "status", "payment_intent"})


def clauses(query: str) -> tuple[list[str], str]:
	joins = set(re.findall(r"\s+(AND|OR)\s+", query))
	if len(joins) > 1:
		raise wrong_params("You cannot combine AND and OR in the same query", "query")
	return re.split(r"\s+(?:AND|OR)\s+", query.strip()), joins.pop() if joins else "AND"


def test_of(clause: str) -> Callable[[Row], bool]:
	match = CLAUSE.match(clause.strip())
	if not match:
		raise wrong_params(f"We were unable to parse your search query: {clause}", "query")
	field, key, op, raw = match["field"], match["key"], match["op"], match["value"]
	text = re.sub(r"\\(.)", r"\1", raw[1:-1]) if raw[0] in "\"'" else raw

	def value(row: Row) -> object:
		return row["metadata"].get(key) if field == "metadata" else row.get(field)

	if field == "metadata":
		if not key:
			raise wrong_params('Search metadata as metadata["key"]:"value"', "query")
		if op not in (":", "~"):
			raise wrong_params(f"The operator {op} is not possible on metadata", "query")
	elif field not in NUMBERS | WORDS:
		raise wrong_params(f"Field `{field}` is an unsupported search field.", "query")

	def fits(row: Row) -> bool:
		found = value(row)
		if field in NUMBERS:
			number, limit = int(str(found)), int(text)
			result = {
				":": number == limit, ">": number > limit, "<": number < limit,
				">=": number >= limit, "<=": number <= limit,
			}[op]  # fmt: skip
		elif raw == "null":
			result = found is None
		elif op == "~":
			result = text.lower() in str(found or "").lower()
		else:
			result = found is not None and str(found).lower() == text.lower()
		return not result if match["not"] else result

	return fits


def found_by(fake: Fake, kind: str, params: Row, url: str) -> Row:
	tests, join = clauses(params["query"])
	checks = [test_of(clause) for clause in tests]
	combine = all if join == "AND" else any
	newest = fake.clock.now() - fake.habits.search_delay
	limit = params.get("limit", 10)
	if not 1 <= limit <= 100:
		raise wrong_params("Invalid integer: limit must be between 1 and 100", "limit")
	rows = [
		row
		for row in fake.store.all(kind)
		if row["created"] <= newest and combine(check(row) for check in checks)
	]
	start = 0
	if cursor := params.get("page"):
		if not cursor.startswith("page_") or not cursor[5:].isdigit():
			raise wrong_params("Invalid page", "page")
		start = int(cursor[5:])
	more = len(rows) > start + limit
	return {
		"object": "search_result",
		"data": rows[start : start + limit],
		"has_more": more,
		"next_page": f"page_{start + limit}" if more else None,
		"url": url,
	}
