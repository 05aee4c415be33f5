/** Filters live in the address, so that a reload or a shared link shows the same. */

export function read(names) {
	const found = new URLSearchParams(window.location.search);
	return Object.fromEntries(names.map((name) => [name, found.get(name) || ""]));
}

export function write(values) {
	const url = new URL(window.location.href);
	for (const [name, value] of Object.entries(values)) {
		if (value) url.searchParams.set(name, value);
		else url.searchParams.delete(name);
	}
	if (url.href !== window.location.href) {
		window.history.replaceState(window.history.state, "", url);
	}
}
