import * as path from 'node:path';
import { createFsShim } from './fsShim';

// Go's runtime looks for these in the global scope when it is loaded, so they are set by the loading of this
// module. Node has `crypto`, `performance` and the text coders of its own.
Object.assign(globalThis, { fs: createFsShim(), path });
