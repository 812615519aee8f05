#!/usr/bin/env node
// Starts the built program. Kept to syntax that an old Node understands, so that it can say it is too old.
var version = process.versions.node.split('.').map(Number);
if (version[0] < 22 || (version[0] === 22 && version[1] < 16)) {
  process.stderr.write(
    'sessions needs Node.js 22.16 or newer; this is ' +
      process.version +
      '. Install a newer Node.js (https://nodejs.org) and try again.\n',
  );
  process.exitCode = 1;
} else {
  try {
    process.getBuiltinModule('node:module').enableCompileCache();
  } catch (error) {
    // The cache folder may be missing or read-only; the program only starts a little slower.
  }
  import('../dist/main.js')
    .then(function (built) {
      return built.main(process.argv.slice(2), built.createWorld());
    })
    .then(
      function (exitCode) {
        process.exitCode = exitCode;
      },
      function (error) {
        var advice = error.code === 'ERR_MODULE_NOT_FOUND' ? '. Build it (npm run build), or install it again.' : '';
        process.stderr.write('sessions cannot be started: ' + error.message + advice + '\n');
        process.exitCode = 1;
      },
    );
}
