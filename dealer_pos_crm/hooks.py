app_name = "dealer_pos_crm"
app_title = "Dealer POS CRM"
app_publisher = "dealer_pos_crm contributors"
app_description = "POS and CRM for car dealerships, inside ERPNext"
app_email = "maintainers@dealer-pos-crm.example"
app_license = "GPL-3.0"
required_apps = ["erpnext"]

# Install
before_install = "dealer_pos_crm.install.before_install"
after_install = "dealer_pos_crm.install.after_install"
after_migrate = "dealer_pos_crm.install.after_migrate"
before_uninstall = "dealer_pos_crm.uninstall.before_uninstall"

# Boot
extend_bootinfo = "dealer_pos_crm.boot.extend_bootinfo"

# Desk
app_include_css = "dealer_desk.bundle.css"
app_include_js = "dealer_desk.bundle.js"

# Desk: forms of ERPNext's own doctypes
doctype_js = {
	"Customer": "public/js/customer.js",
	"Lead": "public/js/lead.js",
	"POS Closing Entry": "public/js/pos_closing_entry.js",
	"POS Invoice": "public/js/pos_invoice.js",
	"Payment Entry": "public/js/payment_entry.js",
	"Sales Invoice": "public/js/sales_invoice.js",
	"User": "public/js/user.js",
}
page_js = {"point-of-sale": "public/js/pos_page.js"}
doctype_list_js = {"Lead": "public/js/lead_list.js"}

# Pages for customers
page_renderer = ["dealer_pos_crm.dealer_cashier.pay_requests.rendering.PayPage"]
after_request = ["dealer_pos_crm.listeners.response.after_request"]

# Prints
jinja = {
	"methods": [
		"dealer_pos_crm.dealer_cashier.printing.dealer_receipt",
		"dealer_pos_crm.dealer_counter.printing.dealer_counter_paper",
		"dealer_pos_crm.dealer_service.printing.dealer_service_paper",
		"dealer_pos_crm.dealer_showroom.printing.dealer_showroom_paper",
	]
}

# Timelines of forms of ERPNext's own doctypes
additional_timeline_content = {
	"Customer": ["dealer_pos_crm.dealer_crm.timeline.get_timeline"],
	"Lead": ["dealer_pos_crm.dealer_crm.timeline.get_timeline"],
}

