"""Every request against the SDK's own description of it, which is made from Stripe's API definition.

What comes over the wire is text; the checked result carries numbers and booleans as the definition says.
Open lists of words (known words or any text) are closed here: a word the SDK does not know is refused.
"""

from __future__ import annotations

import sys
import typing
from decimal import Decimal, InvalidOperation
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union

import typing_extensions as extensions
from stripe._request_options import RequestOptions

from .errors import wrong_params
from .wire import Upload

OPTIONS = frozenset(RequestOptions.__annotations__)


class Wrong(Exception):
	"""Does not fit this one form; another may be tried. ``deep``: how far the fit went."""

	def __init__(self, message: str, param: str, code: str | None = None) -> None:
		super().__init__(message)
		self.message, self.param, self.code = message, param, code


def checked(params: dict[str, Any], shape: type | None) -> dict[str, Any]:
	"""The parameters with their types, or Stripe's refusal of them (400)."""
	if shape is None:
		shape_fields: dict[str, tuple[Any, bool]] = {}
	else:
		shape_fields = fields(shape)
	try:
		return _object(params, shape_fields, "")
	except Wrong as wrong:
		raise wrong_params(wrong.message, wrong.param, wrong.code) from None


@cache
def fields(shape: type) -> dict[str, tuple[Any, bool]]:
	"""Name -> (type, required) of a TypedDict of ``stripe.params``, without the SDK's own options."""
	space = dict(vars(sys.modules[shape.__module__]))
	own = {name: hint for name, hint in shape.__annotations__.items() if name not in OPTIONS}
	holder = type("Holder", (), {"__annotations__": own, "__module__": shape.__module__})
	found: dict[str, tuple[Any, bool]] = {}
	for name, hint in extensions.get_type_hints(holder, space, include_extras=True).items():
		optional = extensions.get_origin(hint) is extensions.NotRequired
		found[name] = (extensions.get_args(hint)[0] if optional else hint, not optional)
	return found


def _object(value: Any, shape: dict[str, tuple[Any, bool]], path: str) -> dict[str, Any]:
	if not isinstance(value, dict):
		raise Wrong("Invalid object", path)
	for name in value:
		if name not in shape:
			where = _join(path, name)
			raise Wrong(f"Received unknown parameter: {where}", where, "parameter_unknown")
	for name, (_hint, required) in shape.items():
		if required and name not in value:
			where = _join(path, name)
			raise Wrong(f"Missing required param: {where}.", where, "parameter_missing")
	return {name: fit(inner, shape[name][0], _join(path, name)) for name, inner in value.items()}


def _join(path: str, name: str) -> str:
	return f"{path}[{name}]" if path else name


def fit(value: Any, hint: Any, path: str) -> Any:
	"""``value`` as ``hint`` wants it, or Wrong."""
	origin = extensions.get_origin(hint)
	if origin in (Union, UnionType):
		return _one_of(value, extensions.get_args(hint), path)
	if origin is extensions.Literal or origin is typing.Literal:
		words = extensions.get_args(hint)
		for word in words:
			if value == word or (isinstance(word, bool) and value == str(word).lower()):
				return word
		shown = ", ".join(str(word) for word in words if word != "") or "an empty text"
		raise Wrong(f"Invalid {path}: must be one of {shown}", path)
	if origin in (list, typing.List):  # noqa: UP006
		if not isinstance(value, list):
			raise Wrong("Invalid array", path)
		(inner,) = extensions.get_args(hint)
		return [fit(part, inner, f"{path}[{at}]") for at, part in enumerate(value)]
	if origin in (dict, typing.Dict):  # noqa: UP006
		if not isinstance(value, dict):
			raise Wrong("Invalid object", path)
		inner = extensions.get_args(hint)[1]
		return {  # an empty text unsets a key of metadata
			name: "" if part == "" and inner is str else fit(part, inner, _join(path, name))
			for name, part in value.items()
		}
	if extensions.is_typeddict(hint):
		return _object(value, fields(hint), path)
	return _plain(value, hint, path)


def _plain(value: Any, hint: Any, path: str) -> Any:
	if hint is Any:
		return value
	if isinstance(value, Upload):
		return value
	if not isinstance(value, str):
		raise Wrong(f"Invalid value for {path}", path)
	if hint is bool:
		if value not in ("true", "false"):
			raise Wrong(f"Invalid boolean: {value}", path)
		return value == "true"
	if hint is int:
		try:
			return int(value)
		except ValueError:
			raise Wrong(f"Invalid integer: {value}", path, "parameter_invalid_integer") from None
	if hint in (float, Decimal):
		try:
			return Decimal(value)
		except InvalidOperation:
			raise Wrong(f"Invalid decimal: {value}", path) from None
	if hint is str:
		if value == "":
			raise Wrong(
				"You passed an empty string. Omit it, or send what it is.", path, "parameter_invalid_empty"
			)
		if len(value) > 5000 and not path.startswith("evidence["):
			raise Wrong(f"Invalid string: {path} must be at most 5000 characters", path)
		return value
	raise Wrong(f"Invalid value for {path}", path)  # IO of an upload that came as text, objects of the SDK


def _one_of(value: Any, hints: tuple[Any, ...], path: str) -> Any:
	hints = tuple(hint for hint in hints if hint is not NoneType)
	words = [
		word
		for hint in hints
		if extensions.get_origin(hint) is extensions.Literal
		for word in extensions.get_args(hint)
	]
	closed = any(word != "" for word in words)
	plain = [hint for hint in hints if hint is str]
	# Exact words first, then numbers, then forms; text last, and not at all where the words are known.
	ordered = [hint for hint in hints if hint not in plain] + ([] if closed else plain)
	wrongs: list[Wrong] = []
	for hint in ordered:
		try:
			return fit(value, hint, path)
		except Wrong as wrong:
			wrongs.append(wrong)
	raise max(wrongs, key=lambda wrong: wrong.param.count("["))


METADATA_KEYS, METADATA_KEY, METADATA_VALUE = 50, 40, 500


def merged_metadata(old: dict[str, str], new: Any) -> dict[str, str]:
	"""Metadata as an update leaves it: "" empties all, a key with "" is unset."""
	if new == "":
		return {}
	result = dict(old)
	for key, value in (new or {}).items():
		if len(key) > METADATA_KEY:
			raise wrong_params(f"Metadata keys must be at most {METADATA_KEY} characters", "metadata")
		if len(value) > METADATA_VALUE:
			raise wrong_params(
				f"Metadata values can have up to {METADATA_VALUE} characters, but you passed {len(value)}",
				f"metadata[{key}]",
			)
		if value == "":
			result.pop(key, None)
		else:
			result[key] = value
	if len(result) > METADATA_KEYS:
		raise wrong_params(f"You can only have up to {METADATA_KEYS} metadata keys", "metadata")
	return result
