// After npm test and npm run test:long: what failed in either, one line that counts both, and the exit code. A part that left no results has failed.
import { countsOf, partResults, summaryLines } from './results.mjs';

const tests = ['short', 'long'].flatMap((part) => partResults(part));
const { passed, failed } = countsOf(tests);
for (const line of summaryLines(tests)) console.log(line);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
