// Preloaded (node --import): notes every module that the program loads, and writes the list to descriptor 3 at its end.
import fs from 'node:fs';
import { registerHooks } from 'node:module';

const loaded = new Set();
registerHooks({
  load(url, context, nextLoad) {
    loaded.add(url);
    return nextLoad(url, context);
  },
});
process.on('exit', () => {
  fs.writeSync(3, JSON.stringify([...loaded]));
});
