// Compiles each file named on the command line without running it, and prints what does not parse.
// Frappe's own scripts are classic scripts; a bundle, or a file that imports or exports, is a module.
// Run as: node --experimental-vm-modules tools/check_syntax.js FILE...
const fs = require("fs");
const vm = require("vm");

let broken = 0;
for (const file of process.argv.slice(2)) {
	const source = fs.readFileSync(file, "utf8");
	const isModule = /\.bundle\.js$/.test(file) || /^\s*(import|export)\b/m.test(source);
	try {
		if (isModule) new vm.SourceTextModule(source, { identifier: file });
		else new vm.Script(source, { filename: file });
	} catch (error) {
		broken += 1;
		console.error(String(error.stack).split("\n    at ")[0]);
	}
}
console.log(`${process.argv.length - 2} files, ${broken} broken`);
process.exit(broken ? 1 : 0);
