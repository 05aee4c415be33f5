/** The dealership's counter: what is loaded at the point of sale, and by the forms and pages of the counter. */

import * as card from "./counter/pos/card";
import * as context from "./counter/pos/context";
import * as extension from "./counter/pos/extension";
import * as registry from "./counter/pos/registry";
import * as collect from "./counter/collect/collect";
import * as deposit from "./counter/deposit/take";
import * as strip from "./counter/strip/strip";

frappe.provide("dealer.counter");
Object.assign(dealer.counter, {
	context: context.context,
	refresh: strip.refresh,
	pos: { ...context, ...registry, ...extension },
	collect,
	deposit,
	strip,
});
extension.setup();
strip.setup();
collect.setup();
deposit.setup();
card.setup();
