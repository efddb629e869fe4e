import { readFileSync } from 'node:fs';
import { done, reasonOf } from '#agent/outcome.ts';
import { runProgram } from '#agent/program.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { loadMaintainerConfig } from './config.ts';
import { readDigest } from './digest-file.ts';
import { Maintainer } from './maintainer.ts';

const USAGE =
  'Usage: npm run maintainer -- --config <file>, or npm run maintainer -- --check <file of lines>. Both are described in agent/maintainer/README.md.';

/** What an auditor compares with the event DigestRecorded, and each node's entry in words. */
function check(file: string): number {
  try {
    const digest = readDigest(readFileSync(file, 'utf8'));
    if (!digest.ok) {
      process.stderr.write(`${digest.sentence}\n`);
      return 1;
    }
    const { head, measured, entries, root } = digest.value;
    process.stdout.write(
      `network ${head.network}\nepoch ${head.epoch}\nroot ${toHex(root)}\nentries ${toHex(entries)}\n`,
    );
    for (const { node, online, activity, probesFailed } of measured)
      process.stdout.write(`N-${node}: online ${online} ‰, activity ${activity}, failed probes ${probesFailed} ‰\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`The file ${file} cannot be read: ${reasonOf(error)}\n`);
    return 1;
  }
}

const [first, file] = process.argv.slice(2);
if (first === '--check' && file !== undefined) process.exitCode = check(file);
else
  await runProgram({
    name: 'maintainer',
    usage: USAGE,
    load: loadMaintainerConfig,
    start: (begun) => {
      const started = Maintainer.start(begun);
      if (!started.ok) return Promise.resolve(started);
      const { figures } = started.value;
      return Promise.resolve(done({ told: {}, figures, stop: () => started.value.stop() }));
    },
  });
