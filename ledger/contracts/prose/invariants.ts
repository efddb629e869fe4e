import { readPlace } from '#ledger/contracts/shared/place.ts';
import type { StateScanner } from '#ledger/core/decision.ts';
import { MEMBERS_MAX, PAYEES_MAX } from './definition.ts';
import { proseTables as tables } from './record.ts';

/** Members are counted and bounded, standings add up, and what is owed is owed once. A sentence for each fact that does not hold. */
export function proseInvariants(state: StateScanner): string[] {
  const broken: string[] = [];
  const claim = (holds: boolean, sentence: string) => holds || broken.push(sentence);
  const members = state.scan(tables.members);
  for (const [resource, { owner, cell }] of members) {
    claim(readPlace(cell) !== undefined, `resource ${resource} is in the pool at a cell`);
    const owned = state.read(tables.byOwner, owner) ?? [];
    claim(owned.includes(resource), `resource ${resource} is found by its owner`);
  }
  const owned = state.scan(tables.byOwner).reduce((sum, [, list]) => sum + list.length, 0);
  claim(owned === members.length, 'every relay in the pool has one owner');
  const counts = state.scan(tables.counts);
  for (const [operator, counted] of counts) {
    const own = members.filter(([, member]) => member.operator === operator).length;
    claim(counted === BigInt(own) && own <= MEMBERS_MAX, `service nodes of operator ${operator} are counted`);
  }
  claim(
    counts.reduce((sum, [, counted]) => sum + counted, 0n) === BigInt(members.length),
    'every relay in the pool has one operator',
  );
  const sessions = state.scan(tables.sessions);
  for (const [account, standing] of state.scan(tables.standings)) {
    const own = sessions.filter(([, session]) => session.serviceNode === account);
    const evaluated = own.filter(([, session]) => session.isEvaluated);
    claim(standing.sessions === BigInt(own.length), `the sessions of account ${account} are counted`);
    claim(standing.evaluations === BigInt(evaluated.length), `the evaluations of account ${account} are counted`);
    const isWithin = standing.begunSessions <= standing.sessions && standing.disconnects <= standing.sessions;
    claim(isWithin, `account ${account} has no more disconnects than sessions`);
    claim(
      standing.keptPerMilleSum <= 1_000n * standing.begunSessions && standing.scoreSum <= 5n * standing.evaluations,
      `the sums of account ${account} are within what was counted`,
    );
  }
  for (const [agreement] of state.scan(tables.open))
    claim(
      state.read(tables.sessions, agreement) === undefined,
      `the session of agreement ${agreement} is recorded once`,
    );
  for (const [agreement] of state.scan(tables.measured))
    claim(
      state.read(tables.open, agreement) !== undefined,
      `what was measured of agreement ${agreement} awaits its record`,
    );
  for (const [operator, { payees }] of state.scan(tables.accruals)) {
    const accounts = new Set(payees.map(({ account }) => account));
    const isSound = payees.length > 0 && payees.length <= PAYEES_MAX && accounts.size === payees.length;
    claim(isSound && payees.every(({ dueMicro }) => dueMicro > 0n), `operator ${operator} owes each account once`);
  }
  return broken;
}