# Document events, by doctype
doc_events = {
	# Card numbers never enter: the guard itself knows whose documents it looks at
	"*": {
		"before_insert": "dealer_pos_crm.dealer_setup.card_numbers.guard",
		"before_rename": "dealer_pos_crm.dealer_setup.card_numbers.guard_name",
		"before_update_after_submit": "dealer_pos_crm.dealer_setup.card_numbers.guard",
		"before_validate": "dealer_pos_crm.dealer_setup.card_numbers.guard",
	},
	"Call Log": {
		"on_update": "dealer_pos_crm.listeners.call_log.on_update",
	},
	"Communication": {
		"after_insert": "dealer_pos_crm.listeners.communication.after_insert",
	},
	"Company": {
		"after_rename": "dealer_pos_crm.listeners.company.after_rename",
	},
	"Contact": {
		"before_validate": "dealer_pos_crm.listeners.contact.before_validate",
		"on_trash": "dealer_pos_crm.listeners.contact.on_trash",
		"on_update": "dealer_pos_crm.listeners.contact.on_update",
		"validate": "dealer_pos_crm.listeners.contact.validate",
	},
	"Customer": {
		"after_rename": "dealer_pos_crm.listeners.customer.after_rename",
	},
	"Deal Scenario": {
		"on_update": "dealer_pos_crm.listeners.deal_scenario.on_update",
	},
	"Dealer Settings": {
		"after_insert": "dealer_pos_crm.listeners.dealer_settings.after_insert",
	},
	"Dealer Vehicle": {
		"on_update": "dealer_pos_crm.listeners.dealer_vehicle.on_update",
		"validate": "dealer_pos_crm.listeners.dealer_vehicle.validate",
	},
	"Journal Entry": {
		"before_cancel": "dealer_pos_crm.listeners.journal_entry.before_cancel",
		"on_cancel": "dealer_pos_crm.listeners.journal_entry.on_cancel",
		"on_submit": "dealer_pos_crm.listeners.journal_entry.on_submit",
		"validate": "dealer_pos_crm.listeners.journal_entry.validate",
	},
	"Lead": {
		"after_insert": "dealer_pos_crm.listeners.lead.after_insert",
		"after_rename": "dealer_pos_crm.listeners.lead.after_rename",
		"before_validate": "dealer_pos_crm.listeners.lead.before_validate",
		"on_trash": "dealer_pos_crm.listeners.lead.on_trash",
		"on_update": "dealer_pos_crm.listeners.lead.on_update",
		"validate": "dealer_pos_crm.listeners.lead.validate",
	},
	"POS Closing Entry": {
		"before_cancel": "dealer_pos_crm.listeners.pos_closing_entry.before_cancel",
		"before_submit": "dealer_pos_crm.listeners.pos_closing_entry.before_submit",
		"before_validate": "dealer_pos_crm.listeners.pos_closing_entry.before_validate",
		"on_change": "dealer_pos_crm.listeners.pos_closing_entry.on_change",
	},
	"POS Invoice": {
		"before_cancel": "dealer_pos_crm.listeners.pos_invoice.before_cancel",
		"before_submit": "dealer_pos_crm.listeners.pos_invoice.before_submit",
		"on_cancel": "dealer_pos_crm.listeners.pos_invoice.on_cancel",
		"on_submit": "dealer_pos_crm.listeners.pos_invoice.on_submit",
		"on_trash": "dealer_pos_crm.listeners.pos_invoice.on_trash",
		"validate": "dealer_pos_crm.listeners.pos_invoice.validate",
	},
	"POS Invoice Merge Log": {
		"before_submit": "dealer_pos_crm.listeners.pos_invoice_merge_log.before_submit",
		"on_submit": "dealer_pos_crm.listeners.pos_invoice_merge_log.on_submit",
	},
	"Payment Entry": {
		"before_cancel": "dealer_pos_crm.listeners.payment_entry.before_cancel",
		"before_update_after_submit": "dealer_pos_crm.listeners.payment_entry.before_update_after_submit",
		"before_validate": "dealer_pos_crm.listeners.payment_entry.before_validate",
		"on_cancel": "dealer_pos_crm.listeners.payment_entry.on_cancel",
		"on_submit": "dealer_pos_crm.listeners.payment_entry.on_submit",
		"validate": "dealer_pos_crm.listeners.payment_entry.validate",
	},
	"Payment Ledger Entry": {
		"on_submit": "dealer_pos_crm.listeners.payment_ledger_entry.on_submit",
	},
	"Process Payment Reconciliation Log": {
		"validate": "dealer_pos_crm.listeners.process_payment_reconciliation_log.validate",
	},
	"Repair Order": {
		"after_insert": "dealer_pos_crm.listeners.lane_vehicle.after_insert",
		"on_update": "dealer_pos_crm.listeners.repair_order.on_update",
	},
	"Repost Payment Ledger": {
		"validate": "dealer_pos_crm.listeners.repost_payment_ledger.validate",
	},
	"Sales Invoice": {
		"before_cancel": "dealer_pos_crm.listeners.sales_invoice.before_cancel",
		"on_cancel": "dealer_pos_crm.listeners.sales_invoice.on_cancel",
		"on_submit": "dealer_pos_crm.listeners.sales_invoice.on_submit",
		"validate": "dealer_pos_crm.listeners.sales_invoice.validate",
	},
	"Sales Order": {
		"on_cancel": "dealer_pos_crm.listeners.sales_order.on_cancel",
	},
	"Service Appointment": {
		"after_insert": "dealer_pos_crm.listeners.lane_vehicle.after_insert",
	},
	"ToDo": {
		"on_trash": "dealer_pos_crm.listeners.todo.on_trash",
		"on_update": "dealer_pos_crm.listeners.todo.on_update",
	},
	"Trade In": {
		"on_update": "dealer_pos_crm.listeners.trade_in.on_update",
	},
	"Unreconcile Payment": {
		"on_submit": "dealer_pos_crm.listeners.unreconcile_payment.on_submit",
	},
	"User": {
		"on_update": "dealer_pos_crm.listeners.user.on_update",
	},
	"Version": {
		"before_insert": "dealer_pos_crm.listeners.version.before_insert",
	},
	"We Owe": {
		"on_update": "dealer_pos_crm.listeners.we_owe.on_update",
	},
}

