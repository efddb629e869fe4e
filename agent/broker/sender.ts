import { z } from 'zod';
import { Journal } from '#agent/journal.ts';
import type { AgentKey } from '#agent/key.ts';
import { done, failed, type Outcome } from '#agent/outcome.ts';
import { awaitOutcome, sendCommand, signCommand, type Submission } from '#agent/submission.ts';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { codeDefinitions, methodOf, type MethodArgs } from '#ledger/contracts/definitions.ts';
import type { PortalState } from './portals.ts';

type BrokerMethod = 'SendNotice' | 'ProposePlan' | 'ProposeMatch';

/** Pieces of work that are remembered; the oldest that are over are let go of first. */
const KEPT_MAX = 5_000;
const SLACK_BYTES = 4 * 1024 * 1024;

const whole = z.number().int().min(0);
const id = z.string().min(1).max(200);
const notice = z.strictObject({ demand: whole, provider: whole, kind: z.string().max(40) });
const entrySchema = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('identity'), account: whole, key: whole }),
  z.strictObject({
    step: z.literal('asked'),
    id,
    method: z.enum(['SendNotice', 'ProposePlan', 'ProposeMatch']),
    /** Of a notice: what its bytes are made of, so that it can be signed after a restart too. */
    notice: notice.nullable(),
    atMs: whole,
  }),
  z.strictObject({
    step: z.literal('signed'),
    id,
    tx: z.string().regex(/^[0-9a-f]{64}$/),
    hex: z.string().regex(/^([0-9a-f]{2})+$/),
    validUntilMs: whole,
    nodeProvider: whole,
    portal: z.string().max(256),
  }),
  z.strictObject({
    step: z.literal('ended'),
    id,
    code: whole.nullable(),
    sentence: z.string().max(1_000),
    atMs: whole,
  }),
]);
type Entry = z.infer<typeof entrySchema>;
type Signed = Extract<Entry, { step: 'signed' }>;

const shape = {
  name: 'broker-sent/1',
  parse: (value: unknown): Entry | undefined => entrySchema.safeParse(value).data,
};

export type NoticeAsked = z.infer<typeof notice>;

/** One thing that the broker signs, and how far it is. */
export interface Work {
  readonly asked: Extract<Entry, { step: 'asked' }>;
  readonly signed: Signed | undefined;
  /** Code 0: the ledger took it; null: its time went by and it never counted. */
  readonly ended: Extract<Entry, { step: 'ended' }> | undefined;
}

export interface SenderParts {
  /** Nearest first, as measured last. */
  readonly portals: () => readonly PortalState[];
  readonly key: AgentKey;
  /** Genesis hash, 32 bytes. */
  readonly network: Uint8Array;
  readonly nowMs: () => number;
  /** Time of the block up to which everything is known here; 0 before the first. */
  readonly knownToMs: () => number;
  /** Whether the ledger has this request of the broker, as far as it is known here. */
  readonly isNoticed: (asked: NoticeAsked) => boolean;
}

/**
 * Signs and submits, each thing once [8.4.2-e, 6.2.6-e]: what is to be done is on disk before it is signed, the signed bytes before they are
 * sent. Bytes go through the nearest portal that answers, the same bytes through the next when it does not; they are never made anew
 * while they may still count.
 */
export class Sender {
  readonly #parts: SenderParts;
  readonly #journal: Journal<Entry>;
  readonly #works = new Map<string, Work>();
  #identity: { readonly account: number; readonly key: number } | null = null;
  #bytesCompact = 0;
  /** One at a time. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(parts: SenderParts, journal: Journal<Entry>) {
    this.#parts = parts;
    this.#journal = journal;
  }

  static open(file: string, parts: SenderParts): Outcome<Sender> {
    const opened = Journal.open(file, shape);
    if (!opened.ok) return opened;
    const sender = new Sender(parts, opened.value.journal);
    for (const entry of opened.value.entries) sender.#apply(entry);
    sender.#bytesCompact = opened.value.journal.bytes;
    return done(sender);
  }

  /** Account and number of the key, once its owner has allowed it. */
  get identity(): { readonly account: number; readonly key: number } | null {
    return this.#identity;
  }

