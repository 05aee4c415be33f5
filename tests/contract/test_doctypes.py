"""Every doctype of ours is sound: permissions, options that exist, indexes, names that nobody else uses."""

from __future__ import annotations

import ast

import pytest

from tests.contract.allowed import UNINDEXED_LINKS, UNINDEXED_TARGETS
from tests.contract.source import (
	PACKAGE,
	Doctype,
	doctypes,
	known_doctypes,
	modules,
	scrub,
	shown,
	strings,
	tree,
)

DOCTYPES = doctypes()
STORED_APPS = ("frappe", "erpnext")  # HRMS may not be installed: nothing of ours may need it
NO_COLUMN = frozenset(
	"Section Break,Column Break,Tab Break,HTML,Button,Heading,Fold,Image,Table,Table MultiSelect".split(",")
)
FIELDTYPES = NO_COLUMN | frozenset(
	(
		"Autocomplete,Attach,Attach Image,Barcode,Check,Code,Color,Currency,Data,Date,Datetime,Duration,Dynamic Link,"
		"Float,Geolocation,HTML Editor,Icon,Int,JSON,Link,Long Text,Markdown Editor,Password,Percent,Phone,Rating,"
		"Read Only,Select,Signature,Small Text,Text,Text Editor,Time"
	).split(",")
)
RESERVED = frozenset(
	(
		"name owner creation modified modified_by docstatus idx parent parentfield parenttype doctype flags meta "
		"get set save insert submit cancel delete run"
	).split()
)
WRITES = ("write", "create", "delete", "submit", "cancel", "amend", "import", "share")
# A submitted document that links a payment would keep the payment from ever being cancelled.
NEVER_SUBMITTABLE = frozenset(("Deposit", "Deal Jacket", "Repair Order"))

each = pytest.mark.parametrize("doctype", DOCTYPES, ids=str)


def _kind(name: str) -> str | None:
	"""How a doctype is stored: "table", "single", "" for a plain one; None when there is no such doctype."""
	for doctype in DOCTYPES:
		if doctype.name == name:
			return (
				"table" if doctype.data.get("istable") else "single" if doctype.data.get("issingle") else ""
			)
	known = known_doctypes().get(name)
	return known.kind if known and known.app in STORED_APPS else None


def test_there_are_doctypes() -> None:
	assert DOCTYPES


def test_names_are_unique() -> None:
	names = [doctype.name for doctype in DOCTYPES]
	assert len(names) == len(set(names)), sorted({name for name in names if names.count(name) > 1})


@each
def test_no_name_that_frappe_erpnext_or_hrms_uses(doctype: Doctype) -> None:
	taken = {name.lower(): known.app for name, known in known_doctypes().items()}
	app = taken.get(doctype.name.lower())
	assert app is None, (
		f"{doctype}: {app} has a doctype of this name; migrate would swap the table, rename ours"
	)


@each
def test_the_name_matches_its_folder_and_module(doctype: Doctype) -> None:
	assert doctype.path.stem == scrub(doctype.name), f"{shown(doctype.path)} holds {doctype.name!r}"
	folder = doctype.path.relative_to(PACKAGE).parts[0]
	assert modules().get(folder) == doctype.data.get("module"), (
		f"{doctype}: module is {doctype.data.get('module')!r}, its folder belongs to {modules().get(folder)!r}"
	)


@each
def test_it_has_a_controller(doctype: Doctype) -> None:
	folder = doctype.path.parent
	assert (folder / "__init__.py").is_file(), f"{doctype}: {shown(folder)}/__init__.py is missing"
	controller = folder / f"{doctype.path.stem}.py"
	assert controller.is_file(), f"{doctype}: {shown(controller)} is missing"
	expected = doctype.name.replace(" ", "").replace("-", "")
	classes = [node.name for node in tree(controller).body if isinstance(node, ast.ClassDef)]
	assert expected in classes, f"{doctype}: {shown(controller)} has no class {expected}; Frappe looks for it"


