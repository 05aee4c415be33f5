"""Our fields on ERPNext's doctypes: prefixed, at home in a module, placed, and indexed where they link."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from tests.contract.source import doctypes, known_doctypes, modules

try:
	data = importlib.import_module("dealer_pos_crm.dealer_setup.custom_fields")
except ImportError as error:
	pytest.fail(f"dealer_setup/custom_fields is data and must be importable without Frappe: {error}", False)

# What is handed to create_custom_fields: rows() where the module completes its rows, else the rows themselves.
APPLIED: dict[str, list[dict[str, Any]]] = data.rows() if hasattr(data, "rows") else data.CUSTOM_FIELDS
ROWS = [(doctype, row) for doctype, rows in APPLIED.items() for row in rows]
each = pytest.mark.parametrize(
	("doctype", "row"), ROWS, ids=[f"{d}.{row.get('fieldname')}" for d, row in ROWS]
)
EXISTING = {doctype.name for doctype in doctypes()} | {
	name for name, known in known_doctypes().items() if known.app in ("frappe", "erpnext")
}


def test_there_are_rows_and_all_are_applied() -> None:
	assert ROWS

	def names(rows: dict[str, list[dict[str, Any]]]) -> set[tuple[str, str]]:
		return {(doctype, row["fieldname"]) for doctype, found in rows.items() for row in found}

	assert names(APPLIED) == names(data.CUSTOM_FIELDS)


@each
def test_it_is_on_a_doctype_of_frappe_or_erpnext(doctype: str, row: dict[str, Any]) -> None:
	known = known_doctypes().get(doctype)
	assert known and known.app in ("frappe", "erpnext"), (
		f"{doctype}: not a doctype that every ERPNext site has"
	)


@each
def test_it_carries_our_prefix(doctype: str, row: dict[str, Any]) -> None:
	name = str(row.get("fieldname"))
	assert name.startswith("dealer_"), (
		f"{doctype}.{name}: another app or the site may use this name; prefix dealer_"
	)
	assert len(name) <= 64 and name == name.lower() and name.isidentifier()


@each
def test_it_belongs_to_a_module_of_ours(doctype: str, row: dict[str, Any]) -> None:
	where = f"{doctype}.{row.get('fieldname')}"
	assert row.get("module") in modules().values(), (
		f"{where}: set module, or uninstall cannot tell whose field it is"
	)


@each
def test_it_says_where_it_stands(doctype: str, row: dict[str, Any]) -> None:
	where = f"{doctype}.{row.get('fieldname')}"
	after = row.get("insert_after")
	assert after, f"{where}: set insert_after, or it lands at the end of the form"
	assert after != row.get("fieldname"), f"{where}: stands after itself"
	if str(after).startswith("dealer_"):
		names = [found["fieldname"] for found in APPLIED[doctype]]
		assert after in names, f"{where}: stands after {after}, which we do not make"


@each
def test_links_are_indexed_and_go_somewhere(doctype: str, row: dict[str, Any]) -> None:
	where = f"{doctype}.{row.get('fieldname')}"
	if row.get("fieldtype") != "Link":
		return
	assert row.get("options") in EXISTING, f"{where}: there is no doctype {row.get('options')!r}"
	assert row.get("search_index"), (
		f"{where}: set search_index; without it each lookup reads all of {doctype}"
	)


def test_no_field_twice() -> None:
	keys = [(doctype, row.get("fieldname")) for doctype, row in ROWS]
	twice = sorted({f"{doctype}.{name}" for doctype, name in keys if keys.count((doctype, name)) > 1})
	assert not twice
