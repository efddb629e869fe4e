import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Agent } from './agent.ts';
import { loadAnchor } from './anchor.ts';
import { loadConfig } from './config.ts';
import { loadKey } from './key.ts';
import { reasonOf } from './outcome.ts';

const USAGE = 'Usage: npm run agent -- --config <file>. The file is described in agent/README.md.';

function say(sentence: string): void {
  process.stdout.write(`${new Date().toISOString()} agent: ${sentence}\n`);
}

function stopWith(sentence: string): never {
  process.stderr.write(`agent: ${sentence}\n`);
  process.exit(1);
}

function readFlags(): string {
  try {
    const { values } = parseArgs({ options: { config: { type: 'string' } }, strict: true });
    return values.config ?? stopWith(USAGE);
  } catch (error) {
    return stopWith(`${reasonOf(error)} ${USAGE}`);
  }
}

const config = loadConfig(resolve(readFlags()));
if (!config.ok) stopWith(config.sentence);
mkdirSync(config.value.home, { recursive: true, mode: 0o700 });
const anchor = loadAnchor(config.value.anchor);
if (!anchor.ok) stopWith(anchor.sentence);
const key = loadKey(join(config.value.home, 'key.json'));
if (!key.ok) stopWith(key.sentence);

const started = await Agent.start({
  config: config.value,
  anchor: anchor.value,
  key: key.value,
  nowMs: Date.now,
  onFatal: (sentence) => stopWith(`stopped, because its work cannot go on: ${sentence}`),
  log: say,
});
if (!started.ok) stopWith(started.sentence);
const agent = started.value;
process.stdout.write(
  `${JSON.stringify({ ready: true, address: key.value.addressText, origin: config.value.gateway.publicOrigin })}\n`,
);
process.on('unhandledRejection', (error) => stopWith(`stopped on a defect: ${reasonOf(error)}`));

let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (isStopping) return;
    isStopping = true;
    void agent.stop().then(() => {
      say('Stopped.');
      process.exit(0);
    });
  });
}
