import fc from 'fast-check';
import { isThorough } from './thorough.ts';

/**
 * One seed for every property of `npm test`: the same commit gets the same verdict, wherever it is tried. The long form
 * draws new cases each time, and more of them where a property says no number of its own (docs/testing.md).
 */
fc.configureGlobal(isThorough ? { numRuns: 2000 } : { seed: 20_260_512 });
