"""What is allowed although a rule forbids it, each with its reason. Adding a line here is a decision to review.

A line that no longer allows anything fails its test: take it out.
"""

# Link fields to these need no search index, on whatever doctype they stand.
UNINDEXED_TARGETS: dict[str, str] = {
	"Currency": "one value for nearly every row of a company: the database would never choose the index",
}

# Link fields without a search index: "Doctype.fieldname": why a lookup by it never happens.
UNINDEXED_LINKS: dict[str, str] = {}

# Functions that a visitor without a login may call: dotted path: why, and what the token is.
GUEST_METHODS: dict[str, str] = {
	"dealer_pos_crm.api.gateway.webhook": (
		"the card provider's messages: each is signed by it, over its very bytes and minutes ago, with a secret of"
		" the account whose random key stands in the address; nothing is answered but that it came"
	),
	"dealer_pos_crm.api.pay_page.opened": (
		"a customer looks at the pay page: a token signed for one pay request, which ends with it; nothing is"
		" answered"
	),
	"dealer_pos_crm.api.pay_page.start": (
		"a customer goes on to the card page: a token signed for one pay request, which ends with it; the amount"
		" comes from the books, never from the browser"
	),
	"dealer_pos_crm.api.pay_page.state": (
		"the pay page waits for its payment: a token signed for one pay request; how it stands is looked up at the"
		" provider"
	),
	"dealer_pos_crm.api.lead.send_form": (
		"a visitor of the dealer's site asks for something: a token signed for this form, good for two hours and"
		" one message; nothing is answered but that it came"
	),
}