@each
def test_it_is_not_custom_and_sorts_by_creation(doctype: Doctype) -> None:
	assert not doctype.data.get("custom"), f"{doctype}: custom doctypes do not belong in an app"
	assert doctype.data.get("engine", "InnoDB") == "InnoDB"
	if not doctype.data.get("istable"):
		assert doctype.data.get("sort_field") == "creation", (
			f"{doctype}: set sort_field to creation (v16's default)"
		)


@each
def test_who_may_do_what_is_said(doctype: Doctype) -> None:
	permissions = doctype.data.get("permissions") or []
	if doctype.data.get("istable"):
		assert not permissions, f"{doctype}: a child table has no permissions of its own; take them out"
		return
	assert permissions, f"{doctype}: nobody but Administrator could open it; add permissions to its JSON"
	assert any(row.get("read") for row in permissions), f"{doctype}: no role may read it"
	for row in permissions:
		role, given = row.get("role"), [right for right in WRITES if row.get(right)]
		assert role != "Guest", f"{doctype}: Guest has rights; a guest page works on a token instead"
		assert not (role == "All" and given), (
			f"{doctype}: role All may {', '.join(given)}; name the roles that may"
		)


@each
def test_roles_in_permissions_exist(doctype: Doctype) -> None:
	ours = {
		node.value
		for node in ast.walk(tree(PACKAGE / "dealer_setup" / "roles.py"))
		if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("Dealer ")
	}
	for row in doctype.data.get("permissions") or []:
		role = str(row.get("role"))
		assert not role.startswith("Dealer ") or role in ours, (
			f"{doctype}: role {role!r} is not in dealer_setup/roles.py"
		)


@each
def test_rights_on_submit_fit(doctype: Doctype) -> None:
	submittable = bool(doctype.data.get("is_submittable"))
	assert not (submittable and doctype.name in NEVER_SUBMITTABLE), (
		f"{doctype}: submittable documents that link a payment block its cancellation; use a status"
	)
	for row in doctype.data.get("permissions") or []:
		if not submittable:
			given = [right for right in ("submit", "cancel", "amend") if row.get(right)]
			assert not given, (
				f"{doctype}: {row.get('role')} may {', '.join(given)}, but it is not submittable"
			)


@each
def test_field_order_and_names(doctype: Doctype) -> None:
	names = [str(row.get("fieldname")) for row in doctype.fields]
	twice = sorted({name for name in names if names.count(name) > 1})
	assert not twice, f"{doctype}: fieldname used twice: {twice}"
	order = doctype.data.get("field_order")
	assert order is not None, f"{doctype}: field_order is missing; save the doctype in developer mode"
	assert order == names, (
		f"{doctype}: field_order and fields differ: {sorted(set(order) ^ set(names)) or 'in order'}"
	)
	for name in names:
		assert name.isidentifier() and name == name.lower(), f"{doctype}.{name}: not a lower-case fieldname"
		assert name not in RESERVED, f"{doctype}.{name}: Frappe uses this name itself"


@each
def test_fields_make_sense(doctype: Doctype) -> None:
	for row in doctype.fields:
		where = f"{doctype}.{row.get('fieldname')}"
		kind = row.get("fieldtype")
		assert kind in FIELDTYPES, f"{where}: there is no fieldtype {kind!r}"
		if kind not in NO_COLUMN | {"Column Break"} and not row.get("hidden"):
			assert row.get("label"), f"{where}: a field that people see needs a label"
		if row.get("reqd") and row.get("hidden"):
			assert row.get("default"), (
				f"{where}: required and hidden, so nobody could fill it; give it a default"
			)
		if kind == "Select" and row.get("default"):
			options = str(row.get("options") or "").split("\n")
			assert row["default"] in options, f"{where}: default {row['default']!r} is not one of its options"
		if row.get("unique") and kind in ("Text", "Long Text", "Small Text", "Text Editor", "JSON"):
			pytest.fail(f"{where}: a text column cannot be unique; use Data")


