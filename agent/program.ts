import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Anchor } from '#ledger/core/genesis.ts';
import type { Figures } from '#metrics/figures.ts';
import type { ListenAddress } from '#metrics/listen-address.ts';
import { tellFigures, type Listener } from '#metrics/listener.ts';
import { loadAnchor } from './anchor.ts';
import { loadKey, type AgentKey } from './key.ts';
import { done, failed, reasonOf, type Outcome } from './outcome.ts';

/** What a program that runs until it is stopped is started with. */
export interface Begun<Config> {
  readonly config: Config;
  readonly anchor: Anchor;
  readonly key: AgentKey;
  readonly nowMs: () => number;
  onFatal(sentence: string): void;
  log(sentence: string): void;
}

export interface Started {
  readonly told: Readonly<Record<string, unknown>>;
  readonly figures: Figures;
  stop(): Promise<void>;
}

export interface Program<Config> {
  /** In front of each line: `agent`. */
  readonly name: string;
  /** What to write, when it was started with something else than `--config <file>`. */
  readonly usage: string;
  load(file: string): Outcome<Config>;
  /** `told` is printed as one line of JSON once it is ready. */
  start(begun: Begun<Config>): Promise<Outcome<Started>>;
}

/**
 * Reads config file, anchor and key, which is made at the first start, starts, and stops at SIGINT or SIGTERM. Whatever is wrong ends the process
 * with one sentence.
 */
export async function runProgram<
  Config extends { readonly home: string; readonly anchor: string; readonly metrics?: ListenAddress | undefined },
>(program: Program<Config>): Promise<void> {
  const { name, usage } = program;
  const stopWith = (sentence: string): never => {
    process.stderr.write(`${name}: ${sentence}\n`);
    process.exit(1);
  };
  const must = <Value>(outcome: Outcome<Value>): Value => (outcome.ok ? outcome.value : stopWith(outcome.sentence));
  const say = (sentence: string): void => {
    process.stdout.write(`${new Date().toISOString()} ${name}: ${sentence}\n`);
  };
  const file = must(configFile(usage));
  const config = must(program.load(resolve(file)));
  mkdirSync(config.home, { recursive: true, mode: 0o700 });
  const anchor = must(loadAnchor(config.anchor));
  const key = must(loadKey(join(config.home, 'key.json')));
  const onFatal = (sentence: string): never => stopWith(`stopped, because its work cannot go on: ${sentence}`);
  const started = must(await program.start({ config, anchor, key, nowMs: Date.now, onFatal, log: say }));
  const listener = must(await listen(started.figures, config.metrics));
  if (listener !== undefined) process.stdout.write(`${JSON.stringify({ metrics: listener.url })}\n`);
  process.stdout.write(`${JSON.stringify({ ready: true, address: key.addressText, ...started.told })}\n`);
  process.on('unhandledRejection', (error) => stopWith(`stopped on a defect: ${reasonOf(error)}`));

  let isStopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (isStopping) return;
      isStopping = true;
      void Promise.all([listener?.close(), started.stop()]).then(() => {
        say('Stopped.');
        process.exit(0);
      });
    });
  }
}

async function listen(figures: Figures, address: ListenAddress | undefined): Promise<Outcome<Listener | undefined>> {
  if (address === undefined) return done(undefined);
  try {
    return done(await tellFigures(figures, address));
  } catch (error) {
    return failed(reasonOf(error));
  }
}

function configFile(usage: string): Outcome<string> {
  try {
    const { values } = parseArgs({ options: { config: { type: 'string' } }, strict: true });
    return values.config === undefined ? failed(usage) : done(values.config);
  } catch (error) {
    return failed(`${reasonOf(error)} ${usage}`);
  }
}
