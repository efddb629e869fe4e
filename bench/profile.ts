import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Machine } from '#ledger/abci/machine.ts';
import type { FinalizedBlock, FinalizedItem } from '#ledger/abci/application.ts';
import { BLOCK_TRANSACTION_BYTES_MAX } from '#ledger/engines/block-limits.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { makeLedgerHome, type LedgerHome, type Member } from '#ledger/engines/testing/ledger-home.ts';
import {
  agentKeyArgs,
  agentOf,
  applyArgs,
  claimArgs,
  dataOf,
  INTERVAL_MS,
  prepareArgs,
  signPublication,
} from '#ledger/engines/testing/sample-order.ts';
import { rounded } from './statistics.ts';

const ACCOUNTS = 10_000;
const ACTIVE = 1_000;
const PROVIDERS = 100;
/** Of each provider before anything is measured: with the accounts a state of some 10⁵ records. */
const PUBLISHED = 150;
const PUBLISHED_AGAIN = 5;
const BLOCK = 250;
/** The first rounds warm V8 up; the last is measured. */
const ROUNDS = 4;
const SAMPLING_US = 500;
/** Longer than a round takes, so that bills stand apart from the ends that they follow. */
const CONTEST_MS = 60_000n;

interface Spent {
  count: number;
  checkMs: number;
  executeMs: number;
}

/** One validator's application without consensus, storage and messages, and what each method takes of its thread. */
class ProfiledMachine {
  readonly machine: Machine;
  readonly spent = new Map<string, Spent>();
  nowMs = BigInt(Date.now());
  #height = 0n;

  constructor({ genesis }: LedgerHome) {
    this.machine = new Machine(genesis, nativeCrypto);
    this.machine.initChain();
  }

  /** Decides transactions of one method in blocks, and answers what became of each. */
  decide(method: string, transactions: readonly Uint8Array[]): FinalizedItem[] {
    const outcomes: FinalizedItem[] = [];
    for (let from = 0; from < transactions.length; from += BLOCK)
      outcomes.push(...this.#decideBlock(method, transactions.slice(from, from + BLOCK)).transactions);
    return outcomes;
  }

  /** What time brings: bills that are due, as many in a block as it takes. */
  settle(): void {
    this.nowMs += CONTEST_MS;
    const bills = this.#spentOn('bills that are due');
    for (let moreDue = true; moreDue;) {
      const block = this.#decideBlock('bills that are due', []);
      bills.count += block.due.length;
      moreDue = block.moreDue;
    }
  }

  #spentOn(method: string): Spent {
    const known = this.spent.get(method) ?? { count: 0, checkMs: 0, executeMs: 0 };
    this.spent.set(method, known);
    return known;
  }

  #decideBlock(method: string, transactions: readonly Uint8Array[]): FinalizedBlock {
    this.nowMs += INTERVAL_MS;
    this.#height += 1n;
    const spent = this.#spentOn(method);
    const begunMs = threadMs();
    for (const bytes of transactions) {
      const { code } = this.machine.checkTx(bytes, { nowMs: this.nowMs, recheck: false });
      if (code !== 0) throw new Error(`${method} was not admitted: ${code}.`);
    }
    const checkedMs = threadMs();
    const context = {
      height: this.#height,
      timeMs: this.nowMs,
      bytesMax: BLOCK_TRANSACTION_BYTES_MAX,
      misbehavior: [],
    };
    const block = this.machine.finalizeBlock(transactions, context);
    this.machine.commit();
    spent.count += transactions.length;
    spent.checkMs += checkedMs - begunMs;
    spent.executeMs += threadMs() - checkedMs;
    const refused = block.transactions.find(({ code }) => code !== 0);
    if (refused !== undefined) throw new Error(`${method} was refused: ${refused.code}.`);
    return block;
  }
}

