import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import { readFounding, type AnchorDto } from '#lib/ledger-client.ts';
import type { ConsensusStripDto, NetworkDto } from '#lib/shared/explorer-dto.ts';
import { nodeNames } from './nodes.ts';
import { askLedger, stillForMs, troublesAt, type LedgerWord } from './health.ts';
import { readAsOf } from './page.ts';

const STRIP_BLOCKS = 50;
const HOUR_MS = 3_600_000n;
const WAIT_MS_MAX = 5_000;
const WAIT_STEP_MS = 25;

export type { AnchorDto } from '#lib/ledger-client.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Genesis hash and first validators. A browser pins them at its first visit; they vouch for nothing by coming from here. */
export async function getAnchor(): Promise<AnchorDto> {
  return (await readFounding()).anchor;
}

interface ValidatorState {
  address: string;
  name: string;
  state: string;
}

/** Named as their nodes are; one that the read model does not know yet shows the beginning of its address. */
async function named(list: readonly { address: string; state: string }[]): Promise<ValidatorState[]> {
  const names = await nodeNames(list.map(({ address }) => address));
  return list.map((one) => ({ ...one, name: names.get(one.address) ?? one.address.slice(0, 8) }));
}

/** Validators in set order with the ledger process's own word on each; undefined while it does not answer. */
async function validators({ status }: LedgerWord): Promise<ValidatorState[] | undefined> {
  const members = status?.validators.filter(({ isMember }) => isMember !== false);
  return members && named(members.map(({ address, state }) => ({ address: hex(address), state })));
}

/** The network in figures, every one from the read model or the ledger process. */
export async function getNetwork(): Promise<NetworkDto> {
  const client = database();
  const [{ name, anchor }, asOf, running] = await Promise.all([
    readFounding(),
    readAsOf(),
    askLedger().then(validators),
  ]);
  const since = BigInt(asOf.timeMs) - HOUR_MS;
  const [transactions, accounts, resources, orders, blocksLastHour] = await Promise.all([
    client.transaction.count({ where: { tx: { not: null } } }),
    client.account.count(),
    client.resource.count({ where: { status: 'published' } }),
    client.agreement.count(),
    client.block.count({ where: { timeMs: { gt: since } } }),
  ]);
  return {
    name,
    network: anchor.genesisHash,
    asOf,
    transactions,
    accounts,
    resources,
    orders,
    blocksLastHour,
    validatorsRunning: running?.filter(({ state }) => state === 'running').length ?? 0,
    validatorsTotal: running?.length ?? anchor.validators.length,
  };
}

/** Every parameter of governance by name, decimal strings, as of the read model. */
export async function getParameters(): Promise<Record<string, string>> {
  if (!(await authorize('network.read')).ok) return {};
  const rows = await database().parameter.findMany({ orderBy: { name: 'asc' } });
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

/** Last 50 blocks × validators, oldest first. */
export async function getConsensusStrip(): Promise<ConsensusStripDto> {
  const [rows, ledger, asOf] = await Promise.all([
    database().block.findMany({ orderBy: { height: 'desc' }, take: STRIP_BLOCKS + 1 }),
    askLedger(),
    readAsOf(),
  ]);
  const running = await validators(ledger);
  // A block carries the precommits of the one before it, so the newest block's own are not known yet. Written as [{address, signed}].
  const blocks = rows.slice(1).map(({ height, timeMs }, index) => {
    const list = rows[index]?.signers as unknown as { address: string; signed: boolean }[];
    return { height: Number(height), timeMs: Number(timeMs), list };
  });
  blocks.reverse();
  const known = blocks.at(-1)?.list.map(({ address }) => ({ address, state: 'unknown' })) ?? [];
  const columns = running ?? (await named(known));
  return {
    validators: columns,
    blocks: blocks.map(({ list, ...block }) => {
      const signed = new Map(list.map((signer) => [signer.address, signer.signed]));
      return { ...block, signed: columns.map(({ address }) => signed.get(address) ?? null) };
    }),
    stillForMs: stillForMs(asOf),
    troubles: troublesAt(ledger, asOf),
    asOf,
  };
}

/** True once the read model has reached `height`; false when it has not within five seconds. */
export async function waitForHeight(height: number): Promise<boolean> {
  const untilMs = Date.now() + WAIT_MS_MAX;
  while ((await readAsOf()).height < height) {
    if (Date.now() >= untilMs) return false;
    await new Promise((resolve) => setTimeout(resolve, WAIT_STEP_MS));
  }
  return true;
}
