// Preloaded (node --require): writes the peak memory of the program, in KiB, to the file that PEAK_FILE names.
const fs = require('node:fs');
const { peakKiB } = require('./peak.cjs');
process.on('exit', () => {
  fs.writeFileSync(process.env['PEAK_FILE'] ?? '', String(peakKiB()));
});
