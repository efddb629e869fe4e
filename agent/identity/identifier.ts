import { hkdfSync, createHmac } from 'node:crypto';
import { z } from 'zod';
import { encryptionKeyOf, encryptionSecretOf } from '#agent/encryption-key.ts';
import { lockHome, type HomeLock } from '#agent/home-lock.ts';
import { open, seal } from '#agent/hpke.ts';
import { done, type Outcome } from '#agent/outcome.ts';
import { PortalClient } from '#agent/portal-client.ts';
import { ProgramKey } from '#agent/program-key.ts';
import type { Begun } from '#agent/program.ts';
import { attemptEach, Rounds } from '#agent/rounds.ts';
import { sentenceOfCode } from '#agent/submission.ts';
import { Figures, type Count } from '#metrics/figures.ts';
import { methodOf, type MethodArgs } from '#ledger/contracts/definitions.ts';
import {
  readClaim,
  reviewInfo,
  sealingInfo,
  subscriberMessage,
  type IdentityClaim,
} from '#ledger/contracts/identity/claim.ts';
import { identityCodes } from '#ledger/contracts/identity/definition.ts';
import { CLAIM_FIELDS, type ClaimField } from '#ledger/contracts/identity/identity-words.ts';
import { equal, fromHex, toHex, utf8 } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { compare, differing } from './comparison.ts';
import type { IdentityConfig } from './config.ts';
import { openRecords, type SubscriberRecords } from './records.ts';

const LOOK_MS = 2_000;
const DAY_MS = 86_400_000;

const hex = z.string().regex(/^(?:[0-9a-f]{2})+$/);
const waitingSchema = z.object({
  sealingKey: hex.nullable(),
  encryptionKey: hex.nullable(),
  claims: z.array(
    z.object({
      account: z.number().int().positive(),
      commitment: hex.length(64),
      sealed: hex,
      isInReview: z.boolean(),
    }),
  ),
});
type Waiting = z.infer<typeof waitingSchema>;
type Claim = Waiting['claims'][number];

/** What is decided of a claim before anything is signed. */
type Verdict =
  | { readonly kind: 'refuse'; readonly fields: readonly ClaimField[] }
  | { readonly kind: 'attest'; readonly subscriber: Uint8Array }
  | { readonly kind: 'review'; readonly text: string };

/** An operator's identity program: it opens what people state, compares it with the operator's own records, and answers by the ledger [I.3-2] [I.3-9]. */
export class Identifier {
  readonly figures = new Figures();
  readonly #answered: Count;
  readonly #begun: Begun<IdentityConfig>;
  readonly #client: PortalClient;
  readonly #programKey: ProgramKey;
  readonly #records: SubscriberRecords;
  readonly #tagKey: Uint8Array;
  readonly #rounds: Rounds;
  readonly #lock: HomeLock;
  #work: Promise<void> = Promise.resolve();

