"""What a transaction has touched, dealt with once before its commit."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any

import frappe

from dealer_pos_crm.dealer_setup.refusals import busy

_ROUNDS = 10  # dealing with something may touch again, never endlessly


class Touched:
	"""Things noted by listeners, each once, and the work that follows from them. One instance per kind."""

	def __init__(self, name: str, work: Callable[[set[Any]], None]) -> None:
		self.name = name
		self.work = work

	def items(self) -> set[Any]:
		"""What is noted now; the set itself."""
		found: set[Any] | None = getattr(frappe.local, self.name, None)
		if found is None:
			found = set()
			setattr(frappe.local, self.name, found)
		return found

	def add(self, items: Iterable[Hashable]) -> None:
		"""Note things; costs no query."""
		new, touched = set(items), self.items()
		if not new:
			return
		if not touched:
			frappe.db.before_commit.add(self.flush)
			frappe.db.after_rollback.add(touched.clear)
		touched.update(new)

	def flush(self) -> None:
		"""Do the work. Runs before the commit; may be called earlier."""
		touched = self.items()
		try:
			for _round in range(_ROUNDS):
				items, _ignored = set(touched), touched.clear()
				if not items:
					return
				self.work(items)
		finally:
			touched.clear()  # after an error the next touch must register again

	def settle(self) -> None:
		"""The work now, while whoever caused it is still told of what follows; busy when another has it."""
		try:
			self.flush()
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			busy()
