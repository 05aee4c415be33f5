"""Installed and uninstalled on a site of its own: nothing of ours stays, and ERPNext is as it was."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from tests.support import SITES, frappe_command

APP = "dealer_pos_crm"
SITE = os.environ.get("DEALER_UNINSTALL_SITE")

pytestmark = pytest.mark.skipif(not SITE, reason="DEALER_UNINSTALL_SITE is not set: run this by `make test`")

# Compared row by row with the site before the installation.
DOCTYPES = (
	*("Custom Field", "Property Setter", "Custom DocPerm", "DocPerm", "Role", "Has Role", "Module Def"),
	*("DocType", "DocField", "Workspace", "Report", "Print Format", "Page", "Scheduled Job Type"),
	*(
		"Number Card",
		"Dashboard Chart",
		"Dashboard",
		"Notification",
		"Web Form",
		"Client Script",
		"Server Script",
	),
)


def _moment(site: str) -> dict[str, object]:
	"""The site as it is now; runs in a process of its own, which knows nothing of the test site."""
	import frappe

	from tests.site.snapshots import rows, schema
	from tests.support import connected

	with connected(site):
		found: dict[str, object] = dict(schema())
		for doctype in DOCTYPES:
			found |= rows(doctype)
		for singleton in frappe.get_all("DocType", {"issingle": 1}, pluck="name"):
			found[f"single {singleton}"] = sorted(
				(str(key), str(value))
				for key, value in frappe.db.sql(
					"select field, value from tabSingles where doctype = %s and field not in ('modified', 'modified_by')",
					singleton,
				)
			)
		found["orphaned singles"] = frappe.db.sql_list(
			"select distinct doctype from tabSingles where doctype not in (select name from tabDocType)"
		)
		return found


def moment(site: str) -> dict[str, object]:
	with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
		return pool.submit(_moment, site).result(timeout=120)


def bench(*words: str) -> str:
	done = subprocess.run(
		frappe_command(*words, site=str(SITE)),
		cwd=SITES,
		capture_output=True,
		text=True,
		stdin=subprocess.DEVNULL,
		timeout=300,
	)
	output = done.stdout + done.stderr
	assert done.returncode == 0, f"bench {' '.join(words)} failed:\n{output[-3000:]}"
	return output


@pytest.fixture(scope="module")
def moments() -> Iterator[tuple[dict[str, object], dict[str, object], dict[str, object]]]:
	before = moment(str(SITE))
	bench("install-app", APP)
	between = moment(str(SITE))
	bench("uninstall-app", APP, "--yes", "--no-backup")
	yield before, between, moment(str(SITE))


def test_the_installation_is_seen(moments: tuple) -> None:
	before, between, _after = moments
	assert any(key.startswith("Module Def Dealer") for key in between.keys() - before.keys())


def test_the_schema_is_as_it_was(moments: tuple) -> None:
	before, _between, after = moments
	kinds = ("base table ", "sequence ", "view ", "column ", "index ")
	_assert_same(before, after, kinds)


@pytest.mark.parametrize("doctype", DOCTYPES)
def test_the_rows_are_as_they_were(moments: tuple, doctype: str) -> None:
	before, _between, after = moments
	_assert_same(before, after, (f"{doctype} ",))


def test_the_settings_are_as_they_were(moments: tuple) -> None:
	before, _between, after = moments
	_assert_same(before, after, ("single ", "orphaned singles"))


def test_it_can_be_installed_again(moments: tuple) -> None:
	bench("install-app", APP)
	_before, between, _after = moments
	_assert_same(
		between,
		moment(str(SITE)),
		("base table ", "sequence ", "column ", "index ", "Custom Field ", "Role "),
	)


def _assert_same(before: dict[str, object], after: dict[str, object], kinds: tuple[str, ...]) -> None:
	from tests.site.snapshots import differences

	def only(moment: dict[str, object]) -> dict[str, object]:
		return {key: value for key, value in moment.items() if key.startswith(kinds)}

	found = differences(only(before), only(after))
	assert not found, "\n".join(["uninstall did not give back:", *found[:40]])
