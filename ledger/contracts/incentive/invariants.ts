import type { StateScanner } from '#ledger/core/decision.ts';
import { SENDERS_MAX, VOTERS_MAX } from './definition.ts';
import { incentiveTables as tables, readCounters, within } from './record.ts';
import { pointsOf, sumOf } from './reward.ts';

/** Points are those of the facts, nobody is there twice or without a fact, and trails are bounded; a sentence for each fact that does not hold. */
export function incentiveInvariants(state: StateScanner): string[] {
  const broken: string[] = [];
  const claim = (holds: boolean, sentence: string) => holds || broken.push(sentence);
  const { epoch: newest, isOpen } = readCounters(state);
  const facts = state.scan(tables.facts);
  const members = state.scan(tables.members);
  for (const [epoch, record] of state.scan(tables.epochs)) {
    const isNewest = epoch === newest;
    claim((record.poolMicro === null) === (isNewest && isOpen), `reward epoch ${epoch} has its pool once it is over`);
    const accounts = members.filter(([id]) => id >> 32n === epoch).map(([, account]) => account);
    const own = facts.filter(([id]) => id >> 32n === epoch);
    claim(new Set(accounts).size === accounts.length, `reward epoch ${epoch} has each account once`);
    claim(
      own.length === accounts.length && accounts.every((account) => own.some(([id]) => id === within(epoch, account))),
      `each account of reward epoch ${epoch} has a fact`,
    );
    claim(record.accounts - record.paid === BigInt(own.length), `reward epoch ${epoch} counts who waits for it`);
    if (record.poolMicro !== null) continue;
    const points = own.reduce((sum, [, one]) => sum + sumOf(pointsOf(one, record.rates)), 0n);
    claim(points === record.points, `the points of reward epoch ${epoch} are those of its facts`);
  }
  for (const [proposal, voters] of state.scan(tables.voters))
    claim(
      voters.length <= VOTERS_MAX && new Set(voters).size === voters.length,
      `who voted on proposal ${proposal} is remembered once each, and not too many`,
    );
  for (const [account, { senders }] of state.scan(tables.trails))
    claim(
      senders.length <= SENDERS_MAX && new Set(senders.map(({ from }) => from)).size === senders.length,
      `senders to account ${account} are remembered once each, and not too many`,
    );
  return broken;
}
