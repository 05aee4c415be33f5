"""A fresh installation has everything of ours, and a second migrate changes nothing."""

from __future__ import annotations

import subprocess

import frappe
import pytest

from dealer_pos_crm.dealer_setup.custom_fields import CUSTOM_FIELDS
from dealer_pos_crm.dealer_setup.roles import ROLES
from tests.site.snapshots import Snapshot, differences, rows, schema
from tests.support import SITES, frappe_command

APP = "dealer_pos_crm"
FIELDS = [(doctype, row) for doctype, found in CUSTOM_FIELDS.items() for row in found]
WITHOUT_COLUMN = frozenset(
	("Tab Break", "Section Break", "Column Break", "HTML", "Button", "Heading", "Fold", "Image", "Table")
)


def test_the_app_is_installed() -> None:
	assert APP in frappe.get_installed_apps()


@pytest.mark.parametrize(("doctype", "row"), FIELDS, ids=[f"{d}.{row['fieldname']}" for d, row in FIELDS])
def test_every_custom_field_is_on_its_doctype(doctype: str, row: dict) -> None:
	field = frappe.get_meta(doctype).get_field(row["fieldname"])
	assert field, f"{doctype} has no field {row['fieldname']}"
	wrong = {
		key: (field.get(key), value)
		for key, value in row.items()
		if key not in ("insert_after", "module") and str(field.get(key) or "") != str(value or "")
	}
	assert not wrong, f"{doctype}.{row['fieldname']} (is, shall be): {wrong}"
	column = frappe.db.has_column(doctype, row["fieldname"])
	assert column == (row["fieldtype"] not in WITHOUT_COLUMN and not row.get("is_virtual"))


def test_every_custom_field_of_ours_belongs_to_a_module_of_ours() -> None:
	ours = set(frappe.get_all("Module Def", {"app_name": APP}, pluck="name"))
	found = frappe.get_all("Custom Field", {"fieldname": ("like", "dealer_%")}, ["name", "module"])
	assert found
	homeless = [row.name for row in found if row.module not in ours]
	assert not homeless, f"custom fields without a module of ours: {homeless}"


@pytest.mark.parametrize("role", ROLES)
def test_every_role_is_there(role: str) -> None:
	assert frappe.db.get_value("Role", role, "disabled") == 0


def test_every_module_and_doctype_is_there() -> None:
	expected = set(frappe.get_file_items(frappe.get_app_path(APP, "modules.txt")))
	assert set(frappe.get_all("Module Def", {"app_name": APP}, pluck="name")) == expected
	for name, single, virtual in frappe.get_all(
		"DocType", {"module": ("in", list(expected))}, ["name", "issingle", "is_virtual"], as_list=True
	):
		assert single or virtual or frappe.db.table_exists(name), f"{name} has no table"


def test_the_second_migrate_changes_nothing(site: str) -> None:
	_migrate(site)
	before = _everything_a_migrate_may_touch()
	_migrate(site)
	after = _everything_a_migrate_may_touch()
	found = differences(before, after)
	assert not found, "\n".join(["the second migrate changed:", *found[:40]])


def _migrate(site: str) -> None:
	frappe.db.commit()  # end our snapshot of the database: another process changes it
	words = frappe_command("migrate", site=site)
	done = subprocess.run(
		words, cwd=SITES, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300
	)
	assert done.returncode == 0, f"bench migrate failed:\n{(done.stdout + done.stderr)[-3000:]}"


def _everything_a_migrate_may_touch() -> Snapshot:
	frappe.db.commit()
	found = schema()
	for doctype in ("DocType", "DocField", "DocPerm", "Custom Field", "Property Setter", "Custom DocPerm"):
		found |= rows(doctype)
	for doctype in (
		"Role",
		"Scheduled Job Type",
		"Module Def",
		"Workspace",
		"Report",
		"Print Format",
		"Page",
	):
		found |= rows(doctype)
	return found
