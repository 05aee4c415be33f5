"""Charts as plain inline SVG: no script, no external font, colours from the page's own variables."""

import math
from collections.abc import Sequence
from html import escape

_WIDTH, _HEIGHT = 760, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 10, 26


def columns(
	title: str,
	labels: Sequence[str],
	hints: Sequence[str],
	names: Sequence[str],
	rows: Sequence[Sequence[int]],
) -> str:
	"""Stacked columns: one column a row, one colour (``s0``, ``s1`` ...) a name."""
	scale = _Axis(0, max((sum(row) for row in rows), default=0), whole=True)
	parts = [*scale.grid(), *_ticks(labels)]
	step, width = _step(len(rows))
	for number, (row, hint) in enumerate(zip(rows, hints, strict=True)):
		x = _LEFT + number * step + (step - width) / 2
		base = 0
		told = ", ".join(f"{name} {value}" for name, value in zip(names, row, strict=True) if value)
		parts.append(f"<g><title>{escape(hint)}: {sum(row)}{escape(f' ({told})' if told else '')}</title>")
		for place, value in enumerate(row):
			if value:
				top, bottom = scale.y(base + value), scale.y(base)
				parts.append(_rect(x, top, width, bottom - top, f"s{place}"))
				base += value
		parts.append(f"{_rect(x - (step - width) / 2, _TOP, step, _HEIGHT - _TOP - _BOTTOM, 'hit')}</g>")
	return _svg(title, parts)


def flows(
	title: str,
	labels: Sequence[str],
	hints: Sequence[str],
	up: Sequence[float],
	down: Sequence[float],
) -> str:
	"""Columns above and below a line: what came in, what went out."""
	scale = _Axis(-max(down, default=0), max(up, default=0))
	parts = [*scale.grid(), *_ticks(labels)]
	step, width = _step(len(up))
	for number, (high, low, hint) in enumerate(zip(up, down, hints, strict=True)):
		x = _LEFT + number * step + (step - width) / 2
		zero = scale.y(0)
		parts.append(f"<g><title>{escape(hint)}</title>")
		if high:
			parts.append(_rect(x, scale.y(high), width, zero - scale.y(high), "in"))
		if low:
			parts.append(_rect(x, zero, width, max(1.0, scale.y(-low) - zero), "out"))
		parts.append(f"{_rect(x - (step - width) / 2, _TOP, step, _HEIGHT - _TOP - _BOTTOM, 'hit')}</g>")
	return _svg(title, parts)


class _Axis:
	"""A vertical axis over round numbers."""

	def __init__(self, low: float, high: float, *, whole: bool = False) -> None:
		span = max(high - low, 1 if whole else 1e-9)
		self.step = _round_step(span / 4, whole)
		self.low = math.floor(low / self.step) * self.step
		self.high = max(math.ceil(high / self.step) * self.step, self.low + self.step)

	def y(self, value: float) -> float:
		room = _HEIGHT - _TOP - _BOTTOM
		return _TOP + room * (self.high - value) / (self.high - self.low)

	def grid(self) -> list[str]:
		parts = []
		for number in range(round((self.high - self.low) / self.step) + 1):
			value = self.low + number * self.step
			y = self.y(value)
			kind = "zero" if abs(value) < self.step / 2 else "grid"
			parts.append(
				f'<line class="{kind}" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
				f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{_short(value)}</text>'
			)
		return parts


def _round_step(wanted: float, whole: bool) -> float:
	"""The next of 1, 2, 2.5 or 5 times a power of ten."""
	power = 10.0 ** math.floor(math.log10(wanted)) if wanted > 0 else 1.0
	step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= wanted - 1e-12)
	return max(1.0, math.ceil(step)) if whole else step


def _short(value: float) -> str:
	size = abs(value)
	for factor, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
		if size >= factor:
			return f"{value / factor:g}{letter}"
	return f"{value:g}"


def _step(count: int) -> tuple[float, float]:
	"""The room for one column, and how much of it the column takes."""
	step = (_WIDTH - _LEFT - _RIGHT) / max(count, 1)
	return step, min(step * 0.74, 40)


def _ticks(labels: Sequence[str]) -> list[str]:
	"""As many labels below the columns as can be read."""
	step, _width = _step(len(labels))
	every = max(1, math.ceil(52 / step))
	return [
		f'<text x="{_LEFT + (number + 0.5) * step:.1f}" y="{_HEIGHT - 8}" text-anchor="middle">'
		f"{escape(label)}</text>"
		for number, label in enumerate(labels)
		if number % every == 0
	]


def _rect(x: float, y: float, width: float, height: float, kind: str) -> str:
	return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def _svg(title: str, parts: Sequence[str]) -> str:
	return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">{"".join(parts)}</svg>'