/** Processor time of this thread: what else the machine does bears little on it. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

interface Market {
  readonly ledger: LedgerHome;
  readonly customers: readonly Member[];
  readonly providers: readonly { readonly owner: Member; readonly agent: Member; readonly resource: bigint }[];
}

function openMarket(ledger: LedgerHome, profiled: ProfiledMachine): Market {
  const owners = ledger.members.slice(0, PROVIDERS).map((owner) => ({ owner, agent: agentOf(owner) }));
  profiled.decide(
    'AuthorizeKey',
    owners.map(({ owner, agent }) => ledger.sign(owner, 'AuthorizeKey', agentKeyArgs(ledger, agent))),
  );
  const publishAll = (): FinalizedItem[] =>
    profiled.decide(
      'PublishResource',
      owners.map(({ owner, agent }) => signPublication(ledger, owner, agent)),
    );
  const first = publishAll();
  for (let count = 1; count < PUBLISHED; count += 1) publishAll();
  const providers = owners.map((each, at) => ({ ...each, resource: dataOf(first[at]!.data, 'resource') }));
  return { ledger, customers: ledger.members.slice(0, ACTIVE), providers };
}

/** One order of each account from its application to its bill, a payment of each, and publications. */
function playRound({ ledger, customers, providers }: Market, profiled: ProfiledMachine): void {
  const sellerOf = (customer: number) => providers[(customer + 1) % PROVIDERS]!;
  const applications = customers.map((customer, at) => {
    const { resource, owner } = sellerOf(at);
    return ledger.sign(customer, 'Apply', applyArgs({ resource, provider: owner.account }));
  });
  const orders = profiled.decide('Apply', applications).map(({ data }) => dataOf(data, 'agreement'));
  const deliveries = orders.map((order, at) =>
    ledger.sign(sellerOf(at).agent, 'Prepare', { ...prepareArgs(order), startsAtMs: profiled.nowMs }),
  );
  const starts = profiled.decide('Prepare', deliveries).map(({ data }) => dataOf(data, 'startsAtMs'));
  profiled.nowMs += 2n * INTERVAL_MS;
  const claims = orders.map((order, at) =>
    ledger.sign(sellerOf(at).agent, 'ClaimUsage', claimArgs(order, starts[at]! + INTERVAL_MS)),
  );
  profiled.decide('ClaimUsage', claims);
  const payments = customers.map((customer, at) => ledger.transfer(customer, customers[(at + 1) % ACTIVE]!));
  profiled.decide('Transfer', payments);
  const publications = Array.from({ length: PUBLISHED_AGAIN }, () =>
    providers.map(({ owner, agent }) => signPublication(ledger, owner, agent)),
  );
  profiled.decide('PublishResource', publications.flat());
  const ends = customers.map((customer, at) =>
    ledger.sign(customer, 'EndAgreement', { agreement: orders[at]!, reason: 'done' }),
  );
  profiled.decide('EndAgreement', ends);
  profiled.settle();
}

/**
 * What checking and executing the transactions of P1’s mix takes of one validator’s thread, by method, in microseconds; and a profile of the
 * last round for the browser’s developer tools, at `path`.
 */
async function profileLedger(path: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ip-profile-'));
  const session = new Session();
  try {
    const parameters = { deliveryMs: '3600000', contestMs: CONTEST_MS.toString() };
    const ledger = makeLedgerHome(join(folder, 'home'), ACCOUNTS, nativeCrypto, { parameters });
    const profiled = new ProfiledMachine(ledger);
    const market = openMarket(ledger, profiled);
    for (let round = 1; round < ROUNDS; round += 1) playRound(market, profiled);
    profiled.spent.clear();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLING_US });
    await session.post('Profiler.start');
    playRound(market, profiled);
    const { profile } = await session.post('Profiler.stop');
    writeFileSync(path, JSON.stringify(profile));
    const { stateRecords } = profiled.machine.figures(profiled.nowMs);
    console.log(JSON.stringify({ figure: 'state', records: stateRecords }));
    for (const [method, { count, checkMs, executeMs }] of profiled.spent) {
      const [checkUs, executeUs] = [checkMs, executeMs].map((ms) => rounded((ms * 1_000) / count));
      console.log(JSON.stringify({ figure: 'thread time of one', method, count, checkUs, executeUs }));
    }
    console.log(`The profile of the last round is ${path}.`);
  } finally {
    session.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }
}

const [what, path = 'ledger.cpuprofile'] = process.argv.slice(2);
if (what === 'ledger') await profileLedger(path);
else {
  console.error('usage: npm run profile -- ledger [<file for the profile>]');
  process.exitCode = 1;
}
