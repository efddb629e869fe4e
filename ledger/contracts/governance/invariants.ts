import { PARAMETERS, isWithinBounds } from '#ledger/contracts/definitions.ts';
import type { StateScanner } from '#ledger/core/decision.ts';
import { governanceTables as tables, readParameter } from './record.ts';

/** Votes are counted once, open proposals are listed, parameters stay in bounds. A sentence for each fact that does not hold. */
export function governanceInvariants(state: StateScanner): string[] {
  const broken: string[] = [];
  const claim = (holds: boolean, sentence: string) => holds || broken.push(sentence);
  for (const name of PARAMETERS)
    claim(isWithinBounds(name, readParameter(state, name)), `the parameter ${name} is in bounds`);
  const votes = state.scan(tables.votes);
  const open = state.scan(tables.open).flatMap(([by, list]) => list.map((id) => ({ by, id })));
  for (const [id, proposal] of state.scan(tables.proposals)) {
    const cast = votes.filter(([vote]) => vote >> 32n === id);
    const approvals = BigInt(cast.filter(([, approve]) => approve).length);
    const isCounted = proposal.approvals === approvals && proposal.rejections === BigInt(cast.length) - approvals;
    claim(isCounted, `proposal ${id} counts each vote once`);
    const listed = open.filter((entry) => entry.id === id);
    const isListed =
      proposal.status === 'open' ? listed.length === 1 && listed[0]!.by === proposal.by : listed.length === 0;
    claim(isListed, `proposal ${id} is listed with its proposer exactly while it is open`);
  }
  return broken;
}
