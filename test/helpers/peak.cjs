const fs = require('node:fs');

/**
 * The peak memory of this process so far, in KiB. Linux counts it from the start of the program; what getrusage says
 * begins with that of the process that started it.
 */
const peakKiB = () => {
  try {
    const peak = Number(/^VmHWM:\s*(\d+)/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))?.[1]);
    if (peak > 0) return peak;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS;
};
module.exports = { peakKiB };
