// npm start: plain JavaScript on the Node that the machine has; it brings the packages and the Node that the rest needs.
import { ensurePackages } from './supervisor/packages.mjs';
import { runOnPackagedNode } from './supervisor/runtime.mjs';
import { tell } from './supervisor/fault.mjs';

try {
  await ensurePackages();
  process.exitCode = await runOnPackagedNode('bin/supervisor/main.mjs', process.argv.slice(2));
} catch (error) {
  process.exitCode = tell(error);
}
