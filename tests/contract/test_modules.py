"""Reports, pages, print formats and the rest belong to modules of ours and name what exists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.contract.source import (
	DOTTED,
	PACKAGE,
	doctypes,
	json_files,
	known_doctypes,
	load,
	modules,
	resolve,
	scrub,
	shown,
	strings,
)

KINDS = {
	"report": "Report",
	"workspace": "Workspace",
	"print_format": "Print Format",
	"page": "Page",
	"number_card": "Number Card",
	"dashboard_chart": "Dashboard Chart",
	"dashboard": "Dashboard",
	"web_form": "Web Form",
	"notification": "Notification",
}
EXISTING = {doctype.name for doctype in doctypes()} | set(known_doctypes())


def _documents() -> list[tuple[Path, dict[str, Any]]]:
	found = []
	for path in json_files():
		parts = path.relative_to(PACKAGE).parts
		if len(parts) == 4 and parts[1] in KINDS and path.stem == parts[2]:
			found.append((path, load(path)))
	return found


def test_modules_have_their_folders() -> None:
	for folder, name in modules().items():
		assert (PACKAGE / folder / "__init__.py").is_file(), f"modules.txt: {name} has no package {folder}/"


def test_documents_belong_to_our_modules() -> None:
	for path, data in _documents():
		folder, kind = path.relative_to(PACKAGE).parts[:2]
		where = shown(path)
		assert data.get("doctype") == KINDS[kind], (
			f"{where}: holds a {data.get('doctype')}, not a {KINDS[kind]}"
		)
		assert data.get("module") == modules().get(folder), f"{where}: module is {data.get('module')!r}"
		assert scrub(str(data.get("name"))) == path.stem, f"{where}: holds {data.get('name')!r}"
		if kind in ("report", "print_format"):
			flag = "is_standard" if kind == "report" else "standard"
			assert data.get(flag) == "Yes", f"{where}: {flag} is not Yes, so a migrate would not load it"


def test_documents_are_about_doctypes_that_exist() -> None:
	for path, data in _documents():
		for key in ("ref_doctype", "doc_type", "document_type", "parent_document_type"):
			name = data.get(key)
			assert not name or name in EXISTING, f"{shown(path)}: {key} is {name!r}, which does not exist"


def test_reports_say_who_may_see_them() -> None:
	for path, data in _documents():
		if data.get("doctype") in ("Report", "Page"):
			assert data.get("roles"), f"{shown(path)}: no roles, so everybody may open it; name them"


def test_script_reports_have_their_code() -> None:
	for path, data in _documents():
		if data.get("doctype") == "Report" and data.get("report_type") == "Script Report":
			code = path.with_suffix(".py")
			assert code.is_file(), f"{shown(path)}: {code.name} is missing"
			dotted = ".".join(code.relative_to(PACKAGE.parent).with_suffix("").parts)
			assert resolve(f"{dotted}.execute"), f"{shown(code)}: no execute()"


def test_only_our_workspaces() -> None:
	for path in PACKAGE.rglob("workspace/*/*.json"):
		assert path.relative_to(PACKAGE).parts[0] in modules(), f"{shown(path)}: not in a module of ours"
		assert load(path).get("module") in modules().values(), (
			f"{shown(path)}: ERPNext's workspaces are left alone"
		)


@pytest.mark.parametrize("path", json_files(), ids=shown)
def test_dotted_paths_in_json_resolve(path: Path) -> None:
	for where, text in strings(load(path)):
		assert not DOTTED.match(text) or resolve(text), f"{shown(path)}{where}: {text} is not in the code"
