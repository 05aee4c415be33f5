"""A strict stand-in for Stripe, kept in memory: what it refuses, Stripe refuses too.

``Fake()`` is one account. ``client(fake)`` is the SDK's own client on it, in this process (``InProcess`` is the
transport, for code that makes its client itself); ``python -m tests.stripe_fake.server --port 8497`` serves one
over HTTP on this machine, with a page to pay on.

The world around it: ``fake.payer.pay(session_url, card="4242")``, ``fake.reader.present(reader, card="0002")``,
``fake.bank.dispute(charge)``, ``fake.bank.decide(dispute, "won")``, ``fake.bank.fail_refund(refund)``,
``fake.advance_to_payout()``, ``fake.clock.advance(days=2)``. What goes wrong: ``fake.fail_next("refunds.create",
"timeout_after")`` (see ``faults``), ``fake.webhooks.next("forged")`` (see ``webhooks``), ``fake.habits``.
What is to be delivered: ``for raw, header in fake.pending_webhooks()``.

Traps of the real thing that it has too: a session has no payment intent until somebody tries to pay; the part of
a hold that is not captured, and a released hold, stand as a refund on the charge; a search finds a new payment a
minute late; a refund that had succeeded may fail; ``submit`` of evidence is true unless said otherwise; endpoints
show their secret once. A fake proves our logic, not Stripe's behaviour: see tests/smoke for that.
"""

from .actors import Visit
from .clock import Clock
from .fake import Fake, Habits
from .inprocess import InProcess, client
from .sessions import PageClosed
from .webhooks import Delivery, sign

__all__ = ["Clock", "Delivery", "Fake", "Habits", "InProcess", "PageClosed", "Visit", "client", "sign"]