# Who may see which rows
permission_query_conditions = {
	"Cashier Log": "dealer_pos_crm.dealer_crm.confidential.of_cashier_log",
	"Commission Entry": "dealer_pos_crm.dealer_showroom.commission.rights.only_own",
	"Customer Event": "dealer_pos_crm.dealer_crm.confidential.of_events",
	"POS Closing Entry": "dealer_pos_crm.dealer_counter.rights.only_own",
	"POS Opening Entry": "dealer_pos_crm.dealer_counter.rights.only_own",
	"Shift Count": "dealer_pos_crm.dealer_counter.rights.only_own",
	"Showroom Log": "dealer_pos_crm.dealer_crm.confidential.of_log",
}
has_permission = {
	"Cashier Log": "dealer_pos_crm.dealer_crm.confidential.may_read",
	"Commission Entry": "dealer_pos_crm.dealer_showroom.commission.rights.is_own",
	"Customer Event": "dealer_pos_crm.dealer_crm.confidential.may_read",
	"POS Closing Entry": "dealer_pos_crm.dealer_counter.rights.is_own",
	"POS Opening Entry": "dealer_pos_crm.dealer_counter.rights.is_own",
	"Shift Count": "dealer_pos_crm.dealer_counter.rights.is_own",
	"Sales Invoice": "dealer_pos_crm.dealer_counter.shifts.consolidating.may_write",
	"Showroom Log": "dealer_pos_crm.dealer_crm.confidential.may_read",
}

# What may not keep a document from being deleted
ignore_links_on_delete = [
	"Cash Relation",
	"Cashier Log",
	"Customer Event",
	"Dealer Vehicle Hold",
	"Deposit",
	"Deposit Action",
	"Deposit Movement",
	"Follow Up",
	"Gateway Event",
	"Lead Intake",
	"Manufacturer Claim",
	"Payment Attempt",
	"Service Log",
	"Showroom Log",
]

# Connections on forms of ERPNext's own doctypes
override_doctype_dashboards = {"Customer": "dealer_pos_crm.dealer_crm.dashboards.customer"}

# Scheduler
scheduler_events = {
	"cron": {
		"* * * * *": [
			"dealer_pos_crm.dealer_cashier.gateway.inbox.sweep",
			"dealer_pos_crm.dealer_cashier.gateway.outbox.sweep",
			"dealer_pos_crm.dealer_crm.follow_ups.open_due",
			"dealer_pos_crm.dealer_crm.leads.intake.sweep",
		],
		"*/5 * * * *": [
			"dealer_pos_crm.dealer_cashier.pay_requests.automatic.sweep",
			"dealer_pos_crm.dealer_cashier.pay_requests.following.close_settled",
			"dealer_pos_crm.dealer_cashier.pay_requests.following.expire_due",
			"dealer_pos_crm.dealer_cashier.card_payments.authorising.watch",
			"dealer_pos_crm.dealer_cashier.card_payments.sweep.run",
			"dealer_pos_crm.dealer_cashier.terminal.recovery.sweep",
			"dealer_pos_crm.dealer_counter.shifts.watch.run",
			"dealer_pos_crm.dealer_crm.leads.mail.sweep",
			"dealer_pos_crm.dealer_service.appointments.book.mark_missed",
			"dealer_pos_crm.dealer_service.recalls.lookup.retry_due",
			"dealer_pos_crm.dealer_showroom.holds.expire_due",
			"dealer_pos_crm.dealer_showroom.visits.appointments.mark_missed",
		],
		"*/10 * * * *": [
			"dealer_pos_crm.dealer_cashier.gateway.catch_up.run",
		],
	},
	"hourly_long": [
		"dealer_pos_crm.dealer_cashier.card_refunds.sweep.run",
		"dealer_pos_crm.dealer_cashier.disputes.sweep.run",
		"dealer_pos_crm.dealer_cashier.payouts.reading.sweep",
		"dealer_pos_crm.dealer_counter.banking.check_ending.run",
		"dealer_pos_crm.dealer_counter.banking.reconciling.run",
	],
	"daily": [
		"dealer_pos_crm.dealer_counter.requests.forget_old",
		"dealer_pos_crm.dealer_crm.absences.begin_today",
	],
	"daily_long": [
		"dealer_pos_crm.dealer_cashier.deposits.refresh.check_all_open",
		"dealer_pos_crm.dealer_counter.cash_reports.nightly.run",
		"dealer_pos_crm.dealer_service.billing.position.check_all_open",
		"dealer_pos_crm.dealer_service.declined.nightly.expire",
		"dealer_pos_crm.dealer_showroom.delivery.position.check_all_open",
	],
}
