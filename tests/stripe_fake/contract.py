"""Whether an object is as the SDK's typed classes, made from Stripe's own definition, say it is."""

from __future__ import annotations

import types
from collections.abc import Iterator
from inspect import get_annotations
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin

from stripe._object_classes import get_object_class
from stripe._stripe_object import StripeObject, UntypedStripeObject

Value = Any


def class_of(thing: dict[str, Any]) -> type:
	"""The SDK's class of an object that names its kind."""
	return get_object_class("V1", thing["object"])


def misfits(thing: dict[str, Any], shape: type | None = None, path: str = "") -> list[str]:
	"""What is unknown, missing or of a wrong type in an object, in words; empty when it is as it should be."""
	return list(_object(thing, shape or class_of(thing), path or str(thing.get("object", ""))))


def _object(thing: dict[str, Any], shape: type, path: str) -> Iterator[str]:
	known = _annotations(shape)
	for name, value in thing.items():
		if name == "object" and value == "list":
			continue  # the SDK keeps that word to itself
		if name not in known:
			yield f"{path}.{name} is not known"
		else:
			yield from _value(value, known[name], f"{path}.{name}", shape)
	for name, hint in known.items():
		if name not in thing and not _may_be_none(hint):
			yield f"{path}.{name} is missing"


def _annotations(shape: type) -> dict[str, Any]:
	found: dict[str, Any] = {}
	for base in reversed(shape.__mro__):
		if base is not StripeObject and base.__module__.startswith("stripe."):
			for name, hint in get_annotations(base).items():
				if not name.startswith("_") and "ClassVar" not in str(hint):
					found[getattr(base, "_field_remappings", {}).get(name, name)] = hint
	return found


def _may_be_none(hint: Any) -> bool:
	return hint is type(None) or (_is_union(hint) and any(_may_be_none(part) for part in get_args(hint)))


def _is_union(hint: Any) -> bool:
	return get_origin(hint) in (Union, types.UnionType)


def _value(value: Value, hint: Any, path: str, shape: type) -> Iterator[str]:
	if value is None:
		if not _may_be_none(hint):
			yield f"{path} is null"
		return
	parts = list(get_args(hint)) if _is_union(hint) else [hint]
	tries = [list(_one(value, part, path, shape)) for part in parts if part is not type(None)]
	if [] not in tries:
		# The form it comes nearest to says best what is wrong.
		yield from min(tries, key=len) if tries else [f"{path} is not null"]


def _one(value: Value, hint: Any, path: str, shape: type) -> Iterator[str]:
	origin = get_origin(hint)
	if isinstance(hint, str):
		hint = ForwardRef(hint)
	if isinstance(hint, ForwardRef):
		yield from _named(value, hint.__forward_arg__, path)
	elif hint is Any:
		return
	elif origin is Literal:
		if value not in get_args(hint):
			yield f"{path} is {value!r}"
	elif origin is list:
		if not isinstance(value, list):
			yield f"{path} is no list"
			return
		for at, part in enumerate(value):
			yield from _value(part, get_args(hint)[0], f"{path}[{at}]", shape)
	elif origin is dict or _is_open(hint):
		if not isinstance(value, dict):
			yield f"{path} is no object"
	elif isinstance(origin or hint, type) and issubclass(origin or hint, StripeObject):
		if not isinstance(value, dict):
			yield f"{path} is no object"
		else:
			yield from _object(value, origin or hint, path)
	elif not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
		yield f"{path} is {type(value).__name__}, not {getattr(hint, '__name__', hint)}"


def _is_open(hint: Any) -> bool:
	kind = get_origin(hint) or hint
	return isinstance(kind, type) and issubclass(kind, UntypedStripeObject)


def _named(value: Value, name: str, path: str) -> Iterator[str]:
	"""A reference to another object of Stripe's, written out."""
	if not isinstance(value, dict):
		yield f"{path} is no {name}"
	elif "object" not in value:
		yield f"{path} does not say what it is"
	else:
		yield from misfits(value, None, path)
