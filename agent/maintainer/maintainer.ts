import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { lockHome, type HomeLock } from '#agent/home-lock.ts';
import { done, reasonOf, type Outcome } from '#agent/outcome.ts';
import { PortalClient } from '#agent/portal-client.ts';
import { ProgramKey, type Identity } from '#agent/program-key.ts';
import type { Begun } from '#agent/program.ts';
import { sentenceOfCode, submitTransaction, type Signer, type Submission } from '#agent/submission.ts';
import { writeWhole } from '#agent/whole-file.ts';
import { Figures, type Count } from '#metrics/figures.ts';
import { creditCodes } from '#ledger/contracts/credit/definition.ts';
import { methodOf } from '#ledger/contracts/definitions.ts';
import { toHex } from '#ledger/core/bytes.ts';
import type { MaintainerConfig } from './config.ts';
import { digestFiles, readDigest, type Digest } from './digest-file.ts';
import { measuredNodeSchema, watchedSchema, type MeasuredNode } from './measured.ts';
import { Shifter } from './shifter.ts';

const LOOK_MS = 2_000;
/** A vote may make epochs shorter. */
const REST_MS_MAX = 60_000;
/** The last heartbeats of an epoch are let in before it is read. */
const LATE_MS_MAX = 5_000;
const NODES_MAX = 100_000;

const networkSchema = z.object({
  serverTimeMs: z.number().int().min(0),
  parameters: z.record(z.string(), z.union([z.number(), z.string()])),
});
type NetworkReply = z.infer<typeof networkSchema>;
const answerSchema = z.object({
  watchedAtMs: watchedSchema,
  nodes: z.array(measuredNodeSchema),
  next: z.number().int().min(1).nullable(),
});

/** An answer that came too late or to something already known is no reason to ask again. */
const SETTLED: readonly number[] = [0, creditCodes.RECORDED_ALREADY];

/**
 * A maintainer's program: once an epoch it reads what was measured of nodes, keeps it for auditors, and records the digest [8.5.1-d]; where a
 * vote lets programs shift cores, it shifts them while an alert is open, and back when that is long over [6.2.2-c].
 */
export class Maintainer {
  readonly figures = new Figures();
  readonly #recorded: Count;
  readonly #begun: Begun<MaintainerConfig>;
  readonly #client: PortalClient;
  readonly #programKey: ProgramKey;
  readonly #shifter: Shifter;
  readonly #lock: HomeLock;
  readonly #folder: string;
  readonly #stopping = new AbortController();
  #work: Promise<void> = Promise.resolve();
  #trouble = '';
  /** Of which epoch everything is done that can be. */
  #doneEpoch = -1;

