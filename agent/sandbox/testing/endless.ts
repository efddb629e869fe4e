// Runs a module without an end in a sandbox, for a test that kills this process: isolation, the host program's folder and the module's file.
import { readFileSync } from 'node:fs';
import { findIsolation, ISOLATIONS } from '#agent/sandbox/isolation.ts';
import { Sandbox } from '#agent/sandbox/sandbox.ts';

const [name = '', host = '', modulePath = ''] = process.argv.slice(2);
const found = findIsolation(
  host,
  ISOLATIONS.filter((known) => known === name),
);
if (!found.ok) throw new Error(found.sentence);
const module = readFileSync(modulePath);
const sandbox = new Sandbox(
  { digest: '', module, imports: [] },
  { isolation: found.value, host, memoryBytes: 16 * 1024 ** 2 },
);
await sandbox.start(1_000);
process.stdout.write(`${sandbox.group}\n`);
await sandbox.run({
  input: new Uint8Array(),
  args: ['endless'],
  seed: [1, 2, 3, 4],
  cpuMsMax: 600_000,
  outputBytesMax: 1_000,
});
