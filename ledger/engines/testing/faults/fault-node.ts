import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LedgerClient, LedgerRefusal, LedgerUnavailable } from '#ledger/client/ledger-client.ts';
import type { TestNode } from '#ledger/engines/testing/cometbft-network.ts';
import { KeptProcess, type Command } from './kept-process.ts';

const NODE = fileURLToPath(new URL('../../../../node_modules/.bin/node', import.meta.url));
const NODE_MAIN = fileURLToPath(new URL('../../../bin/node.ts', import.meta.url));
/** A node that does not answer within this time is away. */
const ANSWER_MS = 3_000;
const POLL_MS = 100;

export interface FaultNodeOptions {
  readonly cometbft: string;
  readonly snapshotHeights: number;
  /** What stands before a command, to run it somewhere else. */
  readonly within?: readonly string[];
}

function withinOf(within: readonly string[] | undefined, command: Command): Command {
  const [program, ...args] = [...(within ?? []), command.program, ...command.args];
  return { ...command, program: program!, args };
}

/** One node as an operator runs it: CometBFT and the ledger process, two real processes that are kept, and a client at its socket. */
export class FaultNode {
  readonly of: TestNode;
  readonly application: KeptProcess;
  readonly cometbft: KeptProcess;
  #client: Promise<LedgerClient> | undefined;
  /** CometBFT has all blocks from 1 on: a node that joined by a snapshot has not. */
  hasAllBlocks = true;

  constructor(of: TestNode, options: FaultNodeOptions) {
    this.of = of;
    const env = {
      LEDGER_ENGINE: 'cometbft',
      COMETBFT_RPC: of.rpcUrl,
      LEDGER_SNAPSHOT_HEIGHTS: String(options.snapshotHeights),
    };
    this.application = new KeptProcess(
      withinOf(options.within, { program: NODE, args: [NODE_MAIN, '--home', of.home], env }),
    );
    this.cometbft = new KeptProcess(
      withinOf(options.within, { program: options.cometbft, args: ['node', '--home', of.cometbftHome] }),
    );
    this.cometbft.bindTo(this.application);
  }

  get name(): string {
    return `node ${this.of.index}`;
  }

  start(): void {
    this.application.start();
    this.cometbft.start();
  }

  signal(name: NodeJS.Signals): void {
    this.application.signal(name);
    this.cometbft.signal(name);
  }

  /** Both processes end at once and stay away. */
  async end(): Promise<void> {
    await Promise.all([this.application.end(), this.cometbft.end()]);
  }

  async close(): Promise<void> {
    await this.end();
    const client = await this.#client?.catch(() => undefined);
    await client?.close();
  }

  /** Undefined when the node is away, or cannot answer. */
  async ask<Value>(call: (client: LedgerClient) => Promise<Value>): Promise<Value | undefined> {
    const opening = (this.#client ??= LedgerClient.connect(join(this.of.home, 'ledger.sock'), {
      timeoutMs: ANSWER_MS,
    }));
    try {
      return await call(await opening);
    } catch (error) {
      if (error instanceof LedgerUnavailable || error instanceof LedgerRefusal) {
        await opening.catch(() => (this.#client = undefined));
        return undefined;
      }
      throw error;
    }
  }

  async height(): Promise<bigint | undefined> {
    return (await this.ask((client) => client.status()))?.height;
  }

  /** Throws with both processes' last words when it has not come so far in time. */
  async reach(height: bigint, withinMs: number): Promise<void> {
    await until(
      `${this.name} stands at height ${height}`,
      withinMs,
      async () => ((await this.height()) ?? -1n) >= height,
      () => [`application: ${this.application.words}`, `CometBFT: ${this.cometbft.words}`].join('\n'),
    );
  }
}

/** Asks again and again, since a process of others says nothing by itself; throws a sentence when it is not so in time. */
export async function until(
  what: string,
  withinMs: number,
  holds: () => Promise<boolean> | boolean,
  words: () => string = () => '',
): Promise<void> {
  const endMs = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error(`It is not so within ${withinMs} ms that ${what}. ${words()}`);
    await delay(POLL_MS);
  }
}
