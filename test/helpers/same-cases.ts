import fc from 'fast-check';

/**
 * One seed for every property of `npm test`: the same commit gets the same verdict, wherever it is tried. New cases are
 * looked for by `npm run test:faults`, which does not load this file (docs/testing.md).
 */
fc.configureGlobal({ seed: 20_260_512 });
