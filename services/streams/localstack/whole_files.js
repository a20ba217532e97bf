// Kinesis Mock writes its state over the old one, in place: killed meanwhile, it never starts again.
// Here a state is written beside the old one and takes its place when it is whole and on disk.
"use strict";
const fs = require("fs");
const open = fs.createWriteStream;
const folder = process.env.PERSIST_PATH; // told to Kinesis Mock alone, not to npm, which installs it

function keep(path, chunks) {
  const descriptor = fs.openSync(`${path}.part`, "w");
  for (const chunk of chunks) fs.writeFileSync(descriptor, chunk);
  fs.fsyncSync(descriptor);
  fs.closeSync(descriptor);
  fs.renameSync(`${path}.part`, path);
}

fs.createWriteStream = (path, options) => {
  if (!folder || !String(path).startsWith(folder)) return open(path, options);
  const stream = open("/dev/null", { flags: "w" });
  const write = stream.write.bind(stream);
  const chunks = [];
  stream.write = (chunk, ...rest) => {
    chunks.push(chunk);
    if (chunk.at(-1) === "}".charCodeAt(0)) keep(String(path), chunks);
    return write(chunk, ...rest);
  };
  return stream;
};