  identify(account: number, key: number): void {
    if (this.#identity?.account === account && this.#identity.key === key) return;
    this.#record({ step: 'identity', account, key });
  }

  /** Everything that is remembered, oldest first. */
  get works(): ReadonlyMap<string, Work> {
    return this.#works;
  }

  /** Asks for a notice; the same again is the same one, unless the ledger refused it. */
  notify(asked: NoticeAsked): Promise<Outcome<Work>> {
    const work = `notice D-${asked.demand} A-${asked.provider} ${asked.kind}`;
    return this.#do({ id: work, method: 'SendNotice', notice: asked }, ({ nodeProvider }) =>
      noticeArgs(asked, nodeProvider),
    );
  }

  /** Proposes under an id that names what for: one that was proposed before is not proposed again, whatever came of it. */
  propose<Method extends Exclude<BrokerMethod, 'SendNotice'>>(
    work: string,
    method: Method,
    args: MethodArgs[Method],
  ): Promise<Outcome<Work>> {
    const known = this.#works.get(work);
    if (known?.ended !== undefined) return Promise.resolve(done(known));
    return this.#do({ id: work, method, notice: null }, () => args);
  }

  /** Goes on with what a crash or an outage left half done. */
  async resume(): Promise<void> {
    for (const { asked, signed, ended } of [...this.#works.values()]) {
      if (ended !== undefined) continue;
      const { notice: of } = asked;
      if (of !== null) await this.notify(of);
      // A proposal that was not signed is made anew from what stands now, if it is still worth it.
      else if (signed === undefined) this.#end(asked.id, null, 'It was not signed before the broker stopped.');
      else await this.#do(asked, () => undefined);
    }
  }

  /** Waits for what is under way, and closes the file. */
  async close(): Promise<void> {
    await this.#last;
    this.#journal.close();
  }

  #do(
    asked: { readonly id: string; readonly method: BrokerMethod; readonly notice: NoticeAsked | null },
    argsFor: ArgsFor,
  ): Promise<Outcome<Work>> {
    const work = this.#last.then(() => this.#perform(asked, argsFor));
    this.#last = work.catch(() => undefined);
    return work;
  }

