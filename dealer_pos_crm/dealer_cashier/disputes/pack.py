"""The evidence pack: one PDF of everything that speaks for us, with a summary and an index, on the case.

A paper that cannot be made is named, with the reason; the others go into the pack all the same.
"""

import io
import json
from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, now_datetime, strip_html
from pypdf import PdfReader, PdfWriter

from dealer_pos_crm.dealer_cashier.disputes import evidence, filling, papers, rendering
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.domain.dispute_evidence import FILES, HEAVIEST, Section

DOCTYPE = "Dispute Case"


@dataclass(frozen=True)
class Made:
	"""A paper that is a part of the pack. ``first`` page, counted from 1."""

	section: Section
	title: str
	data: bytes
	pages: int


def make(name: str, *, with_sensitive: bool = False) -> dict:
	"""Put the pack together and hang it on the case, in place of one that was not sent yet.

	``with_sensitive``: papers of the deal that only some may see; they go in for whoever may, and says so.
	Returns pages, size in bytes, and what is not in it and why.
	"""
	filling.fill_in(name)
	case = frappe.get_doc(DOCTYPE, name)
	known = evidence.gather(case)
	made, left_out = _made(known, with_sensitive)
	data, index = _together(known, made)
	return _hang(name, data, index, left_out)


def parts_of(case: Any, data: bytes) -> dict[str, bytes]:
	"""The provider's field -> the pages of the pack that belong there."""
	pages: dict[str, list[tuple[int, int]]] = {}
	for row in json.loads(case.pack_index or "[]"):
		field = FILES.get(Section(row["section"]))
		if field:
			pages.setdefault(field, []).append((row["first"], row["pages"]))
	reader = PdfReader(io.BytesIO(data))
	return {field: _cut_out(reader, spans) for field, spans in pages.items()}


def content_of(case: Any) -> bytes:
	"""The pack as it hangs on the case."""
	file = file_of(case)
	data = file and bytes_of(file.name)
	if not data:
		frappe.throw(_("{0} has no evidence pack. Make it first").format(case.name))
	return data


def bytes_of(file: str) -> bytes | None:
	"""A file's content as it is; None when somebody has deleted it."""
	if not frappe.db.exists("File", file):
		return None
	try:
		with open(frappe.get_doc("File", file).get_full_path(), "rb") as kept:
			return kept.read()
	except OSError:
		return None


def file_of(case: Any) -> Any | None:
	filters = {"file_url": case.pack, "attached_to_doctype": DOCTYPE, "attached_to_name": case.name}
	name = case.pack and frappe.db.get_value("File", filters, "name", order_by="creation desc")
	return frappe.get_doc("File", name) if name else None


def _made(known: evidence.Known, with_sensitive: bool) -> tuple[list[Made], list[str]]:
	made: list[Made] = []
	left_out: list[str] = []
	for piece in papers.pieces(known, with_sensitive=with_sensitive):
		messages = len(frappe.local.message_log)
		try:
			data = piece.make()
			made.append(Made(piece.section, piece.title, data, rendering.pages_of(data)))
		except rendering.NoPage as reason:
			left_out.append(f"{piece.title}: {reason}")
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			raise
		except Exception as error:
			del frappe.local.message_log[messages:]
			frappe.log_error(title=_("{0} is not in an evidence pack").format(piece.title)[:140])
			left_out.append(f"{piece.title}: {strip_html(cstr(error)).strip()[:200] or type(error).__name__}")
	left_out += _not_asked_for(known, with_sensitive)
	return made, left_out


def _not_asked_for(known: evidence.Known, with_sensitive: bool) -> list[str]:
	count = len(known.sensitive_papers)
	if not count or with_sensitive:
		return []
	return [_("{0} sensitive papers of the deal: left out unless asked for").format(count)]


def _together(known: evidence.Known, made: list[Made]) -> tuple[bytes, list[dict]]:
	"""The cover needs the page numbers and takes pages itself: set once to count, once to keep."""
	before = 1
	for _round in range(3):
		index = _index(made, before)
		front = papers.cover(
			known, [(row["heading"], row["title"], row["first"], row["pages"]) for row in index]
		)
		pages = rendering.pages_of(front)
		if pages == before:
			break
		before = pages
	writer = PdfWriter()
	_append(writer, front, _("Summary"))
	for paper in made:
		_append(writer, paper.data, paper.title)
	writer.add_metadata({"/Title": known.case.name, "/Producer": "Dealer POS CRM"})
	out = io.BytesIO()
	writer.write(out)
	return out.getvalue(), index


def _append(writer: PdfWriter, data: bytes, title: str) -> None:
	reader = PdfReader(io.BytesIO(data))
	if reader.is_encrypted:
		reader.decrypt("")
	first = len(writer.pages)
	for page in reader.pages:
		writer.add_page(page)
	writer.add_outline_item(title, first)


def _index(made: list[Made], before: int) -> list[dict]:
	titles, rows, first = papers.titles(), [], before + 1
	for paper in made:
		rows.append(
			{
				"section": paper.section.value,
				"heading": titles[paper.section],
				"title": paper.title,
				"first": first,
				"pages": paper.pages,
			}
		)
		first += paper.pages
	return rows


def _cut_out(reader: PdfReader, spans: list[tuple[int, int]]) -> bytes:
	writer = PdfWriter()
	for first, pages in spans:
		for number in range(first - 1, min(first - 1 + pages, len(reader.pages))):
			writer.add_page(reader.pages[number])
	out = io.BytesIO()
	writer.write(out)
	return out.getvalue()


@action
def _hang(name: str, data: bytes, index: list[dict], left_out: list[str]) -> dict:
	case = frappe.get_doc(DOCTYPE, name, for_update=True)
	old = file_of(case)
	kept = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": f"{case.name}-{now_datetime():%Y%m%d-%H%M%S}.pdf",
			"attached_to_doctype": DOCTYPE,
			"attached_to_name": case.name,
			"attached_to_field": "pack",
			"is_private": 1,
			"content": data,
		}
	).insert(ignore_permissions=True)  # whoever may write the case makes its pack
	pages = sum(row["pages"] for row in index) + (index[0]["first"] - 1 if index else 1)
	case.db_set(
		{
			"pack": kept.file_url,
			"pack_made_on": now_datetime(),
			"pack_index": json.dumps(index),
			"pack_notes": "\n".join(left_out)[:4000] or None,
		},
		notify=True,
	)
	if old and old.name != kept.name and not _was_staged(case, old):
		old.delete(ignore_permissions=True)
	return {
		"pack": kept.file_url,
		"pages": pages,
		"size": len(data),
		"too_heavy": len(data) > HEAVIEST,
		"left_out": left_out,
	}


def _was_staged(case: Any, file: Any) -> bool:
	"""What lies at the provider stays on file as it was sent."""
	return cstr(json.loads(case.evidence_json or "{}").get("file")) == file.name