# Uses of ignore_permissions=True: file: (how many, why the caller's own rights are not the measure).
IGNORE_PERMISSIONS: dict[str, tuple[int, str]] = {
	"dealer_pos_crm/dealer_counter/collecting/booking.py": (
		1,
		"a credit note is set off against an invoice by a journal that ERPNext makes by itself elsewhere; the right"
		" to take money was checked",
	),
	"dealer_pos_crm/dealer_counter/collecting/receipt.py": (
		1,
		"nobody writes a receipt by hand; the right to take money was checked where it begins",
	),
	"dealer_pos_crm/dealer_counter/collecting/writing.py": (
		1,
		"nobody writes a receipt by hand; the right to take money was checked where it begins",
	),
	"dealer_pos_crm/dealer_counter/approvals/pin.py": (
		1,
		"nobody writes PINs by hand; a manager sets the own one with the password, and a try counts whoever makes it",
	),
	"dealer_pos_crm/dealer_counter/refunds/booking.py": (
		1,
		"nobody writes the trail of a refund by hand; each step checks its own right where it begins",
	),
	"dealer_pos_crm/dealer_cashier/card_payments/booking.py": (
		1,
		"a captured charge is booked for whoever asked for the money, who need not have the right to write payments",
	),
	"dealer_pos_crm/dealer_cashier/card_payments/starting.py": (
		1,
		"the payer is a guest or a cashier; nobody writes card payments by hand, each door checks its own right",
	),
	"dealer_pos_crm/dealer_cashier/card_payments/ways.py": (
		1,
		"money paid for a deal before delivery is its deposit, whoever hears of it from the provider",
	),
	"dealer_pos_crm/dealer_cashier/deposits/taking.py": (
		1,
		"the money of a card is booked for whoever asked for it, who need not have the right to write payments",
	),
	"dealer_pos_crm/dealer_cashier/disputes/booking.py": (
		1,
		"what the bank took is booked whoever hears of it from the provider",
	),
	"dealer_pos_crm/dealer_counter/banking/reconciling.py": (
		1,
		"whether the statement confirms a slip follows from ERPNext's reconciliation, whoever looks or the hourly job",
	),
	"dealer_pos_crm/dealer_counter/banking/returning.py": (
		4,
		"the bank has taken the money: who may record that need not have rights on each voucher that follows from it",
	),
	"dealer_pos_crm/dealer_counter/banking/slip.py": (
		2,
		"whoever may make bank deposits need not have the right to write Journal Entries by hand",
	),
	"dealer_pos_crm/dealer_counter/banking/returned_checks.py": (
		1,
		"nobody writes a case by hand; the right to record one was checked, and the hourly job closes what is paid",
	),
	"dealer_pos_crm/dealer_cashier/disputes/case.py": (
		1,
		"a case is written by the provider's messages; people write their answer on it, with their own right",
	),
	"dealer_pos_crm/dealer_cashier/disputes/filling.py": (
		1,
		"a job fills in what the documents know when a case is new; a person's right is checked at the door",
	),
	"dealer_pos_crm/dealer_cashier/disputes/pack.py": (
		2,
		"whoever may write the case makes its pack, and puts a new one in place of the last",
	),
	"dealer_pos_crm/dealer_cashier/gateway/outbox.py": (
		2,
		"nobody writes the outbox by hand; the right to what a call is for was checked where it begins",
	),
	"dealer_pos_crm/dealer_cashier/pay_requests/request.py": (
		1,
		"a guest's payment, the clock and whoever takes one back write the same row; each checks its own right first",
	),
	"dealer_pos_crm/dealer_cashier/pay_requests/sending.py": (
		1,
		"whoever may ask for money need not have the right to write Communications",
	),
	"dealer_pos_crm/dealer_cashier/pay_requests/terms.py": (
		1,
		"the payer is a guest; nobody writes acceptances by hand",
	),
	"dealer_pos_crm/dealer_cashier/card_refunds/booking.py": (
		1,
		"nobody writes the trail of a refund by hand; each step checks its own right where it begins",
	),
	"dealer_pos_crm/dealer_cashier/card_refunds/deposits.py": (
		1,
		"a refund made at the provider is written down, whoever hears of it",
	),
	"dealer_pos_crm/dealer_cashier/card_refunds/outside.py": (
		1,
		"a refund made at the provider is written down, whoever hears of it",
	),
	"dealer_pos_crm/dealer_cashier/card_refunds/refund.py": (
		1,
		"who may settle takes a card payment off an invoice, and need not have rights on ERPNext's tool for it",
	),
	"dealer_pos_crm/dealer_cashier/card_refunds/reversing.py": (
		2,
		"what did not arrive is taken out of the books by whoever hears it from the provider",
	),
	"dealer_pos_crm/dealer_cashier/gateway/failures.py": (
		2,
		"a task is put on the list of whoever is responsible, and taken off, by whatever failed or succeeded",
	),
	"dealer_pos_crm/dealer_cashier/gateway/inbox.py": (
		1,
		"a message of the provider is kept whoever brings it; nobody writes the inbox by hand",
	),
	"dealer_pos_crm/dealer_cashier/deposits/actions.py": (
		1,
		"nobody may write the trail of who asked and who decided; the action may",
	),
	"dealer_pos_crm/dealer_cashier/deposits/refresh.py": (
		1,
		"movements are the ledger's, written for whoever changed it",
	),
	"dealer_pos_crm/dealer_cashier/deposits/settling.py": (
		1,
		"a payment of the same day is cancelled by an action that was checked and approved",
	),
	"dealer_pos_crm/dealer_cashier/payouts/booking.py": (
		3,
		"the payout's row and its Journal Entry follow from what the provider paid; who may book was checked on the payout",
	),
	"dealer_pos_crm/dealer_cashier/payouts/matching.py": (
		1,
		"nobody writes a payout by hand; its status follows from its rows",
	),
	"dealer_pos_crm/dealer_cashier/payouts/reading.py": (
		2,
		"a payout is the provider's, written by a job for nobody in particular",
	),
	"dealer_pos_crm/dealer_cashier/payouts/settling.py": (
		1,
		"rows of a payout are read-only for everybody; settling one was checked on the payout",
	),
	"dealer_pos_crm/dealer_counter/receipts/mailing.py": (
		2,
		"whoever may e-mail a receipt leaves the message and its PDF on file without a right to write either",
	),
	"dealer_pos_crm/dealer_counter/receipts/prints.py": (
		1,
		"nobody writes by hand what was printed; whoever may print leaves the trace of it",
	),
	"dealer_pos_crm/dealer_counter/cash_reports/deciding.py": (
		1,
		"nobody writes decisions about payments by hand; who may decide is checked at the door",
	),
	"dealer_pos_crm/dealer_counter/cash_reports/report.py": (
		2,
		"a report follows from the payments of whoever takes them, and from what the counter records of the payer",
	),
	"dealer_pos_crm/dealer_crm/follow_ups.py": (
		2,
		"a promise puts a task on its owner's list and takes it off, whoever caused it",
	),
	"dealer_pos_crm/dealer_service/declined/rows.py": (
		1,
		"nobody writes declined work by hand; whoever may record the answer has it written",
	),
	"dealer_pos_crm/dealer_service/orders/order.py": (
		1,
		"a technician who may not edit a repair order writes the cause and clocks on; each step checks its own right",
	),
	"dealer_pos_crm/dealer_service/billing/making.py": (
		1,
		"who may bill an order need not have the right to write invoices and journals by hand",
	),
	"dealer_pos_crm/dealer_service/billing/position.py": (
		1,
		"a deductible's journal stands and falls with its invoice, whoever cancels that",
	),
	"dealer_pos_crm/dealer_showroom/delivery/posting.py": (
		1,
		"who may deliver, fund or unwind a deal need not have the right to write invoices and journals by hand",
	),
	"dealer_pos_crm/dealer_showroom/delivery/invoice_events.py": (
		1,
		"the entries of a delivery stand and fall with its invoice, whoever cancels that",
	),
	"dealer_pos_crm/dealer_showroom/delivery/vehicle.py": (
		1,
		"the car goes with its deal, whoever may deliver that",
	),
	"dealer_pos_crm/dealer_service/billing/claims.py": (
		1,
		"nobody writes a claim's money or status by hand; whoever may do the step has it written",
	),
	"dealer_pos_crm/dealer_crm/leads/contact.py": (
		1,
		"whoever may write a lead may say that they called; the message that keeps it is nobody's to write",
	),
	"dealer_pos_crm/dealer_setup/notices.py": (
		1,
		"who has to know is told by whoever did it; a notification is nobody's own document",
	),
	"dealer_pos_crm/dealer_setup/changes.py": (
		1,
		"nobody writes versions by hand; whoever may hand something over leaves the trace of it",
	),
	"dealer_pos_crm/dealer_crm/step_log.py": (
		1,
		"nobody writes the lane's record by hand; whoever may do the step has it written",
	),
	"dealer_pos_crm/dealer_showroom/deals/deal.py": (
		1,
		"a step of a deal keeps what it changed: a cashier's deposit moves the stage of a salesperson's deal",
	),
	"dealer_pos_crm/dealer_showroom/deals/losing.py": (
		1,
		"the reasons a new site starts with, put there at install",
	),
	"dealer_pos_crm/dealer_showroom/commission/commission.py": (
		1,
		"nobody writes commissions by hand; a delivery accrues them whoever delivers",
	),
	"dealer_pos_crm/dealer_showroom/commission/posting.py": (
		1,
		"who may post commissions need not have the right to write journals by hand",
	),
	"dealer_pos_crm/dealer_showroom/gross/gross.py": (
		1,
		"nobody writes gross by hand; it follows from the deal, also when a technician's cost changes it",
	),
	"dealer_pos_crm/dealer_showroom/recon/recon.py": (
		2,
		"a recon begins with its car, and the owner of a step takes it; each act checks its own right",
	),
	"dealer_pos_crm/dealer_showroom/recon/templates.py": (
		1,
		"whoever makes a company a dealership gives it the templates to start with",
	),
	"dealer_pos_crm/dealer_showroom/worksheet/scenarios.py": (
		4,
		"a salesperson copies and keeps costs that Frappe would empty, as they are not theirs to see; approval"
		" writes a scenario that nobody may edit; each step checks the right on scenario and deal first",
	),
	"dealer_pos_crm/dealer_showroom/worksheet/invoice_lines.py": (
		1,
		"the item tax template that taxes nothing is made for whoever delivers the deal",
	),
	"dealer_pos_crm/dealer_showroom/trade_ins/trade.py": (
		3,
		"delivery and unwind bring a trade-in into stock and back for whoever may do these; approval accepts it",
	),
	"dealer_pos_crm/dealer_showroom/stock/stock.py": (
		1,
		"who may take a car into stock writes its cost, which they need not see afterwards",
	),
	"dealer_pos_crm/dealer_showroom/documents/files.py": (
		1,
		"nobody writes a sensitive paper by hand; whoever may write the deal hands it in, and may not open it",
	),
	"dealer_pos_crm/dealer_showroom/promises/we_owe.py": (
		1,
		"a bill ends with its deal, whoever unwinds that; its own steps check the right where they begin",
	),
	"dealer_pos_crm/dealer_showroom/titles/title.py": (
		2,
		"title work opens at delivery and ends at an unwind, whoever does these",
	),
	"dealer_pos_crm/dealer_showroom/holds.py": (
		1,
		"nobody writes holds by hand; a deposit that may be taken holds its vehicle",
	),
	"dealer_pos_crm/listeners/company.py": (
		1,
		"whoever may merge companies need not have rights on Dealer Settings",
	),
	"dealer_pos_crm/dealer_crm/leads/intake.py": (
		1,
		"a message is kept whoever brings it; nobody writes the inbox by hand",
	),
	"dealer_pos_crm/dealer_crm/leads/mail.py": (1, "mail is fetched by nobody in particular"),
	"dealer_pos_crm/dealer_crm/leads/receiving.py": (
		3,
		"a provider's message makes a lead, its address and its source, and the provider has no right to any",
	),
	"dealer_pos_crm/dealer_counter/shifts/closing.py": (
		4,
		"who may close a shift, or open its count again, was checked; ERPNext's entry of it follows from that",
	),
	"dealer_pos_crm/dealer_counter/shifts/differences.py": (
		2,
		"over and short follows from a closing that who may close has done, and goes when the closing goes",
	),
	"dealer_pos_crm/dealer_counter/shifts/count.py": (
		1,
		"nobody writes a count by hand; each step of a shift checks its own right first",
	),
	"dealer_pos_crm/dealer_counter/shifts/telling.py": (
		2,
		"a task is put on the manager's list, and taken off, by whatever failed or succeeded",
	),
}

