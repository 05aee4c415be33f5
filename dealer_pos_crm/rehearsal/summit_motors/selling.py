"""Selling at Summit Motors: invoices, payments and the parts counter."""

from collections.abc import Callable
from datetime import datetime, timedelta

from ...domain.money import Money, total
from . import words
from .acts import CreditInvoice, InvoiceLine, IssueInvoice, PayInvoice
from .cars import Vehicle
from .floor import Floor, dollars
from .people import CURRENCY


class Selling(Floor):
	def _agreed(self, vehicle: Vehicle) -> Money:
		assert vehicle.price is not None
		return vehicle.price - dollars(self.rng.choice((0, 0, 100, 200, 300, 500)))

	def _sell(
		self, at: datetime, customer_id: str, vehicle_id: str | None, description: str, price: Money
	) -> IssueInvoice:
		lines = [
			InvoiceLine(item="Vehicle", description=description, amount=price),
			InvoiceLine(item="Documentation fee", description="Documentation fee", amount=dollars(389)),
		]
		if self.rng.random() < 0.3:
			accessory, cost = self.rng.choice(words.ACCESSORIES)
			lines.append(InvoiceLine(item="Accessory", description=accessory, amount=dollars(cost)))
		return self._issue(at, self._accountant, customer_id, vehicle_id, "Sales", lines)

	def _issue(
		self,
		at: datetime,
		by: str,
		customer_id: str,
		vehicle_id: str | None,
		department: str,
		lines: list[InvoiceLine],
	) -> IssueInvoice:
		invoice = IssueInvoice(
			id=self._id("ISSUE"),
			at=at,
			by=by,
			invoice_id=self._id("INV"),
			customer_id=customer_id,
			vehicle_id=vehicle_id,
			department=department,
			lines=tuple(lines),
			total=total((line.amount for line in lines), CURRENCY),
		)
		self.acts.append(invoice)
		return invoice

	def _settle(self, at: datetime, invoice: IssueInvoice, amount: Money) -> None:
		big = amount.minor > 500_000
		by = self._fni if invoice.department == "Sales" else self.rng.choice(self._cashiers)
		modes = (
			(("Wire Transfer", 62), ("Cheque", 22), ("Bank Draft", 16))
			if big
			else (("Credit Card", 66), ("Cash", 20), ("Cheque", 14))
		)
		mode = self.rng.choices([m for m, _odds in modes], [odds for _m, odds in modes])[0]
		parts = [(amount, mode)]
		if big and self.rng.random() < 0.25:
			down = dollars(self.rng.choice((500, 1000, 1500)))
			parts = [(down, "Credit Card"), (amount - down, mode)]
		for minutes, (part, how) in enumerate(parts):
			self._at(at + timedelta(minutes=2 * minutes), self._payment(invoice.invoice_id, part, how, by))

	def _payment(self, invoice_id: str, amount: Money, mode: str, by: str) -> Callable[[datetime], None]:
		reference = self._reference(mode)

		def pays(now: datetime) -> None:
			self.acts.append(
				PayInvoice(
					id=self._id("PAY"),
					at=now,
					by=by,
					invoice_id=invoice_id,
					amount=amount,
					mode=mode,
					reference=reference,
				)
			)

		return pays

	def _sale(self, at: datetime) -> None:
		if not self._free:
			return
		vehicle = self._vehicle[self.rng.choice(self._free)]
		self._free.remove(vehicle.id)
		invoice = self._sell(at, self._customer().id, vehicle.id, vehicle.what, self._agreed(vehicle))
		self._settle(at + timedelta(minutes=self.rng.randint(5, 40)), invoice, invoice.total)

	def _credit(self, at: datetime, invoice: IssueInvoice, amount: Money, reason: str) -> None:
		act = CreditInvoice(
			id=self._id("CREDIT"),
			at=at,
			by=self._service_manager,
			invoice_id=invoice.invoice_id,
			amount=amount,
			reason=reason,
		)
		self._at(at, lambda _now: self.acts.append(act))

	def _pay_some_time(self, at: datetime, invoice: IssueInvoice, amount: Money) -> None:
		"""Most pay when they collect their things, a few not yet."""
		luck = self.rng.random()
		if luck < 0.88:
			self._settle(at + timedelta(minutes=self.rng.randint(5, 60)), invoice, amount)
		elif luck < 0.95 and amount.minor > 20_000:
			half = Money(amount.minor // 2, CURRENCY)
			self._settle(at + timedelta(minutes=15), invoice, half)
			self._settle(self._later(at, 4, 12), invoice, amount - half)

	def _parts_sale(self, at: datetime) -> None:
		part, cost = self.rng.choice(words.COUNTER_PARTS)
		line = InvoiceLine(item="Parts", description=part, amount=dollars(cost))
		invoice = self._issue(at, self._accountant, self._customer().id, None, "Parts", [line])
		open_amount = invoice.total
		if self.rng.random() < 0.1:
			credit = Money(open_amount.minor // 5, CURRENCY)
			self._credit(at + timedelta(minutes=2), invoice, credit, self.rng.choice(words.CREDIT_REASONS))
			open_amount = open_amount - credit
		self._pay_some_time(at + timedelta(minutes=5), invoice, open_amount)
