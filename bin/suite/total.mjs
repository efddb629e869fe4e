// After npm test and npm run test:long: one line that counts both, and the exit code. A part that left no results has failed.
import { countsOf, partResults } from './results.mjs';

const tests = ['short', 'long'].flatMap((part) => partResults(part));
const { passed, failed } = countsOf(tests);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
