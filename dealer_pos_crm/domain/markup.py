"""Markup from strangers, read without trust: a tolerant reader of XML-like text.

Providers send "XML" that no XML parser takes: capitals, a second declaration, unclosed tags, half a message.
This reader takes what is there. It knows no document types, no entities but HTML's characters, no addresses
of other files, so that what makes XML dangerous has nothing to work on; its work grows with the length of
the text, its depth and its elements are bounded.
"""

import codecs
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .refusal import Refused
from .refusal import _ as marked

MOST_BYTES = 5 * 1024 * 1024
MOST_DEPTH = 40
MOST_ELEMENTS = 50_000
MOST_SIGNS = 4 * MOST_ELEMENTS  # every "<" counts

_BOMS = (
	(codecs.BOM_UTF8, "utf-8"),
	(codecs.BOM_UTF32_LE, "utf-32-le"),
	(codecs.BOM_UTF32_BE, "utf-32-be"),
	(codecs.BOM_UTF16_LE, "utf-16-le"),
	(codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{1,40})[\"']", re.IGNORECASE)
# What 8-bit text from the trade is written in; any other declaration is taken for Windows-1252.
_EIGHT_BIT = frozenset(("iso8859-1", "iso8859-15", "iso8859-2", "cp1250", "cp1252", "mac-roman", "latin-1"))
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]")
_NAME = re.compile(r"(/?)\s*(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_ATTRIBUTE = re.compile(r"(?<![\w.:-])([A-Za-z_][\w.:-]*)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'/>]+)")
_ESCAPED = re.compile(r"&(?:amp;)?(?:lt|#0{0,5}60|#x0{0,5}3c);", re.IGNORECASE)
_MOST_TAG = 4000  # characters
# Of HTML, which e-mails wrap around a message and people paste into one.
_BREAKS = frozenset("br p div li tr pre h1 h2 h3 hr table ul ol blockquote".split())
_INLINE = frozenset(
	"b i u em strong span font a html head body tbody thead td th small big center code meta style img sub "
	"sup title o script".split()
)


@dataclass(slots=True)
class Element:
	"""One element: its lower-case name, attributes, children and own text. ``start`` and ``end`` are places in
	the text; ``closed`` is false where the text ended before the element did."""

	name: str
	attributes: dict[str, str] = field(default_factory=dict)
	children: "list[Element]" = field(default_factory=list)
	parts: list[str] = field(default_factory=list)
	start: int = 0
	end: int = 0
	closed: bool = False

	@property
	def text(self) -> str:
		"""Own text on one line."""
		return " ".join("".join(self.parts).split())

	@property
	def lines(self) -> str:
		"""Own text with its lines."""
		rows = [" ".join(row.split()) for row in "".join(self.parts).splitlines()]
		return re.sub(r"\n{3,}", "\n\n", "\n".join(rows)).strip()

	def all(self, name: str) -> "list[Element]":
		return [child for child in self.children if child.name == name]

	def first(self, name: str) -> "Element | None":
		return next((child for child in self.children if child.name == name), None)

	def said(self, name: str) -> str:
		"""The text of the first child of that name that says anything."""
		return next((child.text for child in self.all(name) if child.text), "")

	def walk(self) -> "Iterator[Element]":
		todo = [self]
		while todo:
			element = todo.pop()
			yield element
			todo.extend(reversed(element.children))


def decode(data: bytes) -> str:
	"""Text of bytes in whatever encoding they are, also a wrongly declared one. Refused above the limit."""
	if len(data) > MOST_BYTES:
		raise Refused(
			"too_large",
			marked("The message has {0} MB; more than {1} MB are not read"),
			f"{len(data) / 1024 / 1024:.1f}",
			MOST_BYTES // 1024 // 1024,
		)
	return clean(_decoded(data))


def clean(text: str) -> str:
	"""Without characters that no database and no person wants."""
	return _CONTROLS.sub("", text)


def _decoded(data: bytes) -> str:
	for bom, encoding in _BOMS:
		if data.startswith(bom):
			return data[len(bom) :].decode(encoding, "replace")
	head = data[:200]
	if head.count(b"\0") * 3 > len(head) > 3:  # 16 bits without saying so
		return data.decode("utf-16-le" if head[1:2] == b"\0" else "utf-16-be", "replace")
	try:
		return data.decode("utf-8")
	except UnicodeDecodeError as error:
		if error.start >= len(data) - 4 and error.start > 0:  # cut off in the middle of a letter
			return data[: error.start].decode("utf-8")
	declared = _DECLARED.search(data[:500])
	try:
		name = codecs.lookup(declared.group(1).decode("ascii")).name if declared else "cp1252"
	except LookupError:
		name = "cp1252"
	# Who declares Latin-1 writes Windows-1252 with it, as browsers have found out.
	encoding = "cp1252" if name in ("iso8859-1", "latin-1") or name not in _EIGHT_BIT else name
	return data.decode(encoding, "replace")


def unwrapped(text: str, wanted: re.Pattern[str]) -> str | None:
	"""The text from its first tag that is wanted, out of an e-mail's HTML if need be; None: there is none.

	``wanted`` matches the beginning of such a tag.
	"""
	for _round in range(3):  # escaped, and escaped again by the next mail program
		found = wanted.search(text)
		if found:
			return text[found.start() :]
		if not _ESCAPED.search(text):
			return None
		text = html.unescape(_without_html(text)).replace("\xa0", " ")
	return None


def _without_html(text: str) -> str:
	"""The text of HTML as one would copy it."""
	out: list[str] = []
	at = 0
	while (begin := text.find("<", at)) >= 0:
		out.append(text[at:begin])
		end = text.find(">", begin)
		if end < 0:
			at = begin
			break
		named = _NAME.match(text[begin + 1 : begin + 40])
		if named and named.group(2).lower() in _BREAKS:
			out.append("\n")
		at = end + 1
	out.append(text[at:])
	return "".join(out)


class _Ends:
	"""Where a closing mark comes next; what was not found once is not looked for again."""

	def __init__(self, text: str) -> None:
		self.text = text
		self.gone: set[str] = set()

	def find(self, mark: str, at: int) -> int:
		if mark in self.gone:
			return -1
		found = self.text.find(mark, at)
		if found < 0:
			self.gone.add(mark)
		return found


def read(text: str, known: frozenset[str], leaves: frozenset[str], sections: frozenset[str]) -> Element:
	"""The elements of the text under one root, however well they are closed.

	``known``: names of the format. ``leaves``: those that hold text only; a known one begins after them,
	whether they were closed or not. ``sections``: those that never stand inside their like.
	Raises ``Refused`` for a text that is nested too deep or has too many elements.
	"""
	root = Element("", end=len(text))
	stack = [root]
	ends = _Ends(text)
	count = signs = at = 0
	length = len(text)
	while at < length:
		begin = text.find("<", at)
		signs += 1
		if begin < 0:
			_add(stack[-1], text[at:])
			break
		if signs > MOST_SIGNS:
			raise _too_many()
		if begin > at:
			_add(stack[-1], text[at:begin])
		if text.startswith("<!--", begin):
			at = _after(ends, "-->", begin + 4, begin + 4)
			continue
		if text.startswith("<![CDATA[", begin):
			end = ends.find("]]>", begin + 9)
			stack[-1].parts.append(text[begin + 9 : end if end >= 0 else length])
			at = end + 3 if end >= 0 else length
			continue
		if text.startswith("<!", begin):
			at = _after_declaration(text, ends, begin)
			continue
		if text.startswith("<?", begin):
			at = _after(ends, ">", begin + 2, length)
			continue
		end = _end_of_tag(text, begin)
		named = _NAME.match(text, begin + 1, end) if end > 0 else None
		if named is None:
			stack[-1].parts.append("<")
			at = begin + 1
			continue
		name = named.group(2).lower()
		at = end + 1
		if name not in known and name in (_BREAKS | _INLINE):
			if name in _BREAKS:
				stack[-1].parts.append("\n")
			continue
		if named.group(1):
			_close(stack, name, at)
			continue
		count += 1
		if count > MOST_ELEMENTS:
			raise _too_many()
		if stack[-1].name in leaves and name in known:
			stack.pop().end = begin
		if name in sections and any(open_one.name == name for open_one in stack):
			while stack.pop().name != name:
				pass
		element = Element(name, _attributes(text[named.end() : end]), start=begin, end=at)
		stack[-1].children.append(element)
		if text[end - 1] == "/":
			element.closed = True
			continue
		stack.append(element)
		if len(stack) > MOST_DEPTH:
			raise Refused(
				"too_deep",
				marked("The message is nested deeper than {0} elements; nobody writes that"),
				MOST_DEPTH,
			)
	for element in stack[1:]:
		element.end = length
	return root


def _too_many() -> Refused:
	return Refused(
		"too_many", marked("The message has more than {0} elements; nobody writes that"), MOST_ELEMENTS
	)


def _add(element: Element, text: str) -> None:
	element.parts.append(html.unescape(text) if "&" in text else text)


def _after(ends: _Ends, mark: str, at: int, otherwise: int) -> int:
	end = ends.find(mark, at)
	return end + len(mark) if end >= 0 else otherwise


def _after_declaration(text: str, ends: _Ends, begin: int) -> int:
	"""Behind a document type, with all it would define; nothing of it is read."""
	end = ends.find(">", begin)
	bracket = text.find("[", begin, end if end >= 0 else begin)
	if bracket < 0:
		return end + 1 if end >= 0 else len(text)
	close = ends.find("]", bracket)
	return _after(ends, ">", close, len(text)) if close >= 0 else len(text)


def _end_of_tag(text: str, begin: int) -> int:
	"""Where the tag that begins here ends; -1 for a sign that is no tag ("price < 20000")."""
	most = begin + _MOST_TAG
	another = text.find("<", begin + 1, most)
	end = text.find(">", begin, another if another >= 0 else most)
	if end < 0 and another >= 0 and text.count('"', begin, another) % 2:
		end = text.find(">", another, most)  # a sign inside quotes
	for _quoted in range(3):
		if end < 0 or text.count('"', begin, end) % 2 == 0:
			break
		end = text.find(">", end + 1, most)
	return end


def _attributes(text: str) -> dict[str, str]:
	if "=" not in text:
		return {}
	return {
		name.lower(): html.unescape(value.strip("\"'")).strip()
		for name, value in _ATTRIBUTE.findall(text[:_MOST_TAG])
	}


def _close(stack: list[Element], name: str, end: int) -> None:
	"""Close the nearest open element of that name and all inside it; a closing tag of nothing is passed over."""
	if not any(element.name == name for element in stack[1:]):
		return
	while True:
		element = stack.pop()
		element.end = end
		if element.name == name:
			element.closed = True
			return
