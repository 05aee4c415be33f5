"""What the site and browser layers share: a connection to the test site, and a clean slate after a test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import frappe

SITE = os.environ.get("DEALER_TEST_SITE", "dealer-test.localhost")
BENCH = Path(os.environ.get("DEALER_BENCH_DIR") or Path.cwd().parent)
SITES = BENCH / "sites"
PASSWORD = "admin"


@contextmanager
def connected(site: str = SITE) -> Iterator[str]:
	"""This process as Administrator on a site, as a web request would find it (not `in_test`)."""
	frappe.init(site=site, sites_path=str(SITES))
	frappe.connect()
	frappe.set_user("Administrator")
	frappe.flags.in_test = False
	try:
		yield site
	finally:
		frappe.db.rollback()
		frappe.destroy()


def clean_slate() -> None:
	"""Undo what was not committed, and forget what a request would not have carried over."""
	frappe.db.rollback()
	frappe.set_user("Administrator")
	frappe.local.message_log = []
	frappe.local.form_dict = frappe._dict()
	frappe.local.response = frappe._dict({"docs": []})
	getattr(frappe.local, "request_cache", {}).clear()
	frappe.local.dynamic_link_map = None  # of a site as it was when somebody first asked
	frappe.flags.in_test = False


def frappe_command(*words: str, site: str) -> list[str]:
	"""The words of `bench --site S …` for a subprocess whose working folder is SITES."""
	return [
		str(BENCH / "env" / "bin" / "python"),
		"-m",
		"frappe.utils.bench_helper",
		"frappe",
		"--site",
		site,
		*words,
	]
