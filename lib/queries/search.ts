import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { accountOf } from '#lib/auth/viewer.ts';
import { database, Prisma, readModel } from '#lib/db.ts';
import type { SearchHit } from '#lib/shared/dto.ts';
import { getAccountByAddress } from './account.ts';
import { findPart } from './orders.ts';
import { idOf } from './page.ts';
import { accountsNamed, corrected, textConditions, wordsOf } from './search-words.ts';

const TEXT_LENGTH_MAX = 120;
const RESOURCES_MAX = 8;
const ACCOUNTS_MAX = 4;

const PAGES: readonly SearchHit[] = [
  { kind: 'page', label: 'Catalogue', href: '/catalogue' },
  { kind: 'page', label: 'Explorer', href: '/explorer' },
  { kind: 'page', label: 'Verify a receipt', href: '/verify' },
  { kind: 'page', label: 'Docs and API', href: '/docs' },
];

async function byNumber(id: bigint, prefix: string | undefined, account: number | null): Promise<SearchHit[]> {
  const client = database();
  const wants = (letter: string): boolean => prefix === undefined || prefix === letter;
  const self = account === null ? undefined : BigInt(account);
  const [resource, found, order, block] = await Promise.all([
    wants('R') ? client.resource.findUnique({ where: { id }, select: { title: true } }) : null,
    wants('A') ? client.account.findUnique({ where: { id }, select: { id: true } }) : null,
    wants('O') && self !== undefined
      ? client.agreement.findFirst({
          where: { id, OR: [{ customer: self }, { provider: self }] },
          select: { customer: true },
        })
      : null,
    wants('B') ? client.block.findUnique({ where: { height: id }, select: { height: true } }) : null,
  ]);
  const hits: SearchHit[] = [];
  if (resource !== null) hits.push({ kind: 'resource', label: `R-${id} ${resource.title}`, href: `/catalogue/${id}` });
  if (order !== null)
    hits.push({
      kind: 'order',
      label: `Order O-${id}`,
      href: `/${order.customer === self ? 'customer' : 'provider'}/orders/${id}`,
    });
  if (found !== null) hits.push({ kind: 'account', label: `Account A-${id}`, href: `/explorer/accounts/${id}` });
  if (block !== null) hits.push({ kind: 'block', label: `Block ${id}`, href: `/explorer/blocks/${id}` });
  return hits;
}

async function byPart(order: bigint, part: bigint, account: number | null): Promise<SearchHit[]> {
  const found = account === null ? null : await findPart({ order, part }, BigInt(account));
  if (found === null) return [];
  return [{ kind: 'order', label: `Order O-${order}/${part}`, href: `/${found.as}/orders/${found.id}` }];
}

async function byHash(text: string): Promise<SearchHit[]> {
  const hash = text.replace(/^0x/i, '').toLowerCase();
  const [transaction, block] = await Promise.all([
    database().transaction.findFirst({ where: { tx: hash }, select: { method: true } }),
    database().block.findFirst({ where: { hash }, select: { height: true } }),
  ]);
  const hits: SearchHit[] = [];
  if (transaction !== null) {
    hits.push({
      kind: 'transaction',
      label: `${transaction.method} ${hash.slice(0, 8)}…`,
      href: `/explorer/transactions/${hash}`,
    });
  }
  if (block !== null)
    hits.push({ kind: 'block', label: `Block ${block.height}`, href: `/explorer/blocks/${block.height}` });
  return hits;
}

/** Published resources that have every word, and accounts whose public name has. */
async function byText(text: string): Promise<SearchHit[]> {
  const words = wordsOf(text);
  if (words.length === 0) return [];
  const { where, rank } = await textConditions(text);
  const [resources, accounts] = await Promise.all([
    database().$queryRaw<{ id: bigint; title: string }[]>(Prisma.sql`
      SELECT r."id", r."title" FROM ${readModel.resources} r WHERE r."status" = 'published' AND ${where}
      ORDER BY ${rank} DESC, r."id" DESC LIMIT ${RESOURCES_MAX}`),
    accountsNamed(words, ACCOUNTS_MAX),
  ]);
  return [
    ...accounts.map(({ id, name }) => ({
      kind: 'account' as const,
      label: `A-${id} ${name}`,
      href: `/explorer/accounts/${id}`,
    })),
    ...resources.map(({ id, title }) => ({
      kind: 'resource' as const,
      label: `R-${id} ${title}`,
      href: `/catalogue/${id}`,
    })),
  ];
}

/** What has the words as they were typed, else what has the words that were probably meant. */
async function byWords(text: string): Promise<SearchHit[]> {
  const found = await byText(text);
  if (found.length > 0) return found;
  const better = await corrected(text);
  return better === undefined ? [] : byText(better);
}

/** Finds what a text may mean (R-12, A-3, O-5, O-5/2, a height, a hash, an address, words), as far as the viewer may know of it. */
export async function search(text: string): Promise<SearchHit[]> {
  const access = await authorize('search.read');
  const words = text.trim().slice(0, TEXT_LENGTH_MAX);
  if (!access.ok || words === '') return [];
  const numbered = /^([RAOB])?-?(\d{1,15})$/i.exec(words);
  const id = numbered?.[2] === undefined ? undefined : idOf(Number(numbered[2]));
  if (id !== undefined) {
    const named = await byNumber(id, numbered?.[1]?.toUpperCase(), accountOf(access.viewer));
    // A bare number can be a word too, such as a year in a title.
    if (numbered?.[1] !== undefined) return named;
    return [...named, ...(await byText(words)).filter(({ href }) => named.every((hit) => hit.href !== href))];
  }
  const parted = /^O-?(\d{1,15})\/(\d{1,3})$/i.exec(words);
  const order = parted?.[1] === undefined ? undefined : idOf(Number(parted[1]));
  if (order !== undefined) return byPart(order, BigInt(parted?.[2] ?? 0), accountOf(access.viewer));
  if (/^(0x)?[0-9a-f]{64}$/i.test(words)) return byHash(words);
  if (/^0x[0-9a-f]{40}$/i.test(words)) {
    const found = await getAccountByAddress(words);
    return found === null
      ? []
      : [{ kind: 'account', label: `Account A-${found.account}`, href: `/explorer/accounts/${found.account}` }];
  }
  const pages = PAGES.filter(({ label }) => label.toLowerCase().includes(words.toLowerCase()));
  return [...pages, ...(await byWords(words))];
}
