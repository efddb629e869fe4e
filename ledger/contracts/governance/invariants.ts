import { PARAMETERS, isWithinBounds } from '#ledger/contracts/definitions.ts';
import { FOUNDING_VERSION } from '#ledger/contracts/shared/version-digest.ts';
import type { StateScanner } from '#ledger/core/decision.ts';
import { governanceTables as tables, readParameter } from './record.ts';
import { readVersions } from './versions.ts';

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
  const versions = readVersions(state);
  const ids = versions.map(({ contract }) => contract);
  claim(
    ids.every((id, index) => index === 0 || ids[index - 1]! < id),
    'the versions of contracts stand once each, in order',
  );
  for (const { contract, active, scheduled } of versions) {
    const inForce = active?.version ?? FOUNDING_VERSION;
    claim(active === null || inForce > FOUNDING_VERSION, `contract ${contract} came to its version by a vote`);
    const isNext = scheduled === null || scheduled.version === inForce + 1n;
    claim(isNext, `the version that is scheduled for contract ${contract} is the one after that in force`);
    const digests = [active, scheduled].flatMap((decided) => decided?.digest ?? []);
    claim(
      digests.every(({ length }) => length === 32),
      `the versions of contract ${contract} have a digest each`,
    );
  }
  return broken;
}
