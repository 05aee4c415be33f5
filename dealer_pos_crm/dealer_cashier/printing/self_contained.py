"""Pages that bring their styles and pictures along, as a worker often cannot reach the address that customers use."""

import base64
import os

import frappe
from bs4 import BeautifulSoup
from frappe.utils import cstr

from dealer_pos_crm.dealer_cashier.printing.words import picture


def self_contained(html: str, *, nothing_else: bool = False) -> str:
	"""The page with the site's own styles and pictures inside. ``nothing_else``: what lies elsewhere is left out."""
	page = BeautifulSoup(html, "html5lib")
	for link in page.select("link[rel=stylesheet]"):
		style = _asset(cstr(link.get("href")))
		if style is not None:
			link["href"] = f"data:text/css;base64,{base64.b64encode(style).decode()}"
		elif nothing_else:
			link.decompose()
	for image in page.select("img[src]"):
		source = cstr(image["src"])
		ours = source.startswith(("/files/", "/private/files/"))
		inside = picture(source.partition("?")[0]) if ours else ""
		if inside:
			image["src"] = inside
		elif ours or (nothing_else and not source.startswith("data:")):
			image.decompose()
	return str(page)


def _asset(url: str) -> bytes | None:
	if not url.startswith("/assets/") or ".." in url:
		return None
	path = os.path.join(frappe.local.sites_path, url.partition("?")[0].lstrip("/"))
	if not os.path.isfile(path):
		return None
	with open(path, "rb") as file:
		return file.read()
