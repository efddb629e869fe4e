import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database, Prisma, readModel } from '#lib/db.ts';
import type { PageOf } from '#lib/shared/dto.ts';
import type { BlockDetail, BlockSummary, TransactionDetail, TransactionSummary } from '#lib/shared/explorer-dto.ts';
import { eventsWhere } from './event-rows.ts';
import { nodeNames } from './nodes.ts';
import { FIRST_EFFECT } from './outcome.ts';
import { emptyPage, PAGE_SIZE, pageNumber, pageOf, windowOf } from './page.ts';
import { concerning, readableReceipts } from './parties.ts';
import { isPrivateField, isPrivateMethod } from './event-sentence.ts';
import { toTransactions } from './transaction-rows.ts';

type BlockRow = Prisma.BlockGetPayload<object>;

const ITEMS_MAX = 1_000;
const HIDDEN_VALUE = 'only the parties see this';

type Names = ReadonlyMap<string, string>;

function toBlock(row: BlockRow, names: Names): BlockSummary {
  const { hash, proposer, round, transactions, dueItems } = row;
  const place = { height: Number(row.height), hash, timeMs: Number(row.timeMs) };
  return { ...place, proposer, proposerName: names.get(proposer) ?? null, round, transactions, dueItems };
}

/** Blocks that hold something: a transaction or due work. As the index says it, so that the empty ones are not read. */
const FILLED = Prisma.sql`"transactions" > 0 OR "dueItems" > 0`;

/** Blocks that hold something, newest first. */
export async function getFilledBlocks(page: number): Promise<PageOf<BlockSummary>> {
  if (!(await authorize('explorer.read')).ok) return emptyPage();
  const number = pageNumber(page);
  const { skip, take } = windowOf(number);
  const [rows, counted] = await Promise.all([
    database().$queryRaw<
      BlockRow[]
    >`SELECT * FROM ${readModel.blocks} WHERE ${FILLED} ORDER BY "height" DESC LIMIT ${take} OFFSET ${skip}`,
    database().$queryRaw<{ total: bigint }[]>`SELECT count(*) AS total FROM ${readModel.blocks} WHERE ${FILLED}`,
  ]);
  const names = await nodeNames(rows.map(({ proposer }) => proposer));
  return pageOf(
    rows.map((row) => toBlock(row, names)),
    Number(counted[0]?.total ?? 0n),
    number,
  );
}

/** What was executed, newest first: transactions and due work. Places in the log have no gap, so a page is a range of them. */
export async function getTransactions(page: number): Promise<PageOf<TransactionSummary>> {
  const access = await authorize('explorer.read');
  if (!access.ok) return emptyPage();
  const number = pageNumber(page);
  const newest = await database().transaction.findFirst({ orderBy: { logIndex: 'desc' }, select: { logIndex: true } });
  const total = newest === null ? 0 : Number(newest.logIndex) + 1;
  const top = BigInt(total - (number - 1) * PAGE_SIZE);
  const rows = await database().transaction.findMany({
    where: { logIndex: { lt: top, gte: top - BigInt(PAGE_SIZE) } },
    orderBy: { logIndex: 'desc' },
  });
  const concern = await concerning(
    rows.map(({ logIndex }) => logIndex),
    access.account,
  );
  return pageOf(await toTransactions(rows, concern.items), total, number);
}

/** Blocks, newest first. Heights have no gap, so a page is a range of them. */
export async function getBlocks(page: number): Promise<PageOf<BlockSummary>> {
  if (!(await authorize('explorer.read')).ok) return emptyPage();
  const number = pageNumber(page);
  const newest = await database().block.findFirst({ orderBy: { height: 'desc' }, select: { height: true } });
  const total = Number(newest?.height ?? 0n);
  const top = BigInt(total - (number - 1) * PAGE_SIZE);
  const rows = await database().block.findMany({
    where: { height: { lte: top, gt: top - BigInt(PAGE_SIZE) } },
    orderBy: { height: 'desc' },
  });
  const names = await nodeNames(rows.map(({ proposer }) => proposer));
  return pageOf(
    rows.map((row) => toBlock(row, names)),
    total,
    number,
  );
}

/** One block with its items and events; what is between parties is plain to the parties only. */
export async function getBlock(height: number): Promise<BlockDetail | null> {
  const access = await authorize('explorer.read');
  if (!access.ok || !Number.isSafeInteger(height) || height < 1) return null;
  const key = BigInt(height);
  const [row, next] = await Promise.all([
    database().block.findUnique({ where: { height: key } }),
    database().block.findUnique({ where: { height: key + 1n } }),
  ]);
  if (row === null) return null;
  const items = await database().transaction.findMany({
    where: { height: key },
    orderBy: { logIndex: 'asc' },
    take: ITEMS_MAX,
  });
  const concern = await concerning(
    items.map(({ logIndex }) => logIndex),
    access.account,
  );
  const [transactions, events] = await Promise.all([
    toTransactions(items, concern.items),
    eventsWhere({ height: key }, { concern, account: access.account }),
  ]);
  // The next block carries the precommits for this one; the projector writes them as [{address, signed}].
  const votes = (next?.signers ?? []) as unknown as { address: string; signed: boolean }[];
  const names = await nodeNames([row.proposer, ...votes.map(({ address }) => address)]);
  const signers = votes.map((vote) => ({ ...vote, name: names.get(vote.address) ?? null }));
  return { ...toBlock(row, names), appHash: row.appHash, signers, items: transactions, events };
}

/** One transaction by id (hex, with or without 0x) with what was signed; null when no block holds it. */
export async function getTransaction(tx: string): Promise<TransactionDetail | null> {
  const access = await authorize('explorer.read');
  const id = /^(?:0x)?([0-9a-f]{64})$/i.exec(tx)?.[1]?.toLowerCase();
  if (!access.ok || id === undefined) return null;
  const row = await database().transaction.findFirst({ where: { tx: id }, orderBy: [...FIRST_EFFECT] });
  if (row === null) return null;
  const concern = await concerning([row.logIndex], access.account);
  const [summaries, events, receipts] = await Promise.all([
    toTransactions([row], concern.items),
    eventsWhere({ logIndex: row.logIndex }, { concern, account: access.account }),
    readableReceipts([row.logIndex], concern.items),
  ]);
  const summary = summaries[0];
  if (summary === undefined) return null;
  const isWhole = concern.whole.has(row.logIndex);
  const isHidden = (name: string): boolean =>
    !isWhole && (isPrivateMethod(row.method) || isPrivateField(row.method, name));
  // The projector writes [{name, value}] in the order that was signed.
  const fields = row.fields as unknown as TransactionDetail['fields'];
  return {
    ...summary,
    key: Number(row.key ?? 0n),
    nonce: Number(row.nonce ?? 0),
    validUntilMs: Number(row.validUntilMs ?? 0),
    fields: fields.map((field) => (isHidden(field.name) ? { name: field.name, value: HIDDEN_VALUE } : field)),
    events,
    hasReceipt: receipts.has(row.logIndex),
  };
}
