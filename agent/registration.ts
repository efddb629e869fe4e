import { cpus, loadavg } from 'node:os';
import { z } from 'zod';
import { toHex } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import type { KindName } from '#ledger/contracts/kinds/kinds.ts';
import { resourceTestDigest } from '#ledger/contracts/resource/test-report.ts';
import type { Term } from '#ledger/contracts/shared/terms.ts';
import type { AgentConfig } from './config.ts';
import { offerKey, type AgentKey } from './key.ts';
import { testReportOf } from './ledger-terms.ts';
import type { OrderBook } from './order-book.ts';
import { heartbeatAnswer, type NodeSample } from './node-sample.ts';
import type { PortalClient, Reply } from './portal-client.ts';
import type { TestedSource } from './resources/kind.ts';
import type { DescribedSource, OfferedSource, SourceShelf } from './source-shelf.ts';

const JOBS_MAX = 16;
const ANSWERS_KEPT_MAX = 256;
const SENTENCE_LENGTH_MAX = 1_200;

const registered = z.object({ code: z.string().min(1).max(64), expiresAtMs: z.number() });
const jobFields = {
  id: z.union([z.string().regex(/^[\w-]{1,64}$/), z.number().int().min(0)]),
  /** Account that asks. */
  owner: z.union([z.number().int().min(0), z.string().regex(/^\d{1,15}$/)]),
  network: z.string().regex(/^[0-9a-f]{64}$/),
};
const jobsSchema = z.object({
  jobs: z
    .array(
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('test'), ...jobFields, sourceId: z.string().max(64) }),
        z.object({ kind: z.literal('prove'), ...jobFields }),
      ]),
    )
    .max(JOBS_MAX),
});
export type AgentJob = z.infer<typeof jobsSchema>['jobs'][number];
type JobOf<Kind extends AgentJob['kind']> = Extract<AgentJob, { kind: Kind }>;

/** What a test found, signed, as PublishResource carries it. */
export interface SignedTest {
  readonly kind: KindName;
  readonly attributes: readonly Term[];
  readonly testedAtMs: number;
  readonly testSignature: string;
  readonly preview: TestedSource['preview'];
}

/** What is sent back to the portal: a signed test, the agent's key offered to the account that asked, or why not. */
export type JobAnswer =
  | ({ readonly what: 'test' } & SignedTest)
  | { readonly what: 'proof'; readonly proof: string }
  | { readonly what: 'failure'; readonly sentence: string };

/** The agent's signature under its own words about a source. */
export function signTest(
  { kind, attributes, preview }: DescribedSource,
  of: { readonly network: Uint8Array; readonly owner: number; readonly sourceId: string; readonly testedAtMs: number },
  key: AgentKey,
): SignedTest {
  const report = testReportOf(attributes, { ...of, kind });
  const testSignature = toHex(nobleCrypto.signRecoverable(resourceTestDigest(report, nobleCrypto), key.secretKey));
  return { kind, attributes, testedAtMs: of.testedAtMs, testSignature, preview };
}

export interface RegistrationParts {
  readonly client: PortalClient;
  readonly config: AgentConfig;
  readonly key: AgentKey;
  /** Genesis hash, 32 bytes. */
  readonly network: Uint8Array;
  readonly book: OrderBook;
  readonly shelf: SourceShelf;
  readonly nowMs: () => number;
  readonly openLinks: () => number;
  readonly sample: Pick<NodeSample, 'take' | 'heard' | 'measure'>;
  log(sentence: string): void;
}

/** The agent's dealings with the portal that need no proof: registering, pairing, heartbeats, and jobs: tests for the publish wizard, and the proof that pairing needs. */
export class Registration {
  readonly #parts: RegistrationParts;
  readonly #answers = new Map<string, JobAnswer>();
  #codeExpiresAtMs = 0;
  /** What the last heartbeat that the portal took was signed with. */
  #takenAtMs = 0;
  #lastTrouble = '';
  #lastRefusal = '';
  isRegistered = false;

  constructor(parts: RegistrationParts) {
    this.#parts = parts;
  }

