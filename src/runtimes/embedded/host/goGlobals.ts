import * as fs from 'node:fs';
import * as path from 'node:path';

// Go's runtime looks for these in the global scope when it is loaded, so they are set by the loading of this
// module. It uses `fs` for a last word on stderr only; the broker's files go through files.ts. Node has
// `crypto`, `performance` and the text coders of its own.
Object.assign(globalThis, { fs, path });
