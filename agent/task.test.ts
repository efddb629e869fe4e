import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KindName } from '#ledger/contracts/kinds/kinds.ts';
import { computingWaysTerms } from '#ledger/contracts/kinds/computing.ts';
import { NO_VOUCHER_KEY } from '#ledger/contracts/shared/voucher-fields.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { demandArgs } from '#ledger/contracts/testing/market.ts';
import { need } from '#ledger/contracts/testing/offers.ts';
import { quantities, strategy } from '#ledger/contracts/testing/samples.ts';
import { fromHex, toHex, utf8 } from '#ledger/core/bytes.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { kinds } from './resources/kinds.ts';
import type { ConfiguredKind, RangeWork } from './resources/kind.ts';
import { CUSTOMER_KEY, Rig } from './testing/order-rig.ts';
import { rootsOfTold, sampleTask, type SampleTask, type ToldResult } from './testing/sample-task.ts';

const MANDELBROT = readFileSync(new URL('../public/algorithms/mandelbrot.wasm', import.meta.url));
const HOUR_MS = 3_600_000n;

class TaskRig extends Rig {
  override configure(folder: string): ReadonlyMap<KindName, ConfiguredKind> {
    const computers = [
      { id: 'edge', title: 'Edge', slots: 4, memoryMiB: 256, region: 'US-WA', zone: 'Seattle 1', place: '47.6,-122.3' },
    ];
    const configured = kinds.computing.configure({ computers }, folder);
    if (!configured.ok) throw new Error(configured.sentence);
    return new Map([['computing', configured.value]]);
  }

  /** A machine on offer, and a task that was given to it by a plan: order 1. */
  async begin(work: Partial<RangeWork> = {}): Promise<SampleTask> {
    await this.publishSource('edge', {
      capacity: quantities({ memoryMiB: 256n, slots: 4n }),
      strategy: strategy({
        accessClass: 'public',
        conditions: [],
        ways: computingWaysTerms(600_000n),
        useMsMax: HOUR_MS,
        limits: quantities({ bytes: 1n << 40n, calls: 1_000n, cpuMs: 1n << 30n, runs: 1_000n }),
        prices: [{ meter: 'slots', per: 1n, perMs: HOUR_MS, amountMicro: 3_600n }],
        promise: [],
        degradedPerMille: 0n,
      }),
    });
    const inputs = [0, 1, 2, 3].map((row) => utf8(`-2 ${1.2 - row / 2} 1 ${0.7 - row / 2} 32 8`));
    const task = await sampleTask(this.payloads, {
      payload: { module: MANDELBROT, args: ['50'], inputs: { split: 'list', inputs } },
      network: this.ledger.anchor.genesisHash,
      sealingKey: this.payloads.payloads(undefined, this.ledger.network.agent.secret).sealingKey,
      work: { cpuMs: 10_000, ...work },
    });
    this.choose(task);
    return task;
  }

  choose({ work, key }: SampleTask): void {
    const { network } = this.ledger;
    const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();
    const { algorithm, payload, split, ...amounts } = work;
    const counts = Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, BigInt(amount)]));
    const works = [{ ...counts, algorithm: bytes(algorithm), payload: bytes(payload), split, copies: 1n }];
    const demand = demandArgs({ needs: [need()], work: works as never, durationMs: 600_000n });
    expect(this.ledger.run(network.customer, 'PublishDemand', demand).code).toBe(0);
    const [plan] = this.newest('PlansMade')['plans'] as Struct<'Plan'>[];
    if (plan === undefined) throw new Error('the machine meets the demand');
    const { parts, holdMicro, feeMicro, by: broker } = plan;
    const keys = [{ resource: 1n, sealed: bytes(key) }];
    const chosen = {
      demand: 1n,
      plan: plan.plan,
      parts,
      holdMicro,
      broker,
      feeMicro,
      keys,
      encryptionKey: CUSTOMER_KEY,
      voucherKey: NO_VOUCHER_KEY,
    };
    expect(this.ledger.run(network.customer, 'ChoosePlan', chosen as Args).code).toBe(0);
  }

  /** Works on until the ledger says that the task has ended; how. */
  async ended(): Promise<Record<string, unknown>> {
    const round = async (): Promise<unknown> => {
      this.ledger.block([], 100n);
      await this.work();
      return this.newest('TaskEnded')['outcome'];
    };
    await expect.poll(round, { timeout: 60_000, interval: 50 }).toBeDefined();
    return this.newest('TaskEnded');
  }

  results(): string {
    return join(this.folder, 'computing', 'orders', '1');
  }
}

