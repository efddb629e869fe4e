import type { StateScanner } from '#ledger/core/decision.ts';
import { isOpenNotice, readNextNotice, readOpenNotices } from './notices.ts';
import { demandTables, readBatch, readNextDemand, readOpenCount } from './record.ts';

/** Ids are dense, and each account's open demands are counted. A sentence for each fact that does not hold. */
export function demandInvariants(state: StateScanner): string[] {
  const broken: string[] = [];
  const claim = (holds: boolean, sentence: string) => holds || broken.push(sentence);
  const demands = state.scan(demandTables.demands);
  const open = new Map<bigint, bigint>();
  const batch = new Set(readBatch(state));
  demands.forEach(([id, { customer, status, batch: isBatch }], index) => {
    claim(
      batch.has(id) === (isBatch && status === 'open'),
      `demand ${id} waits for a match exactly while it asks for one`,
    );
    claim(id === BigInt(index + 1), `demand ids are dense: ${id} stands at place ${index + 1}`);
    if (status === 'open') open.set(customer, (open.get(customer) ?? 0n) + 1n);
  });
  claim(readNextDemand(state) === BigInt(demands.length + 1), 'the next demand id follows the last');
  const counted = state.scan(demandTables.openCounts).map(([account]) => account);
  for (const account of new Set([...open.keys(), ...counted]))
    claim(
      readOpenCount(state, account) === (open.get(account) ?? 0n),
      `the open demands of account ${account} are counted`,
    );
  const notices = state.scan(demandTables.notices);
  const waiting = new Map<bigint, bigint>();
  notices.forEach(([id, notice], index) => {
    claim(id === BigInt(index + 1), `notice ids are dense: ${id} stands at place ${index + 1}`);
    claim(notice.broker !== notice.provider, `notice ${id} has two parties`);
    if (isOpenNotice(notice)) waiting.set(notice.broker, (waiting.get(notice.broker) ?? 0n) + 1n);
  });
  claim(readNextNotice(state) === BigInt(notices.length + 1), 'the next notice id follows the last');
  const kept = state.scan(demandTables.openNotices).map(([broker]) => broker);
  for (const broker of new Set([...waiting.keys(), ...kept]))
    claim(
      readOpenNotices(state, broker) === (waiting.get(broker) ?? 0n),
      `the open notices of account ${broker} are counted`,
    );
  return broken;
}
