/** What became of a request whose answer never came. */

import { call } from "../desk/server";

/**
 * @param {string} key of the request
 * @param {(key: string) => Promise<object|null>} find asks the area what a key made
 * @returns {Promise<object|null>} what it made; null when it made nothing and now never will: it may still be under
 *          way, and is taken back before another one is begun
 */
export async function what_became(key, find) {
	const made = await find(key);
	if (made) return made;
	const { taken_back } = await call("dealer_pos_crm.api.counter.take_back", { client_key: key });
	return taken_back ? null : find(key);
}
