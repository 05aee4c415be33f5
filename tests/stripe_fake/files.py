"""Uploaded files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import shapes_more as shapes
from .errors import refused
from .store import Row, created_in, equal, page
from .wire import Upload

if TYPE_CHECKING:
	from .fake import Fake

KINDS = {b"%PDF": "pdf", b"\x89PNG": "png", b"\xff\xd8\xff": "jpg"}
LARGEST = 5_000_000  # bytes of a piece of evidence


class Files:
	def __init__(self, fake: Fake) -> None:
		self._fake = fake

	def create(self, params: Row) -> Row:
		fake = self._fake
		content = params["file"]
		if not isinstance(content, Upload):
			raise refused("You must upload a file, not a text.", param="file")
		kind = next((word for start, word in KINDS.items() if content.startswith(start)), None)
		if params["purpose"] == "dispute_evidence":
			if kind is None:
				raise refused("Evidence must be a PDF, JPEG or PNG.", "invalid_file_type", "file")
			if len(content) > LARGEST:
				raise refused("The file is too large.", "file_too_large", "file")
		row = shapes.file(
			fake.store.new_id("file"),
			created=fake.clock.now(),
			filename=content.filename,
			purpose=params["purpose"],
			size=len(content),
			kind=kind or "txt",
		)
		fake.store.hidden(row["id"])["content"] = bytes(content)
		return fake.store.add(row)

	def content(self, name: str) -> bytes:
		return bytes(self._fake.store.hidden(name)["content"])

	def retrieve(self, name: str, params: Row) -> Row:
		return self._fake.store.get("file", name)

	def list(self, params: Row) -> Row:
		fits, in_time = equal(params, "purpose"), created_in(params)
		rows = [row for row in self._fake.store.all("file") if fits(row) and in_time(row)]
		return page(rows, params, "/v1/files")
