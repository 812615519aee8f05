// Preloaded (node -r) into every measured program: writes its own CPU time and peak memory to descriptor 3 at its end.
const fs = require('node:fs');
const { peakKiB } = require('../helpers/peak.cjs');
process.on('exit', () => {
  fs.writeSync(3, JSON.stringify({ ...process.resourceUsage(), maxRSS: peakKiB() }));
});
