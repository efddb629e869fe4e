// npm run faults: kill -9, SIGSTOP, lost disks and partitions, on real CometBFT nodes and on the whole product.
import { ensurePackages } from './supervisor/packages.mjs';
import { runOnPackagedNode } from './supervisor/runtime.mjs';
import { tell } from './supervisor/fault.mjs';

try {
  await ensurePackages();
  process.exitCode = await runOnPackagedNode('bin/faults/main.mjs', process.argv.slice(2));
} catch (error) {
  process.exitCode = tell(error);
}
