/** The dealership's counter: what is loaded at the point of sale, and by the forms and pages of the counter. */

import * as approve from "./counter/approve/approve";
import * as pin from "./counter/approve/pin";
import * as bank_buttons from "./counter/bank/buttons";
import * as bank_case from "./counter/bank/case";
import * as bank_form from "./counter/bank/form";
import * as bank_returned from "./counter/bank/returned";
import * as card from "./counter/pos/card";
import * as context from "./counter/pos/context";
import * as extension from "./counter/pos/extension";
import * as registry from "./counter/pos/registry";
import * as cash_report_form from "./counter/cash_report/form";
import * as cash_report_notices from "./counter/cash_report/notices";
import * as cash_report_payer from "./counter/cash_report/payer";
import * as cash_report_pos from "./counter/cash_report/pos";
import * as cash_report_status from "./counter/cash_report/status";
import * as collect from "./counter/collect/collect";
import * as deposit from "./counter/deposit/take";
import * as receipt_form from "./counter/receipt/form";
import * as receipts from "./counter/receipts/receipts";
import * as refund_form from "./counter/refund/form";
import * as refund from "./counter/refund/refund";
import * as returns from "./counter/refund/returns";
import * as shift from "./counter/shift/shift";
import * as strip from "./counter/strip/strip";

frappe.provide("dealer.counter");
Object.assign(dealer.counter, {
	approve: approve.approve,
	bank: { ...bank_buttons, ...bank_form, ...bank_returned, refresh_case: bank_case.refresh },
	context: context.context,
	own_pin: pin.own_pin,
	refresh: strip.refresh,
	pos: { ...context, ...registry, ...extension },
	cash_report: {
		...cash_report_status,
		...cash_report_payer,
		...cash_report_form,
		notices: cash_report_notices,
	},
	collect,
	deposit,
	receipt: receipt_form,
	receipts,
	refund: { ...refund, ...refund_form, before_return: returns.before_submit },
	shift,
	strip,
});
extension.setup();
strip.setup();
collect.setup();
deposit.setup();
receipts.setup();
cash_report_pos.setup();
card.setup();
refund.setup();
shift.setup();