# Calls of frappe.db.commit(): file: (how many, why the request's or job's own commit is not enough).
COMMITS: dict[str, tuple[int, str]] = {
	"dealer_pos_crm/dealer_counter/collecting/cards.py": (
		2,
		"what the provider said of a card is kept, whatever becomes of the rest of its receipt",
	),
	"dealer_pos_crm/dealer_counter/collecting/receipt.py": (
		1,
		"the receipt stands before the provider is asked for money",
	),
	"dealer_pos_crm/dealer_counter/approvals/password.py": (
		1,
		"who typed a wrong password is in the log of logins whatever becomes of the request",
	),
	"dealer_pos_crm/dealer_counter/approvals/pin.py": (
		1,
		"a try of a PIN counts whatever becomes of the request, and no lock is held while the decision is made",
	),
	"dealer_pos_crm/dealer_cashier/terminal/recovery.py": (
		1,
		"when a payment could not be looked at is kept although that failed: the others have their turn first",
	),
	"dealer_pos_crm/dealer_cashier/payouts/reading.py": (
		4,
		"a job: a payout that was heard of is kept before its rows are asked for, its rows before it is booked; the"
		" provider is called without holding anything",
	),
	"dealer_pos_crm/dealer_cashier/terminal/taking.py": (
		1,
		"what was seen of a reader is kept, and nothing is locked while the provider is asked",
	),
	"dealer_pos_crm/dealer_cashier/card_payments/booking.py": (
		3,
		"a charge and its Payment Entry are one piece of work; why it failed, and its trace, are kept in the next",
	),
	"dealer_pos_crm/dealer_cashier/card_payments/payment.py": (
		2,
		"that money was taken is known of whatever becomes of its booking, which is a transaction of its own",
	),
	"dealer_pos_crm/dealer_cashier/card_payments/sweep.py": (
		1,
		"nothing is locked while the provider is asked",
	),
	"dealer_pos_crm/dealer_cashier/disputes/sweep.py": (
		1,
		"no lock is held while the provider is asked",
	),
	"dealer_pos_crm/dealer_cashier/gateway/outbox.py": (
		6,
		"a call is committed before it is made and its answer after it; nothing is locked in between",
	),
	"dealer_pos_crm/dealer_cashier/pay_requests/sending.py": (
		1,
		"a failure after the request's own commit must stay to be seen; nothing commits after it",
	),
	"dealer_pos_crm/dealer_cashier/pay_requests/sessions.py": (
		1,
		"what the provider says of one payment is kept, whatever becomes of the next",
	),
	"dealer_pos_crm/api/gateway.py": (
		2,
		"a refused message is undone with its request; that it was counted and told must stay",
	),
	"dealer_pos_crm/dealer_cashier/card_refunds/sending.py": (
		1,
		"nothing goes to the provider that is not on file, and no lock is held while it answers",
	),
	"dealer_pos_crm/dealer_cashier/gateway/catch_up.py": (
		2,
		"no transaction is open while the provider is asked, and what was kept stays when it stops answering",
	),
	"dealer_pos_crm/dealer_cashier/gateway/endpoint.py": (
		3,
		"no lock waits for the network, and a secret that is told once is kept before anything else happens",
	),
	"dealer_pos_crm/dealer_cashier/gateway/inbox.py": (
		4,
		"each message is a piece of work of its own, and a try that kills its worker must have been counted",
	),
	"dealer_pos_crm/dealer_crm/reassign.py": (
		1,
		"a large hand-over goes on batch by batch; each is whole, and what is left is found again",
	),
	"dealer_pos_crm/commands/__init__.py": (1, "a command is its own job"),
	"dealer_pos_crm/dealer_counter/receipts/sending.py": (
		1,
		"a failure after the payment's own commit must stay to be seen; nothing commits after it",
	),
	"dealer_pos_crm/dealer_cashier/receipts.py": (
		1,
		"a failure after the payment's own commit must stay to be seen; nothing commits after it",
	),
	"dealer_pos_crm/dealer_crm/follow_ups.py": (
		3,
		"each batch of promises is a piece of work of its own, so that locks are held shortly",
	),
	"dealer_pos_crm/dealer_crm/leads/intake.py": (
		6,
		"the inbox is kept before a message is read, each message is a piece of work of its own, and a try that"
		" kills its worker must have been counted",
	),
	"dealer_pos_crm/dealer_crm/leads/mail.py": (
		1,
		"the inbox is kept before anything is done with it, in a job of its own",
	),
	"dealer_pos_crm/dealer_crm/rebuild.py": (1, "a stopped rebuild goes on after its last batch"),
	"dealer_pos_crm/dealer_service/declined/nightly.py": (
		1,
		"in the nightly run each row is a piece of work of its own; one that fails holds no other up",
	),
	"dealer_pos_crm/dealer_setup/acting.py": (
		1,
		"a scheduled job's documents are each a piece of work of its own; one that fails holds no other up",
	),
	"dealer_pos_crm/dealer_service/recalls/lookup.py": (
		2,
		"an outbox row is committed before its call, so that a crash leaves a trace; each retry is its own work",
	),
	"dealer_pos_crm/dealer_setup/demo/deal_replay.py": (
		9,
		"several people and several clicks in one act, each a transaction, as at the desk",
	),
	"dealer_pos_crm/dealer_setup/demo/house.py": (1, "a step of a demo, which nobody else uses meanwhile"),
	"dealer_pos_crm/dealer_setup/demo/lane_replay.py": (
		1,
		"two clicks of a technician, with the work between",
	),
	"dealer_pos_crm/dealer_setup/demo/replay.py": (4, "each act is a transaction, as it is at the counter"),
	"dealer_pos_crm/dealer_setup/demo/showroom_house.py": (
		1,
		"a step of a demo, which nobody else uses meanwhile",
	),
	"dealer_pos_crm/dealer_setup/demo/showroom_replay.py": (
		3,
		"a message is kept before it is read; each step of a recon is a click of its own",
	),
	"dealer_pos_crm/dealer_setup/demo/site.py": (3, "a step of a demo, which nobody else uses meanwhile"),
	"dealer_pos_crm/dealer_showroom/holds.py": (
		1,
		"each hold ends in a transaction of its own; one that fails holds no other up",
	),
	"dealer_pos_crm/dealer_counter/shifts/closing.py": (
		5,
		"ERPNext's consolidation commits, or undoes everything, by itself: each step before and after it stands alone",
	),
	"dealer_pos_crm/dealer_counter/shifts/differences.py": (
		1,
		"the closing has committed before; its difference, or why it is not booked, is kept by itself",
	),
}

