"""What travels: Stripe's form encoding with brackets, and multipart uploads, into plain values."""

from __future__ import annotations

import re
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .errors import wrong_params

PART = re.compile(r"\[([^\]]*)\]")


class Upload(bytes):
	"""The bytes of an uploaded file, with its name."""

	filename: str = ""

	@classmethod
	def named(cls, content: bytes, filename: str) -> Upload:
		made = cls(content)
		made.filename = filename
		return made


def split_url(url: str) -> tuple[str, dict[str, Any]]:
	parts = urlsplit(url)
	return parts.path, decode(parts.query)


def decode(text: str | bytes | None) -> dict[str, Any]:
	"""``a[b][0]=c`` -> {"a": {"b": ["c"]}}; every value a string."""
	if not text:
		return {}
	if isinstance(text, bytes):
		text = text.decode()
	return nested(parse_qsl(text, keep_blank_values=True, strict_parsing=True))


def nested(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
	tree: dict[str, Any] = {}
	for name, value in pairs:
		head, _, _tail = name.partition("[")
		path = [head, *PART.findall(name)]
		node = tree
		for step in path[:-1]:
			node = node.setdefault(step, {})
			if not isinstance(node, dict):
				raise wrong_params(f"Invalid object: {name}", name)
		last = path[-1] or str(len(node))  # a[]=x
		if last in node:
			raise wrong_params(f"Received the parameter {name} twice", name)
		node[last] = value
	return {name: _listed(value) for name, value in tree.items()}


def _listed(value: Any) -> Any:
	if not isinstance(value, dict):
		return value
	inner = {name: _listed(part) for name, part in value.items()}
	if inner and all(name.isdigit() for name in inner):
		return [inner[name] for name in sorted(inner, key=int)]
	return inner


def multipart(body: bytes, content_type: str) -> dict[str, Any]:
	message = BytesParser(policy=HTTP).parsebytes(
		b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body
	)
	pairs: list[tuple[str, Any]] = []
	for part in message.iter_parts():
		name = str(part.get_param("name", header="content-disposition"))
		content = part.get_payload(decode=True) or b""
		filename = part.get_filename()
		pairs.append((name, content.decode() if filename is None else Upload.named(content, filename)))
	return nested(pairs)