@each
def test_options_exist(doctype: Doctype) -> None:
	for row in doctype.fields:
		where, options = f"{doctype}.{row.get('fieldname')}", row.get("options")
		kind = row.get("fieldtype")
		if kind == "Link":
			assert options, f"{where}: a Link needs options"
			found = _kind(str(options))
			assert found is not None, (
				f"{where}: there is no doctype {options!r} in this app, Frappe or ERPNext"
			)
			assert found != "table", f"{where}: {options!r} is a child table; link its parent"
		elif kind in ("Table", "Table MultiSelect"):
			assert _kind(str(options)) == "table", (
				f"{where}: {options!r} is not a child table (istable) that exists"
			)
		elif kind == "Dynamic Link":
			target = doctype.field(str(options))
			good = target and (
				target.get("fieldtype") in ("Select", "Data")
				or (target.get("fieldtype") == "Link" and target.get("options") == "DocType")
			)
			assert good, f"{where}: options must name a field of this doctype that holds a doctype's name"


@each
def test_links_are_indexed(doctype: Doctype) -> None:
	if doctype.data.get("istable") or doctype.data.get("issingle") or doctype.data.get("is_virtual"):
		return
	missing = [
		str(row["fieldname"])
		for row in doctype.fields
		if row.get("fieldtype") == "Link"
		and row.get("options") not in UNINDEXED_TARGETS
		and not (row.get("search_index") or row.get("unique"))
		and f"{doctype}.{row['fieldname']}" not in UNINDEXED_LINKS
	]
	assert not missing, (
		f"{doctype}: no search_index on {', '.join(missing)}; set it, or say in tests/contract/allowed.py "
		"why a lookup by it never happens"
	)


def test_every_exception_to_the_index_rule_is_needed() -> None:
	for key in UNINDEXED_LINKS:
		name, _, fieldname = key.rpartition(".")
		doctype = next((doctype for doctype in DOCTYPES if doctype.name == name), None)
		field = doctype.field(fieldname) if doctype else None
		assert field and not field.get("search_index"), (
			f"allowed.py: UNINDEXED_LINKS[{key!r}] allows nothing any more"
		)


@each
def test_what_is_named_elsewhere_is_a_field(doctype: Doctype) -> None:
	standard = {"name", "owner", "creation", "modified", "modified_by", "docstatus", "idx"}
	names = standard | {str(row.get("fieldname")) for row in doctype.fields}
	for key in ("title_field", "image_field", "timeline_field", "sort_field"):
		value = doctype.data.get(key)
		assert not value or value in names, f"{doctype}: {key} is {value!r}, which is not a field"
	for name in str(doctype.data.get("search_fields") or "").split(","):
		assert not name.strip() or name.strip() in names, (
			f"{doctype}: search_fields names {name.strip()!r}, not a field"
		)
	for row in doctype.fields:
		source = str(row.get("fetch_from") or "").split(".")[0]
		assert not source or source in names, (
			f"{doctype}.{row['fieldname']}: fetch_from starts at {source!r}, no field"
		)
		for text in ("depends_on", "mandatory_depends_on", "read_only_depends_on"):
			value = str(row.get(text) or "")
			plain = value if value and not value.startswith(("eval:", "fn:")) else ""
			assert not plain or plain in names, (
				f"{doctype}.{row['fieldname']}: {text} is {plain!r}, not a field"
			)
	rule = str(doctype.data.get("autoname") or "")
	if rule.startswith("field:"):
		assert rule.removeprefix("field:") in names, f"{doctype}: autoname {rule!r} names no field"


@each
def test_links_between_doctypes_in_its_json_exist(doctype: Doctype) -> None:
	for row in doctype.data.get("links") or []:
		name = row.get("link_doctype")
		assert _kind(str(name)) is not None, (
			f"{doctype}: a dashboard link names {name!r}, which does not exist"
		)
		other = next((found for found in DOCTYPES if found.name == name), None)
		if other and not row.get("table_fieldname"):
			assert other.field(str(row.get("link_fieldname"))), (
				f"{doctype}: a dashboard link uses {name}.{row.get('link_fieldname')}, which is not a field"
			)


@each
def test_no_field_asks_for_a_card_number(doctype: Doctype) -> None:
	for _where, text in strings([[row.get("fieldname"), row.get("label")] for row in doctype.fields]):
		plain = text.lower().replace("_", " ")
		asked = [
			word
			for word in ("card number", "cvv", "cvc", "card expiry", "pan")
			if f" {word} " in f" {plain} "
		]
		assert not asked, f"{doctype}: {text!r}: card numbers never enter"
