import fc from 'fast-check';

/** Any number would do: the same everywhere and every time, so that a commit passes or fails for what it changes. */
const SEED = '2345';

const seed = process.env.TEST_SEED ?? SEED;
if (!/^\d{1,9}$/.test(seed)) throw new Error(`TEST_SEED is “${seed}”: it is a whole number of at most nine digits.`);

// A property that fails prints the seed and the path to its case.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
