/** Names on a card, as people say them. */

/** RO-2026-00042: RO-42 */
export function short(name) {
	return name.replace(/-(\d{4}-)?0*(\d+)$/, "-$2");
}

export function first_name(user) {
	return dealer.person(user).split(" ")[0].split("@")[0];
}