  private constructor(begun: Begun<MaintainerConfig>, lock: HomeLock) {
    const { config, anchor, key } = begun;
    this.#begun = begun;
    this.#recorded = this.figures.counter({
      name: 'interpool_maintainer_nodes_recorded_total',
      help: 'Nodes of which the ledger took what was measured, once an epoch each.',
    });
    this.#lock = lock;
    this.#client = new PortalClient(config.portal, { network: toHex(anchor.genesisHash), key });
    const { portal, account, label } = config;
    const offered = { portal, account, label, work: 'maintainer', owner: 'a maintainer' };
    this.#programKey = new ProgramKey({ client: this.#client, key, anchor, log: begun.log, ...offered });
    this.#shifter = new Shifter({ client: this.#client, figures: this.figures, log: begun.log });
    this.#folder = join(config.home, 'digests');
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  static start(begun: Begun<MaintainerConfig>): Outcome<Maintainer> {
    const lock = lockHome(begun.config.home, 'maintainer’s program');
    if (!lock.ok) return lock;
    const maintainer = new Maintainer(begun, lock.value);
    maintainer.#work = maintainer.#run();
    return done(maintainer);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#work;
    this.#lock.release();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const troubles: string[] = [];
      const restsMs = await this.#turn(troubles);
      this.#say(troubles.join(' '));
      await sleep(Math.min(...restsMs), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Both works, one after the other, because they number their transactions together: what hinders one does not hinder the other. */
  async #turn(troubles: string[]): Promise<number[]> {
    const attempt = async <Value>(work: () => Promise<Value>): Promise<Value | undefined> => {
      try {
        return await work();
      } catch (error) {
        troubles.push(reasonOf(error));
        return undefined;
      }
    };
    const known = await attempt(async () => {
      const identity = await this.#programKey.identity();
      return identity === null ? null : { identity, network: await this.#network() };
    });
    if (known === null || known === undefined) return [LOOK_MS];
    const { identity, network } = known;
    const rests = [
      await attempt(() => this.#shift(identity, network)),
      await attempt(() => this.#look(identity, network)),
    ];
    return rests.map((restMs) => restMs ?? LOOK_MS);
  }

  /** A trouble is told once, until it is over; '' is none. */
  #say(trouble: string): void {
    if (trouble !== '' && trouble !== this.#trouble && !this.#stopping.signal.aborted) this.#begun.log(trouble);
    this.#trouble = trouble;
  }

  async #network(): Promise<NetworkReply> {
    const reply = await this.#client.get('/api/v1/network');
    if (reply.kind !== 'done') throw new Error(reply.sentence);
    return networkSchema.parse(reply.body);
  }

  #shift(identity: Identity, { serverTimeMs, parameters }: NetworkReply): Promise<number> {
    const millicoresMax = Number(parameters['automaticShiftMilli'] ?? 0);
    return this.#shifter.look(this.#signer(identity), { nowMs: serverTimeMs, millicoresMax });
  }

  /** The epoch that is just over, once. Answers how long nothing more is to be done. */
  async #look(identity: Identity, { serverTimeMs, parameters }: NetworkReply): Promise<number> {
    const epochMs = Number(parameters['creditEpochMs']);
    if (!(epochMs > 0)) throw new Error('The portal does not say how long an epoch is.');
    const epoch = Math.floor(serverTimeMs / epochMs) - 1;
    const toMs = (epoch + 1) * epochMs;
    const dueMs = (epoch <= this.#doneEpoch ? toMs + epochMs : toMs) + Math.min(LATE_MS_MAX, epochMs / 10);
    if (serverTimeMs < dueMs) return Math.min(dueMs - serverTimeMs, REST_MS_MAX);
    const files = this.#kept(epoch) ?? (await this.#measure({ epoch, fromMs: toMs - epochMs, toMs }));
    for (const [part, text] of files.entries()) await this.#record({ epoch, part, identity }, text);
    this.#doneEpoch = epoch;
    this.#forget();
    return LOOK_MS;
  }

  #fileOf(epoch: number, part: number): string {
    return join(this.#folder, `${epoch}-${part}.ndjson`);
  }

  /** What was measured of an epoch before this start: it is recorded as it is, because part of it may stand on the ledger already. */
  #kept(epoch: number): string[] | undefined {
    const files: string[] = [];
    for (let part = 0; existsSync(this.#fileOf(epoch, part)); part += 1)
      files.push(readFileSync(this.#fileOf(epoch, part), 'utf8'));
    return files.length === 0 ? undefined : files;
  }

  async #measure(of: { epoch: number; fromMs: number; toMs: number }): Promise<string[]> {
    const nodes: MeasuredNode[] = [];
    let watchedAtMs: readonly number[] = [];
    for (let after: number | null = 0; after !== null;) {
      const path = `/api/v1/monitoring/measurements?from=${of.fromMs}&to=${of.toMs}&after=${after}`;
      const reply = await this.#client.get(path, { signal: this.#stopping.signal });
      if (reply.kind !== 'done') throw new Error(reply.sentence);
      const answer = answerSchema.parse(reply.body);
      const last = after;
      if (answer.next !== null && answer.next <= last) throw new Error('The portal’s list of nodes does not end.');
      if (nodes.push(...answer.nodes) > NODES_MAX) throw new Error('The portal names more nodes than there can be.');
      watchedAtMs = answer.watchedAtMs;
      after = answer.next;
    }
    const network = toHex(this.#begun.anchor.genesisHash);
    const files = digestFiles({ network, ...of, watchedAtMs: [...watchedAtMs] }, nodes);
    // The last part is written first: a first part that is there means that all are.
    for (const [part, text] of [...files.entries()].toReversed()) writeWhole(this.#fileOf(of.epoch, part), text);
    return files;
  }

  async #record(
    { epoch, part, identity }: { epoch: number; part: number; identity: Identity },
    text: string,
  ): Promise<void> {
    const digest = readDigest(text);
    if (!digest.ok) throw new Error(`${this.#fileOf(epoch, part)}: ${digest.sentence}`);
    const submission = await this.#submit(digest.value, identity);
    const count = digest.value.measured.length;
    const nodes = count === 1 ? 'one node' : `${count} nodes`;
    if (submission.kind !== 'decided') throw new Error(submission.sentence);
    if (submission.code === 0) {
      this.#recorded.inc(count);
      this.#begun.log(`Recorded ${nodes} of epoch ${epoch}; the lines are in ${this.#fileOf(epoch, part)}.`);
      return;
    }
    if (!SETTLED.includes(submission.code))
      throw new Error(`Epoch ${epoch} was not recorded: ${sentenceOfCode(submission.code)}`);
  }

  async #submit({ head, entries, root }: Digest, identity: Identity): Promise<Submission> {
    const args = { epoch: BigInt(head.epoch), entries, root };
    return submitTransaction(this.#client, this.#signer(identity), { method: methodOf('RecordDigest'), args });
  }

  #signer(identity: Identity): Signer {
    return { ...identity, secretKey: this.#begun.key.secretKey, network: this.#begun.anchor.genesisHash };
  }

  #forget(): void {
    const before = this.#doneEpoch - this.#begun.config.keepEpochs;
    for (const name of readdirSync(this.#folder)) {
      const epoch = Number(/^(\d+)-\d+\.ndjson$/.exec(name)?.[1]);
      if (epoch <= before) rmSync(join(this.#folder, name));
    }
  }
}