  private constructor(begun: Begun<IdentityConfig>, lock: HomeLock) {
    const { config, anchor, key } = begun;
    this.#begun = begun;
    this.#rounds = new Rounds(begun);
    this.#answered = this.figures.counter({
      name: 'interpool_identity_answers_total',
      help: 'Requests to be identified that were answered, or left to a person.',
    });
    this.#lock = lock;
    this.#client = new PortalClient(config.portal, { network: toHex(anchor.genesisHash), key });
    const { portal, account, label } = config;
    const offered = { portal, account, label, work: 'identity', owner: 'an operator' };
    this.#programKey = new ProgramKey({ client: this.#client, key, anchor, log: begun.log, ...offered });
    this.#records = openRecords(config.records);
    this.#tagKey = new Uint8Array(hkdfSync('sha256', key.secretKey, '', 'interpool/identity/subscriber-key/v1', 32));
  }

  static start(begun: Begun<IdentityConfig>): Outcome<Identifier> {
    const lock = lockHome(begun.config.home, 'identity program');
    if (!lock.ok) return lock;
    const identifier = new Identifier(begun, lock.value);
    identifier.#work = identifier.#run();
    return done(identifier);
  }

  async stop(): Promise<void> {
    this.#rounds.stop();
    await this.#work;
    this.#lock.release();
  }

  async #run(): Promise<void> {
    await this.#programKey.allowed(this.#rounds);
    await this.#rounds.repeat('requests', LOOK_MS, () => this.#look());
  }

  async #look(): Promise<void> {
    const reply = await this.#client.get('/api/v1/identity/claims', { signal: this.#rounds.signal });
    if (reply.kind !== 'done') throw new Error(reply.sentence);
    const waiting = waitingSchema.parse(reply.body);
    const sealingKey = encryptionKeyOf(this.#begun.key.secretKey);
    if (waiting.sealingKey !== toHex(sealingKey)) {
      await this.#sign('OfferIdentification', { sealingKey });
      this.#begun.log('Accounts can ask this operator to identify them now.');
      return;
    }
    // One that the records cannot answer for stops nobody behind it.
    await attemptEach(waiting.claims, async (claim) => {
      if (!claim.isInReview && !this.#rounds.signal.aborted) await this.#answer(claim, waiting);
    });
  }

  async #answer(claim: Claim, { encryptionKey }: Waiting): Promise<void> {
    const verdict = await this.#verdictOf(claim);
    const subject = BigInt(claim.account);
    const commitment = fromHex(claim.commitment) ?? new Uint8Array();
    if (verdict.kind === 'review') await this.#askPerson(claim, verdict.text, encryptionKey);
    else if (verdict.kind === 'refuse')
      await this.#sign('RefuseIdentity', { subject, commitment, fields: [...verdict.fields] });
    else {
      const endsAtMs = BigInt(this.#begun.nowMs() + this.#begun.config.validDays * DAY_MS);
      const { subscriber } = verdict;
      const code = await this.#sign(
        'AttestIdentity',
        { subject, commitment, subscriber, level: 'compared', endsAtMs },
        [identityCodes.SUBSCRIBER_TAKEN],
      );
      if (code === identityCodes.SUBSCRIBER_TAKEN)
        await this.#sign('RefuseIdentity', { subject, commitment, fields: ['subscriber'] });
    }
    this.#answered.inc();
    this.#begun.log(`Request of A-${claim.account}: ${inWords(verdict)}.`);
  }

  async #verdictOf({ account, commitment, sealed }: Claim): Promise<Verdict> {
    const { anchor, key, config } = this.#begun;
    const binding = { network: anchor.genesisHash, account: BigInt(account), operator: BigInt(config.account) };
    const opened = await open(fromHex(sealed) ?? new Uint8Array(), {
      secretKey: encryptionSecretOf(key.secretKey),
      info: sealingInfo(binding),
    });
    // What cannot be opened, or is not what was committed to, states nothing that could agree.
    const committed = fromHex(commitment) ?? new Uint8Array();
    const isCommitted = opened !== undefined && equal(nobleCrypto.sha256(opened), committed);
    const claim = isCommitted ? readClaim(opened) : undefined;
    if (claim === undefined) return { kind: 'refuse', fields: CLAIM_FIELDS };
    return this.#compared(claim);
  }

  async #compared(claim: IdentityClaim): Promise<Verdict> {
    const fields = compare(claim, await this.#records.find(claim.subscriber));
    const subscriber = new Uint8Array(
      createHmac('sha256', this.#tagKey).update(subscriberMessage(claim.subscriber)).digest(),
    );
    const wrong = differing(fields);
    if (wrong.includes('subscriber')) return { kind: 'refuse', fields: wrong };
    if (this.#begun.config.decide === 'review')
      return { kind: 'review', text: JSON.stringify({ fields, subscriber: toHex(subscriber) }) };
    return wrong.length > 0 ? { kind: 'refuse', fields: wrong } : { kind: 'attest', subscriber };
  }

  /** The comparison goes to a person of the operator, whose browser alone opens it. */
  async #askPerson({ account, commitment }: Claim, text: string, encryptionKey: string | null): Promise<void> {
    const { anchor, config } = this.#begun;
    const publicKey = fromHex(encryptionKey ?? '');
    if (publicKey?.length !== 32) throw new Error('The portal does not say which key the operator’s account has.');
    const binding = { network: anchor.genesisHash, account: BigInt(account), operator: BigInt(config.account) };
    const review = await seal(utf8(text), { publicKey, info: reviewInfo(binding) });
    const reply = await this.#client.post('/api/v1/identity/reviews', { account, commitment, review: toHex(review) });
    if (reply.kind !== 'done') throw new Error(reply.sentence);
  }

  /** Signs and waits for the decision. A request that was withdrawn meanwhile needs no answer; of the other codes those of `expected` are the caller's. */
  async #sign<Name extends 'OfferIdentification' | 'AttestIdentity' | 'RefuseIdentity'>(
    method: Name,
    args: MethodArgs[Name],
    expected: readonly number[] = [],
  ): Promise<number> {
    const submission = await this.#programKey.submit({ method: methodOf(method), args });
    if (submission.kind !== 'decided') throw new Error(submission.sentence);
    const { code } = submission;
    if (code === 0 || code === identityCodes.REQUEST_UNKNOWN || expected.includes(code)) return code;
    throw new Error(`${method} was not recorded: ${sentenceOfCode(code)}`);
  }
}

function inWords(verdict: Verdict): string {
  if (verdict.kind === 'review') return 'left to a person';
  return verdict.kind === 'attest' ? 'identified' : `refused, the records differ in ${verdict.fields.join(', ')}`;
}