let rig: TaskRig;
beforeEach(async () => {
  rig = new TaskRig();
  await rig.open();
});
afterEach(() => rig.close());

describe('a task that a plan gave to an agent [8.4.2-e] [I.1-5a]', () => {
  test('is run, said and paid over a restart, and its results are bound by what the ledger says of them', async () => {
    const task = await rig.begin();
    await rig.work();
    // As after kill -9: what the ledger gave is in the book, and the same comes out of it.
    await rig.restart();
    expect(await rig.ended()).toMatchObject({ outcome: 'done', reason: '' });
    await rig.work();
    expect(rig.sent.map(({ method }) => method)).toEqual(
      expect.arrayContaining(['Prepare', 'FinishRange']) as string[],
    );
    expect(rig.sent.filter(({ code }) => code !== 0)).toEqual([]);
    const said = rig.newest('RangeFinished');
    expect(said).toMatchObject({ agreement: 1n, count: 4n, failed: 0n });
    const link = await rig.link();
    const told = await rig.get({ ...link, url: `${link.url}/ranges/0/results` });
    const { results } = JSON.parse(told.text) as { results: ToldResult[] };
    expect({
      inputRoot: toHex(said['inputRoot'] as Uint8Array),
      resultRoot: toHex(said['resultRoot'] as Uint8Array),
    }).toEqual(rootsOfTold(task.inputs, results));
    expect((await rig.get({ ...link, url: `${link.url}/algorithms` })).status).toBe(410);
    await rig.pass(6);
    await rig.work();
    expect(rig.newest('AgreementSettled', 1n)['used']).toEqual(
      expect.arrayContaining([{ meter: 'runs', amount: 4n }]) as unknown[],
    );
    // The hour that results are kept, over a restart.
    await rig.restart();
    rig.ledger.block([], HOUR_MS - 60_000n);
    await rig.work();
    expect(existsSync(rig.results())).toBe(true);
    rig.ledger.block([], 60_000n);
    await rig.work();
    expect([existsSync(rig.results()), rig.order().isForgotten]).toEqual([false, true]);
    await rig.restart();
    expect(rig.order().isForgotten).toBe(true);
  });

  test('ends at once, and not when its time is over, when its program is not the one that was published', async () => {
    await rig.begin({ algorithm: 'ab'.repeat(32) });
    expect(await rig.ended()).toMatchObject({ outcome: 'failed', reason: 'module-refused' });
    expect(rig.newest('AgreementEnded')).toMatchObject({ reason: 'task-failed' });
  });

  test('is stopped when its customer cancels it, and nothing more is said of it', async () => {
    await rig.begin();
    await rig.work();
    expect(rig.ledger.run(rig.ledger.network.customer, 'CancelTask', { demand: 1n }).code).toBe(0);
    await rig.work();
    await rig.work();
    expect(rig.order().ranges.get(0)).toMatchObject({ status: 'dropped' });
    expect(rig.order().ended).toMatchObject({ reason: 'no-longer-needed' });
    expect(rig.sent.filter(({ code }) => code !== 0)).toEqual([]);
  });
});

test('a program that the node providers refuse is remembered as refused, also after a restart [8.5.1-d]', async () => {
  const { network } = rig.ledger;
  const [proposer, ...others] = network.nodes;
  if (proposer === undefined) throw new Error('the network has node providers');
  const algorithm = new Uint8Array(32).fill(5);
  const args = { algorithm, reason: 'malicious' };
  expect(rig.ledger.run(proposer, 'ProposeAlgorithmRefusal', args).code).toBe(0);
  rig.ledger.block(others.map((node) => network.sign(node, 'Vote', { proposal: 1n, approve: true })));
  expect(await rig.hear()).toMatchObject({ ok: true, value: { refused: [toHex(algorithm)] } });
  await rig.restart();
  expect([...rig.book.refused]).toEqual([toHex(algorithm)]);
});
