import { TEXT_MAX } from '#ledger/contracts/security/definition.ts';
import type { ServiceCommand, StepOutcome } from '#ledger/contracts/security/repair-words.ts';
import type { Duties } from '#agent/duties.ts';
import type { LedgerCommand } from '#agent/ledger-terms.ts';
import type { OrderBook } from '#agent/order-book.ts';
import { reasonOf } from '#agent/outcome.ts';
import type { SourceShelf } from '#agent/source-shelf.ts';
import type { Submission } from '#agent/submission.ts';

/** What came of a command, as the ledger takes it: everybody can read the text. */
export interface RepairAnswer {
  readonly outcome: StepOutcome;
  readonly text: string;
}

/** What a command reaches of the agent: functions, and no line of a shell among them. */
export interface RepairParts {
  readonly book: Pick<OrderBook, 'resources'>;
  readonly shelf: Pick<SourceShelf, 'sources' | 'test' | 'changes' | 'readAll'>;
  readonly duties: Pick<Duties, 'markListing'>;
  /** Registers with the portal; false where it did not take it, and the log says why. */
  register(): Promise<boolean>;
  /** What the agent says of itself on the ledger: version and address. */
  readonly said: LedgerCommand;
  submit(command: LedgerCommand): Promise<Submission>;
  /** Closes the gateway and opens it again. */
  reopen(): Promise<void>;
  log(sentence: string): void;
}

const done = (text: string): RepairAnswer => ({ outcome: 'done', text });
const failed = (text: string): RepairAnswer => ({ outcome: 'failed', text });

/** Names until the text is full: the ledger takes so many characters. */
export function listed(names: readonly string[], lengthMax: number): string {
  const all = names.join(', ');
  if (all.length <= lengthMax) return all;
  const kept = names.filter((_, index) => names.slice(0, index + 1).join(', ').length <= lengthMax - 20);
  return `${kept.join(', ')} and ${names.length - kept.length} more`;
}

/** The sources as they are now against what was published of them. Names no file: what is wrong in detail is in the agent's log. */
async function retest({ book, shelf, duties, log }: RepairParts): Promise<RepairAnswer> {
  const faults: string[] = [];
  const own = [...book.resources.values()].filter(({ status }) => status !== 'retired');
  for (const listing of own) {
    const { resource, sourceId } = listing.published;
    const tested = await shelf.test(sourceId, listing.published);
    const changes = tested.ok ? shelf.changes(tested.value, listing.published) : [];
    if (!tested.ok) log(`Resource R-${resource}: ${tested.sentence}`);
    if (changes.length > 0) log(`Resource R-${resource} is no longer what was published: ${changes.join('; ')}.`);
    if (!tested.ok) faults.push(`R-${resource} cannot be read`);
    else if (changes.length > 0) faults.push(`R-${resource} is not as published`);
    if (listing.status !== 'published') continue;
    duties.markListing(listing, tested.ok ? (changes.length > 0 ? 'metadata-mismatch' : null) : 'source-unavailable');
  }
  if (own.length === 0) return retestSources({ shelf, log });
  const fit = `${own.length - faults.length} of ${own.length} resources fit what is published`;
  return faults.length === 0 ? done(`${fit}.`) : failed(`${fit}; ${listed(faults, TEXT_MAX - fit.length - 3)}.`);
}

/** Nothing is published yet: whether what could be can be read. */
async function retestSources({ shelf, log }: Pick<RepairParts, 'shelf' | 'log'>): Promise<RepairAnswer> {
  const { sources } = shelf;
  let read = 0;
  for (const { id } of sources) {
    const tested = await shelf.test(id);
    if (tested.ok) read += 1;
    else log(tested.sentence);
  }
  const text = `Nothing is published; ${read} of ${sources.length} sources can be read.`;
  return read === sources.length ? done(text) : failed(text);
}

async function reregister({ register, said, submit, log }: RepairParts): Promise<RepairAnswer> {
  if (!(await register())) return failed('The portal did not take the registration; the agent’s log says why.');
  const submission = await submit(said);
  if (submission.kind === 'decided' && submission.code === 0)
    return done('It registered with the portal, and said its version and address on the ledger.');
  log(`The ledger did not take ${said.method.name} (${JSON.stringify(submission)}).`);
  return failed('It registered with the portal; the ledger did not take its version and address.');
}

async function restart({ shelf, reopen, log }: RepairParts): Promise<RepairAnswer> {
  await reopen();
  await shelf.readAll();
  log('The gateway was closed and opened again, as a maintainer ordered.');
  return done('Its gateway was closed and opened again, and its sources were read anew.');
}

/** One row a command: what the table of the ledger says in words. */
const HANDS: Readonly<Record<ServiceCommand, (parts: RepairParts) => Promise<RepairAnswer>>> = {
  're-test': retest,
  're-register': reregister,
  'restart-service': restart,
};

/** Carries a command out. What breaks on the way is an answer, and its reason is in the log. */
export async function carryOut(command: ServiceCommand, parts: RepairParts): Promise<RepairAnswer> {
  try {
    return await HANDS[command](parts);
  } catch (error) {
    parts.log(`The command ${command} failed: ${reasonOf(error)}`);
    return failed('It broke off; the agent’s log says why.');
  }
}
