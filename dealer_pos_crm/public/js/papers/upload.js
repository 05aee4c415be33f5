/** A private upload that hangs on nothing yet: what takes it in decides where it belongs. */

const LIMIT = 25; // MB; the server has its own limit and says so

export async function upload(file) {
	if (file.size > LIMIT * 1024 * 1024)
		throw new Error(__("{0} is larger than {1} MB", [file.name, LIMIT]));
	const body = new FormData();
	body.append("file", file, file.name);
	body.append("is_private", "1");
	body.append("folder", "Home/Attachments");
	const answer = await fetch("/api/method/upload_file", {
		method: "POST",
		headers: { "X-Frappe-CSRF-Token": frappe.csrf_token, Accept: "application/json" },
		body,
	});
	const data = await answer.json().catch(() => ({}));
	if (!answer.ok || !data.message) {
		let text = "";
		try {
			text = JSON.parse(JSON.parse(data._server_messages || "[]")[0]).message;
		} catch {
			text = "";
		}
		throw new Error(text || __("{0} could not be uploaded. Try again.", [file.name]));
	}
	return data.message.name;
}

/** The file chooser of the system, in one click. */
export function choose() {
	return new Promise((resolve) => {
		const input = document.createElement("input");
		input.type = "file";
		input.className = "dlr-chooser";
		input.addEventListener("change", () => resolve(input.files[0] || null));
		input.click();
	});
}