  async #perform(
    {
      id: work,
      method,
      notice: of,
    }: { readonly id: string; readonly method: BrokerMethod; readonly notice: NoticeAsked | null },
    argsFor: ArgsFor,
  ): Promise<Outcome<Work>> {
    const known = this.#works.get(work);
    if (known?.ended?.code === 0) return done(known);
    if (of !== null && this.#parts.isNoticed(of)) return this.#found({ id: work, method, notice: of });
    if (this.#identity === null)
      return failed('The broker’s key is not allowed yet: its owner allows it on the page Programs.');
    // What the ledger refused changed nothing: it may be asked for again.
    if (known === undefined || known.ended !== undefined)
      this.#record({ step: 'asked', id: work, method, notice: of, atMs: this.#parts.nowMs() });
    const before = this.#works.get(work)?.signed;
    if (before !== undefined) {
      await this.#send(before, this.#parts.portals());
      if (this.#works.get(work)?.ended !== undefined) return this.#told(work);
      // Bytes that may still count are all that there is to do. Those whose time went by, in blocks that are all known here, count no more.
      if (this.#parts.knownToMs() <= before.validUntilMs) return unknown(work);
      if (of === null) {
        this.#end(work, null, 'Its time went by, and it is not known that the ledger took it.');
        return this.#told(work);
      }
    }
    return this.#signAndSend({ id: work, method, argsFor });
  }

  async #signAndSend(of: { id: string; method: BrokerMethod; argsFor: ArgsFor }): Promise<Outcome<Work>> {
    const { id: work, method, argsFor } = of;
    const portals = this.#parts.portals();
    let why = 'No portal is configured.';
    for (const portal of portals) {
      const args = argsFor(portal);
      if (args === undefined || this.#identity === null) break;
      const signer = { ...this.#identity, secretKey: this.#parts.key.secretKey, network: this.#parts.network };
      const made = await signCommand(portal.client, signer, { method: methodOf(method), args: args as never });
      if (made.kind !== 'signed') {
        why = made.sentence;
        continue;
      }
      const { origin, nodeProvider } = portal;
      const signed: Signed = { step: 'signed', id: work, ...made.command, nodeProvider, portal: origin };
      this.#record(signed);
      await this.#send(signed, [portal, ...portals.filter((other) => other !== portal)]);
      if (this.#works.get(work)?.ended !== undefined) return this.#told(work);
      return unknown(work);
    }
    return failed(`No portal could be reached; it is tried again (${work}). ${why}`);
  }

  /** Through one portal after the other, until something final is known of these bytes. */
  async #send({ id: work, tx, hex }: Signed, portals: readonly PortalState[]): Promise<void> {
    for (const { client } of portals) {
      let outcome: Submission = await sendCommand(client, { tx, hex });
      // The number was used by these bytes themselves, sent before, or by nobody's.
      if (outcome.kind === 'refused' && outcome.code === admissionCodes.NONCE_USED)
        outcome = await awaitOutcome(client, tx);
      if (outcome.kind === 'decided') return this.#end(work, outcome.code, sentenceOf(outcome.code));
      if (outcome.kind === 'refused' && isFinal(outcome.code)) return this.#end(work, outcome.code, outcome.sentence);
    }
  }

  /** The ledger has it, whatever this file knows: it was sent before the file was lost, or the answer to it was. */
  #found(of: { readonly id: string; readonly method: BrokerMethod; readonly notice: NoticeAsked }): Outcome<Work> {
    if (!this.#works.has(of.id)) this.#record({ step: 'asked', ...of, atMs: this.#parts.nowMs() });
    this.#end(of.id, 0, '');
    return this.#told(of.id);
  }

  #told(work: string): Outcome<Work> {
    const found = this.#works.get(work);
    return found === undefined ? failed(`Nothing is known of ${work}.`) : done(found);
  }

  #end(work: string, code: number | null, sentence: string): void {
    this.#record({ step: 'ended', id: work, code, sentence: sentence.slice(0, 1_000), atMs: this.#parts.nowMs() });
    if (this.#journal.bytes > 2 * this.#bytesCompact + SLACK_BYTES) this.#rewrite();
  }

  #record(entry: Entry): void {
    this.#journal.append(entry);
    this.#apply(entry);
  }

  #apply(entry: Entry): void {
    if (entry.step === 'identity') {
      this.#identity = { account: entry.account, key: entry.key };
      return;
    }
    if (entry.step === 'asked') {
      this.#works.set(entry.id, { asked: entry, signed: undefined, ended: undefined });
      for (const [work, { ended }] of this.#works) {
        if (this.#works.size <= KEPT_MAX) break;
        if (ended !== undefined) this.#works.delete(work);
      }
      return;
    }
    const work = this.#works.get(entry.id);
    if (work === undefined) return;
    this.#works.set(entry.id, entry.step === 'signed' ? { ...work, signed: entry } : { ...work, ended: entry });
  }

  #rewrite(): void {
    const entries: Entry[] = this.#identity === null ? [] : [{ step: 'identity', ...this.#identity }];
    for (const { asked, signed, ended } of this.#works.values())
      for (const entry of [asked, signed, ended]) if (entry !== undefined) entries.push(entry);
    this.#journal.rewrite(entries);
    this.#bytesCompact = this.#journal.bytes;
  }
}

function unknown(work: string): Outcome<Work> {
  return failed(`It is not known yet whether the ledger took it; it is sent on (${work}).`);
}

type ArgsFor = (portal: PortalState) => MethodArgs[BrokerMethod] | undefined;

function noticeArgs({ demand, provider, kind }: NoticeAsked, nodeProvider: number): MethodArgs['SendNotice'] {
  return { demand: BigInt(demand), provider: BigInt(provider), nodeProvider: BigInt(nodeProvider), kind };
}

/** Codes of the ledger after which the same bytes may be taken all the same. */
const PASSING: readonly number[] = [
  admissionCodes.NONCE_USED,
  admissionCodes.NONCE_TOO_FAR,
  admissionCodes.QUOTA_EXCEEDED,
  admissionCodes.TOO_MANY_WAITING,
  admissionCodes.UNAVAILABLE,
  // Not before the ledger's own clock, as proved, says so.
  admissionCodes.EXPIRED,
];

/** A refusal is final by a code of the ledger alone: a portal's own says nothing about the bytes. */
function isFinal(code: number | null): code is number {
  return codeDefinitions.some((known) => known.code === code) && !PASSING.some((passing) => passing === code);
}

function sentenceOf(code: number): string {
  if (code === 0) return '';
  return codeDefinitions.find((known) => known.code === code)?.sentence ?? `The ledger answered with code ${code}.`;
}
