// The real gateway with one order of storage, in the folder that its argument names, for whoever measures it from outside. Says on its
// first line how it is reached, and runs until it is killed.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '#ledger/core/bytes.ts';
import {
  accessKeyOf,
  bucketNameOf,
  STORE_REGION,
  storeTerms,
  storeWaysTerms,
} from '#ledger/contracts/kinds/storage.ts';
import { NO_SPENDING } from '#agent/spending.ts';
import { WatchfulClock } from '#agent/clock.ts';
import { Meter } from '#agent/gateway/meter.ts';
import { Gateway } from '#agent/gateway/server.ts';
import { hashOfToken, linkTokens } from '#agent/link-token.ts';
import { OrderBook } from '#agent/order-book.ts';
import type { Outcome } from '#agent/outcome.ts';
import { storageKind } from '#agent/resources/storage/storage-kind.ts';

const AGREEMENT = 1;
const QUOTA = 10_000_000_000;
const WINDOW_MS = 3_600_000;

const folder = process.argv[2] ?? '';
mkdirSync(folder, { recursive: true });
const log = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
const section = { stores: [{ id: 'shelf', title: 'Shelf', folder: 'shelf', bytes: QUOTA }] };
const open = must(storageKind.configure(section, folder)).open({ folder, spending: NO_SPENDING, log });
const book = must(OrderBook.open(join(folder, 'orders.journal')));
const meter = must(Meter.open(join(folder, 'meter.journal')));
const tokens = linkTokens(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2));
const token = tokens({ agreement: AGREEMENT, issue: 1 });
const nowMs = Date.now();
const source = { resource: 1, kind: 'storage', sourceId: 'shelf' };
const terms = {
  ...source,
  agreement: AGREEMENT,
  order: AGREEMENT,
  part: 1,
  first: AGREEMENT,
  customer: 2,
  choices: [],
  ways: storeWaysTerms(0n),
  amounts: { storedBytes: QUOTA },
  promise: [],
  degradedPerMille: 0,
  intervalMs: 10_000,
  encryptionKey: '',
  prepareByMs: nowMs,
};
const published = { ...source, attributes: storeTerms({ bytes: BigInt(QUOTA), region: STORE_REGION }) };
must(await open.prepare(terms, published));
book.record({ kind: 'resource', published, status: 'published' });
book.record({ kind: 'identity', account: 1, key: 1 });
book.record({ kind: 'head', height: 1, timeMs: nowMs });
book.record({ kind: 'reserved', terms });
const link = { agreement: AGREEMENT, issue: 1 };
book.record({ kind: 'sealed', ...link, encryptionKey: '', tokenHash: toHex(hashOfToken(token)), descriptor: '' });
book.record({ kind: 'window', ...link, startsAtMs: nowMs, endsAtMs: nowMs + WINDOW_MS });
const working = { module: storageKind, open };
const gateway = new Gateway({
  book,
  meter,
  tokens,
  portalOrigin: 'http://localhost:3000',
  clock: new WatchfulClock(() => Date.now(), 0),
  kindOf: () => working,
  kinds: () => [working],
  onUsedUp: () => undefined,
  onFatal: log,
  log,
});
const port = await gateway.listen('127.0.0.1', 0);
const bucket = `http://127.0.0.1:${port}/${bucketNameOf(AGREEMENT)}`;
process.stdout.write(`${JSON.stringify({ bucket, region: STORE_REGION, user: `${accessKeyOf(link)}:${token}` })}\n`);

function must<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(outcome.sentence);
  return outcome.value;
}
