"""Pages as PDF: our prints, pages made for the bank, and files that somebody handed in.

The site's own way of making PDFs is asked first; where it fails (its helper program is missing or broken), the
page is set by WeasyPrint, which comes with Frappe.
"""

import io
import os
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, scrub_urls
from frappe.utils.pdf import get_pdf
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from dealer_pos_crm.dealer_cashier.printing.paper import Paper
from dealer_pos_crm.dealer_cashier.printing.self_contained import self_contained

# Pixels of the longer side of a picture: enough to read a signed page, and small enough for a bank.
_PICTURE = 1700
_QUALITY = 75
_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp")


class NoPage(Exception):
	"""A paper that cannot be a page of the pack; the text says why, for a person."""


def of_print(doctype: str, name: str, print_format: str | None) -> bytes:
	"""A document in one of its print formats. Whoever asks needs the right to print it."""
	if not frappe.has_permission(doctype, "print", name):
		raise NoPage(_("You have no right to print {0}").format(name))
	if print_format and not frappe.db.exists("Print Format", print_format):
		raise NoPage(_("Print format {0} is missing").format(print_format))
	return _pdf(frappe.get_print(doctype, name, print_format))


def of_paper(
	paper: Paper, lines: list[dict] | None = None, *, dated: bool = False, index: Paper | None = None
) -> bytes:
	"""A page of our own: the paper, then lines (heading, text, note), then the sums of an index.

	``dated``: the headings are times and stand beside their texts.
	"""
	page = frappe.render_template(
		"dealer_pos_crm/templates/print/evidence.html",
		{
			"paper": paper,
			"lines": lines or [],
			"dated": dated,
			"index": index,
			"lang": frappe.local.lang,
			"size": frappe.db.get_single_value("Print Settings", "pdf_page_size") or "A4",
			"print_settings": frappe._dict(),
			"letter_head": None,
			"footer": None,
		},
		is_path=True,
	)
	return _pdf(page)


def of_html(html: str) -> bytes:
	"""A whole page of ours as PDF."""
	return _pdf(html)


def of_file(url: str, attached_to: tuple[str, str]) -> bytes:
	"""A file that hangs on a document, as PDF: a PDF as it is, a picture on a page of its own."""
	filters = {"file_url": url, "attached_to_doctype": attached_to[0], "attached_to_name": attached_to[1]}
	name = frappe.db.get_value("File", filters, "name", order_by="creation desc")
	if not name:
		raise NoPage(_("The file is not there any more"))
	file = frappe.get_doc("File", name)
	if not file.has_permission("read"):
		raise NoPage(_("You have no right to open the file"))
	try:
		content = file.get_content()
	except OSError:
		raise NoPage(_("The file is not there any more")) from None
	data = content.encode() if isinstance(content, str) else content
	ending = os.path.splitext(cstr(file.file_name).lower())[1]
	if data[:5] == b"%PDF-":
		return data
	if ending in _PICTURES:
		return _of_picture(data)
	raise NoPage(
		_("{0} files cannot be pages. Print it to PDF and hand it in again").format(ending or _("Such"))
	)


def pages_of(data: bytes) -> int:
	"""How many pages a PDF has. Raises ``NoPage`` for one that cannot be read or is locked."""
	try:
		reader = PdfReader(io.BytesIO(data))
		if reader.is_encrypted and not reader.decrypt(""):
			raise NoPage(_("The file is locked with a password"))
		return len(reader.pages)
	except (PyPdfError, ValueError, KeyError, TypeError, AttributeError) as error:
		raise NoPage(_("The file cannot be read as PDF")) from error


def _of_picture(data: bytes) -> bytes:
	from PIL import Image, ImageOps, UnidentifiedImageError

	try:
		with Image.open(io.BytesIO(data)) as opened:
			image = ImageOps.exif_transpose(opened).convert("RGB")
			image.thumbnail((_PICTURE, _PICTURE))
			out = io.BytesIO()
			image.save(out, "PDF", resolution=max(image.size) / 11.0, quality=_QUALITY)
	except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
		raise NoPage(_("The picture cannot be read")) from None
	return out.getvalue()


def _pdf(html: str) -> bytes:
	"""A page as PDF, without asking the site's own web server for styles and pictures."""
	page = self_contained(html, nothing_else=True)
	try:
		return get_pdf(page)
	except Exception as error:  # the helper program, its libraries, its version: whatever is wrong with it
		first = error
	try:
		from weasyprint import HTML

		return HTML(string=scrub_urls(page), url_fetcher=_nothing_from_outside).write_pdf()
	except Exception as error:
		frappe.log_error(
			title=_("A page of an evidence pack could not be made"), message=f"{first!r}\n{error!r}"
		)
		raise NoPage(
			_("This site cannot make PDFs at the moment: {0}").format(
				cstr(first)[:200] or type(first).__name__
			)
		) from error


def _nothing_from_outside(url: str, *args: Any, **kwargs: Any) -> dict:
	from weasyprint import default_url_fetcher

	if url.startswith("data:"):
		return default_url_fetcher(url, *args, **kwargs)
	raise ValueError("only what the page brings along")