  /** Registers or refreshes; prints the pairing code until the owner's AuthorizeKey is proved to be on the ledger. */
  async register(): Promise<boolean> {
    const { client, config, key, book, nowMs, log } = this.#parts;
    const body = { origin: config.gateway.publicOrigin, label: config.label, sources: this.#sources() };
    const reply = await client.post('/api/v1/agents', body);
    const answer = reply.kind === 'done' ? registered.safeParse(reply.body) : null;
    if (answer === null || !answer.success) {
      const sentence =
        reply.kind === 'done' ? 'The portal’s answer to the registration was not understood.' : reply.sentence;
      if (sentence !== this.#lastTrouble) log(`${sentence} It is tried again every 10 seconds.`);
      this.#lastTrouble = sentence;
      return false;
    }
    const isNew = nowMs() >= this.#codeExpiresAtMs;
    this.#codeExpiresAtMs = answer.data.expiresAtMs;
    if (!this.isRegistered) log(`Registered with the portal at ${config.portal}.`);
    this.isRegistered = true;
    this.#lastTrouble = '';
    if (book.identity === null && isNew) {
      log(
        `Pairing code ${answer.data.code} for key ${key.addressText}: type it in the portal under Agents. It is valid for a few minutes.`,
      );
    }
    return true;
  }

  /** True when the pairing code has run out and nobody used it. */
  get needsNewCode(): boolean {
    return this.#parts.book.identity === null && this.#parts.nowMs() >= this.#codeExpiresAtMs;
  }

  async heartbeat(): Promise<void> {
    const { client, nowMs, openLinks, sample } = this.#parts;
    const load = {
      cpu: Math.min(1, (loadavg()[0] ?? 0) / cpus().length),
      memoryBytes: process.memoryUsage.rss(),
      openLinks: openLinks(),
    };
    const body = { atMs: nowMs(), sources: this.#sources(), load, sample: await sample.take() };
    const sentAtMs = nowMs();
    // The portal takes none that is not signed later than the last: a clock that is set back a little must not silence the node.
    const signedAtMs = Math.max(sentAtMs, this.#takenAtMs + 1);
    const startedMs = performance.now();
    const reply = await client.post('/api/v1/agents/heartbeat', body, { signedAtMs });
    if (reply.kind === 'done') this.#takenAtMs = signedAtMs;
    const roundTripMs = reply.kind === 'unreachable' ? null : performance.now() - startedMs;
    const answer = reply.kind === 'done' ? heartbeatAnswer.safeParse(reply.body) : null;
    sample.heard({ sentAtMs, roundTripMs }, answer?.data ?? null);
    this.#tellOnce(reply);
    // The next heartbeat does not wait for peers that do not answer.
    if (answer?.success === true) void sample.measure(answer.data);
  }

  /** A refused heartbeat, such as one of a wrong clock, is said once until it is another one. */
  #tellOnce(reply: Reply): void {
    const trouble = reply.kind === 'refused' && reply.status !== 404 ? reply.sentence : '';
    // Seconds vary from one to the next; the trouble is the same.
    const shape = trouble.replaceAll(/\d+/g, '0');
    if (trouble !== '' && shape !== this.#lastRefusal) this.#parts.log(`A heartbeat was refused. ${trouble}`);
    this.#lastRefusal = shape;
  }

  /** Waits up to 25 s for jobs and does them; false when the portal did not answer properly. */
  async workOnJobs(signal: AbortSignal): Promise<boolean> {
    const { client, log } = this.#parts;
    const reply = await client.get('/api/v1/agents/jobs?wait=25000', { waitMs: 25_000, signal });
    if (reply.kind !== 'done') return false;
    const batch = jobsSchema.safeParse(reply.body);
    if (!batch.success) {
      log('The portal sent jobs that were not understood; they are left alone.');
      return false;
    }
    for (const job of batch.data.jobs) {
      const answer = await this.answer(job);
      await client.post(`/api/v1/agents/jobs/${job.id}`, answer);
    }
    return true;
  }

  /** A job that comes again gets the same answer. */
  async answer(job: AgentJob): Promise<JobAnswer> {
    const name = String(job.id);
    const known = this.#answers.get(name);
    if (known !== undefined) return known;
    const answer = this.#foreignNetwork(job) ?? (job.kind === 'test' ? await this.#test(job) : this.#prove(job));
    if (this.#answers.size >= ANSWERS_KEPT_MAX) this.#answers.delete(this.#answers.keys().next().value ?? '');
    this.#answers.set(name, answer);
    return answer;
  }

  #foreignNetwork(job: AgentJob): JobAnswer | null {
    if (job.network === toHex(this.#parts.network)) return null;
    return failure('This agent serves another network: its anchor file names another genesis.');
  }

  async #test(job: JobOf<'test'>): Promise<JobAnswer> {
    const { network, book, shelf, key, nowMs } = this.#parts;
    if (book.identity === null)
      return failure('This agent is not paired yet: its key is not authorised on the ledger.');
    const owner = book.identity.account;
    if (Number(job.owner) !== owner) return failure('This agent belongs to another account.');
    const tested = await shelf.test(job.sourceId);
    if (!tested.ok) return failure(tested.sentence);
    const signed = signTest(tested.value, { network, owner, sourceId: job.sourceId, testedAtMs: nowMs() }, key);
    return { what: 'test', ...signed };
  }

  /** Nobody's agent may become anybody's; once it has served an account it is offered to no other, also when that revoked its key. */
  #prove(job: JobOf<'prove'>): JobAnswer {
    const { network, book, key, log } = this.#parts;
    const account = Number(job.owner);
    if (book.owner !== null && book.owner.account !== account) {
      log(
        `Account A-${account} asked for this agent’s key. It was refused: the agent belongs to A-${book.owner.account}.`,
      );
      return failure('This agent belongs to another account: start an agent with a home of its own.');
    }
    log(
      `Account A-${account} asked for this agent’s key, which was offered to it. Pair it only if that is your account.`,
    );
    return { what: 'proof', proof: toHex(offerKey(key, { network, account })) };
  }

  #sources(): OfferedSource[] {
    return [...this.#parts.shelf.sources];
  }
}

/** One line of text, as long as the portal takes: what an engine or a system says can hold line ends. */
function failure(sentence: string): JobAnswer {
  return {
    what: 'failure',
    sentence: sentence.slice(0, SENTENCE_LENGTH_MAX).replaceAll(/[\p{Cc}\p{Surrogate}]+/gu, ' '),
  };
}
