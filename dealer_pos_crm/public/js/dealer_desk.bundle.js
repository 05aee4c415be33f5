/** What the dealership's forms and lists share. It waits until one of them calls. */

import * as ask from "./desk/ask";
import * as dealership from "./desk/dealership";
import * as html from "./desk/html";
import * as list from "./desk/list";
import * as server from "./desk/server";
import * as words from "./desk/words";
import * as appointment_actions from "./appointment/actions";
import * as appointment from "./appointment/form";
import * as appointment_load from "./appointment/load";
import * as appointment_status from "./appointment/status";
import * as card_buttons from "./card/buttons";
import * as card_hold from "./card/hold";
import * as card_reader from "./card/reader_form";
import * as card_take from "./card/take";
import * as card_attempt from "./card_payment/attempt";
import * as card_payment from "./card_payment/form";
import * as card_payment_status from "./card_payment/status";
import * as commission from "./commission/statement";
import * as customer from "./customer/form";
import * as deal_actions from "./deal/actions";
import * as deal from "./deal/form";
import * as deal_lose from "./deal/lose";
import * as deal_open from "./deal/open";
import * as deal_status from "./deal/status";
import * as declined from "./declined/form";
import * as declined_status from "./declined/status";
import * as delivery from "./delivery/form";
import * as delivery_lender from "./delivery/lender";
import * as deposit_action from "./deposit/action_form";
import * as deposit_actions from "./deposit/actions";
import * as deposit from "./deposit/form";
import * as deposit_status from "./deposit/status";
import * as dispute from "./dispute/form";
import * as dispute_status from "./dispute/status";
import * as floor_actions from "./floor/actions";
import * as floor from "./floor/form";
import * as floor_status from "./floor/status";
import * as floor_up from "./floor/up";
import * as follow_up from "./follow_up/form";
import * as follow_up_status from "./follow_up/status";
import * as gateway from "./gateway/account";
import * as gateway_event from "./gateway/event";
import * as inspection from "./inspection/form";
import * as invoice from "./invoice/form";
import * as lead_feed from "./lead/feed";
import * as lead_form from "./lead/form";
import * as lead_intake from "./lead/intake";
import * as lead_hand_over from "./lead_response/hand_over";
import * as lead_log from "./lead_response/log";
import * as lead_panel from "./lead_response/panel";
import * as lead_routing_rule from "./lead_response/routing_rule";
import * as lead_status from "./lead_response/status";
import * as papers from "./papers/form";
import * as papers_title from "./papers/title";
import * as papers_we_owe from "./papers/we_owe";
import * as payout from "./payout/form";
import * as pay_request_buttons from "./pay_request/buttons";
import * as pay_request from "./pay_request/form";
import * as pay_request_link from "./pay_request/link";
import * as pay_request_send from "./pay_request/send";
import * as pay_request_status from "./pay_request/status";
import * as recall from "./recall/form";
import * as recon from "./recon/form";
import * as recon_status from "./recon/status";
import * as refund_buttons from "./refund/buttons";
import * as refund_dialog from "./refund/dialog";
import * as refund from "./refund/form";
import * as refund_status from "./refund/status";
import * as check_in from "./repair_order/check_in";
import * as find_order from "./repair_order/find";
import * as repair_order from "./repair_order/form";
import * as repair_order_status from "./repair_order/status";
import * as rule from "./rule/form";
import * as service_billing_claim from "./service_billing/claim";
import * as service_billing_dialogs from "./service_billing/dialogs";
import * as service_billing from "./service_billing/form";
import * as settings from "./settings/form";
import * as trade_in from "./trade_in/form";
import * as vehicle from "./vehicle/form";
import * as vehicle_status from "./vehicle/status";
import * as worksheet from "./worksheet/form";

frappe.provide("dealer");
Object.assign(dealer, {
	...ask,
	...dealership,
	...html,
	...server,
	...words,
	list,
	appointment: {
		...appointment_status,
		...appointment_load,
		actions: appointment_actions,
		...appointment,
	},
	card: {
		...card_take,
		...card_buttons,
		holds: card_hold,
		reader: card_reader,
	},
	card_payment: { attempt: card_attempt, ...card_payment_status, ...card_payment },
	commission,
	customer,
	deal: { actions: deal_actions, ...deal_status, ...deal_open, ...deal_lose, ...deal },
	declined: { ...declined_status, ...declined },
	delivery: { ...delivery, lender: delivery_lender },
	deposit: { ...deposit_actions, ...deposit_status, ...deposit_action, ...deposit },
	dispute: { ...dispute_status, ...dispute },
	floor: { actions: floor_actions, ...floor_status, ...floor_up, ...floor },
	follow_up: { ...follow_up_status, ...follow_up },
	gateway: { ...gateway, event: gateway_event },
	inspection,
	invoice,
	lead: {
		...lead_status,
		...lead_log,
		...lead_panel,
		...lead_hand_over,
		...lead_form,
		routing_rule: lead_routing_rule,
	},
	lead_feed,
	lead_intake,
	papers: { ...papers, title: papers_title, we_owe: papers_we_owe },
	payout,
	pay_request: {
		...pay_request_status,
		...pay_request_link,
		...pay_request_send,
		...pay_request,
	},
	recall,
	recon: { ...recon_status, ...recon },
	refund: { ...refund_status, dialog: refund_dialog, ...refund },
	repair_order: { ...repair_order_status, ...find_order, ...check_in, ...repair_order },
	rule,
	service_billing: { ...service_billing_dialogs, ...service_billing_claim, ...service_billing },
	settings,
	trade_in,
	vehicle: { ...vehicle_status, ...vehicle },
	worksheet,
});
worksheet.setup();
floor.setup();
delivery.setup();
papers.setup();
pay_request_buttons.setup();
refund_buttons.setup();
words.keep_fresh();

// Breadcrumbs lead to the workspace of the work, whatever the module.
const WORKSPACES = {
	"Dealer Showroom": [
		"Card Payment",
		"Card Reader",
		"Card Refund",
		"Customer Event",
		"Deal Jacket",
		"Deal Lost Reason",
		"Dealer Settings",
		"Deposit",
		"Deposit Action",
		"Deposit Movement",
		"Dispute Case",
		"Follow Up",
		"Follow Up Rule",
		"Gateway Account",
		"Gateway Event",
		"Gateway Payout",
		"Gateway Payout Line",
		"Lead Routing Rule",
		"Pay Request",
		"Payment Attempt",
		"Staff Calendar",
	],
	"Dealer Service": [
		"Declined Service",
		"Inspection Template",
		"Labor Operation",
		"Manufacturer Claim",
		"Recall Lookup",
		"Repair Order",
		"Service Appointment",
		"Service Team",
		"Technician Clock",
		"Vehicle Inspection",
		"Vehicle Recall",
	],
};
for (const [module, doctypes] of Object.entries(WORKSPACES)) {
	for (const doctype of doctypes) {
		if (frappe.breadcrumbs?.preferred) frappe.breadcrumbs.preferred[doctype] = module;
	}
}
