import { cpus, loadavg } from 'node:os';
import { z } from 'zod';
import { toHex } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { resourceTestDigest } from '#ledger/contracts/resource/test-report.ts';
import type { AgentConfig } from './config.ts';
import type { AgentKey } from './key.ts';
import { testReportOf } from './ledger-terms.ts';
import type { OrderBook } from './order-book.ts';
import type { PortalClient } from './portal-client.ts';
import type { TestedSource } from './resources/kind.ts';
import type { SourceShelf } from './source-shelf.ts';

const JOBS_MAX = 16;
const ANSWERS_KEPT_MAX = 256;
const SENTENCE_LENGTH_MAX = 300;

const registered = z.object({ code: z.string().min(1).max(64), expiresAtMs: z.number() });
const jobsSchema = z.object({
  jobs: z
    .array(
      z.object({
        id: z.union([z.string().regex(/^[\w-]{1,64}$/), z.number().int().min(0)]),
        kind: z.literal('test'),
        sourceId: z.string().max(64),
        owner: z.union([z.number().int().min(0), z.string().regex(/^\d{1,16}$/)]),
        network: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .max(JOBS_MAX),
});
export type TestJob = z.infer<typeof jobsSchema>['jobs'][number];

/** What a test sends back to the portal. */
export type TestAnswer =
  | {
      readonly ok: true;
      readonly technical: string;
      readonly testedAtMs: number;
      readonly testSignature: string;
      readonly preview: readonly Readonly<Record<string, string | null>>[];
    }
  | { readonly ok: false; readonly sentence: string };

/** The agent's signature under its own words about a source, as PublishResource carries it. */
export function signTest(
  tested: TestedSource,
  of: { readonly network: Uint8Array; readonly owner: number; readonly sourceId: string; readonly testedAtMs: number },
  key: AgentKey,
): Omit<Extract<TestAnswer, { ok: true }>, 'ok'> {
  const report = testReportOf(tested.attributes, of);
  const testSignature = toHex(nobleCrypto.signRecoverable(resourceTestDigest(report, nobleCrypto), key.secretKey));
  const { technical } = report;
  return { technical, testedAtMs: of.testedAtMs, testSignature, preview: tested.preview };
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
  log(sentence: string): void;
}

/** The agent's dealings with the portal that need no proof: registering, pairing, heartbeats, tests for the publish wizard. */
export class Registration {
  readonly #parts: RegistrationParts;
  readonly #answers = new Map<string, TestAnswer>();
  #codeExpiresAtMs = 0;
  #lastTrouble = '';
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
    const { client, nowMs, openLinks } = this.#parts;
    const load = {
      cpu: Math.min(1, (loadavg()[0] ?? 0) / cpus().length),
      memoryBytes: process.memoryUsage.rss(),
      openLinks: openLinks(),
    };
    await client.post('/api/v1/agents/heartbeat', { atMs: nowMs(), sources: this.#sources(), load });
  }

  /** Waits up to 25 s for tests to do and does them; false when the portal did not answer properly. */
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

  /** Tests a source and signs what was found. A job that comes again gets the same answer. */
  async answer(job: TestJob): Promise<TestAnswer> {
    const name = String(job.id);
    const known = this.#answers.get(name);
    if (known !== undefined) return known;
    const answer = await this.#test(job);
    if (this.#answers.size >= ANSWERS_KEPT_MAX) this.#answers.delete(this.#answers.keys().next().value ?? '');
    this.#answers.set(name, answer);
    return answer;
  }

  async #test(job: TestJob): Promise<TestAnswer> {
    const { network, book, shelf, key, nowMs } = this.#parts;
    if (job.network !== toHex(network))
      return { ok: false, sentence: 'This agent serves another network: its anchor file names another genesis.' };
    if (book.identity === null)
      return { ok: false, sentence: 'This agent is not paired yet: its key is not authorised on the ledger.' };
    if (Number(job.owner) !== book.identity.account)
      return { ok: false, sentence: 'This agent belongs to another account.' };
    const tested = await shelf.test(job.sourceId);
    if (!tested.ok) return { ok: false, sentence: tested.sentence.slice(0, SENTENCE_LENGTH_MAX) };
    const owner = book.identity.account;
    const signed = signTest(tested.value, { network, owner, sourceId: job.sourceId, testedAtMs: nowMs() }, key);
    return { ok: true, ...signed };
  }

  #sources(): { id: string; format: string; title: string }[] {
    return this.#parts.shelf.sources.map(({ id, format, title }) => ({ id, format, title }));
  }
}
