// npm test: everything that has to hold, on a bare clone, in one command.
import { tell } from './supervisor/fault.mjs';
import { ensurePackages } from './supervisor/packages.mjs';
import { runOnPackagedNode } from './supervisor/runtime.mjs';

try {
  await ensurePackages();
  process.exitCode = await runOnPackagedNode('bin/suite/main.mjs', process.argv.slice(2));
} catch (error) {
  process.exitCode = tell(error);
  console.log('0 passed, 1 failed');
}