# SQL whose text is put together: file: (how many, why no value from outside gets into the text).
BUILT_SQL: dict[str, tuple[int, str]] = {
	"dealer_pos_crm/dealer_counter/collecting/dues.py": (
		4,
		"with or without a lock, and columns and tables of the file's own; values go as parameters",
	),
	"dealer_pos_crm/dealer_counter/refunds/sources.py": (
		3,
		"a customer's and one source's select share their columns, constants of the file",
	),
	"dealer_pos_crm/dealer_showroom/deals/funnel.py": (
		3,
		"groups and columns are constants of the file; what a person asks for goes in as parameters",
	),
	"dealer_pos_crm/dealer_cashier/deposits/ledger.py": (
		2,
		"two selects share their columns, constants of the file",
	),
	"dealer_pos_crm/dealer_counter/banking/undeposited.py": (
		4,
		"two selects for a list and for named documents, the conditions constants of the file",
	),
	"dealer_pos_crm/dealer_showroom/delivery/reading.py": (
		4,
		"with or without a lock, a constant of the file",
	),
	"dealer_pos_crm/dealer_service/billing/reading.py": (3, "with or without a lock, a constant of the file"),
	"dealer_pos_crm/dealer_crm/export.py": (1, "the columns of an event, a constant"),
	"dealer_pos_crm/dealer_crm/rebuild.py": (1, "the columns of an event, a constant"),
	"dealer_pos_crm/dealer_crm/store.py": (
		5,
		"columns and conditions are constants of the file; values are parameters. An insert that is written once"
		" needs on duplicate key update, and reading due promises needs skip locked",
	),
	"dealer_pos_crm/dealer_counter/shifts/expected.py": (
		5,
		"with or without a lock, and columns that two selects share: constants of the file",
	),
	"dealer_pos_crm/dealer_counter/shifts/stamping.py": (
		1,
		"with one lock or another, and columns that two selects share: constants of the file",
	),
}

# Where a job works in a person's name: file: why it gives nobody a right.
SET_USER: dict[str, str] = {
	"dealer_pos_crm/dealer_setup/acting.py": (
		"what a message of the card provider leads to is written in the name of whoever asked for the money, as the"
		" job itself has more rights than that person; and a manager who has just said who they are decides one"
		" document at somebody else's screen, with the manager's own rights. The session that it finds comes back as"
		" it was"
	),
}
