import type { StateScanner } from '#ledger/core/decision.ts';
import { accountInvariants } from './account/invariants.ts';
import { agreementInvariants } from './agreement/invariants.ts';
import { agreementTables, takesRoom } from './agreement/record.ts';
import { channelInvariants } from './channel/invariants.ts';
import { channelTables } from './channel/record.ts';
import { creditInvariants } from './credit/invariants.ts';
import { demandInvariants } from './demand/invariants.ts';
import { governanceInvariants } from './governance/invariants.ts';
import { identityInvariants } from './identity/invariants.ts';
import { incentiveInvariants } from './incentive/invariants.ts';
import { nodeInvariants } from './node/invariants.ts';
import { nodeOfKey } from './node/register-record.ts';
import { planInvariants } from './plan/invariants.ts';
import { proseInvariants } from './prose/invariants.ts';
import { resourceTables } from './resource/contract.ts';
import { resourceInvariants } from './resource/invariants.ts';
import { securityInvariants } from './security/invariants.ts';
import { settlementTables } from './settlement/record.ts';
import { settlementInvariants } from './settlement/invariants.ts';
import { amountOf } from './shared/terms.ts';
import { currentVersion } from './strategy/contract.ts';
import { strategyInvariants } from './strategy/invariants.ts';
import { tokenTables } from './token/contract.ts';
import { tokenInvariants } from './token/invariants.ts';

/** Everything that holds in any reachable state, within contracts and between them; a sentence for each fact that does not. */
export function brokenInvariants(state: StateScanner): string[] {
  return [
    ...accountInvariants(state),
    ...tokenInvariants(state),
    ...resourceInvariants(state),
    ...strategyInvariants(state),
    ...agreementInvariants(state),
    ...settlementInvariants(state),
    ...governanceInvariants(state),
    ...nodeInvariants(state),
    ...identityInvariants(state),
    ...creditInvariants(state),
    ...demandInvariants(state),
    ...planInvariants(state),
    ...channelInvariants(state),
    ...proseInvariants(state),
    ...securityInvariants(state),
    ...incentiveInvariants(state),
    ...betweenContracts(state),
  ];
}

/** Since when the node that serves a resource fails, as it was reported; 0 where nothing stands. */
function offSince(state: StateScanner, resource: bigint): bigint {
  const served = state.read(resourceTables.resources, resource);
  return (served && nodeOfKey(state, served.owner, served.agentKey)?.record.sinceMs) ?? 0n;
}

function betweenContracts(state: StateScanner): string[] {
  const broken: string[] = [];
  const claim = (holds: boolean, sentence: string) => holds || broken.push(sentence);
  const agreements = state.scan(agreementTables.agreements);
  for (const [id, listing] of state.scan(resourceTables.listings)) {
    const there = agreements.filter(([, record]) => record.resource === id && takesRoom(record));
    for (const { meter, amount } of listing.inUse) {
      const taken = there.reduce((sum, [, { amounts }]) => sum + amountOf(amounts, meter), 0n);
      claim(
        amount === taken,
        `the ${meter} in use of resource ${id} are those of its agreements that run or still store something`,
      );
    }
    claim(currentVersion(state, id) > 0n, `resource ${id} has a strategy`);
    claim(
      listing.status === 'retired' || listing.offSinceMs === offSince(state, id),
      `resource ${id} is off the list exactly while its node’s report stands`,
    );
  }
  for (const [id, record] of agreements) {
    const hold = state.read(tokenTables.holds, id);
    const bill = state.read(settlementTables.bills, id);
    const isSettled = record.status === 'settled';
    claim((hold === undefined) === isSettled, `agreement ${id} holds tokens exactly until it is settled`);
    claim((bill !== undefined) === isSettled, `agreement ${id} has a bill exactly when it is settled`);
    const isWhole = hold === undefined || (hold.amountMicro === record.holdMicro && hold.account === record.customer);
    claim(isWhole, `the hold of agreement ${id} is the customer's and whole`);
    const addsUp = bill === undefined || bill.chargeMicro + bill.refundMicro === record.holdMicro;
    claim(addsUp, `the bill of agreement ${id} adds up to its hold`);
  }
  const recorded = new Map(agreements);
  for (const [id, { isClosed, amountMicro, untilMs }] of state.scan(channelTables.channels)) {
    const record = recorded.get(id);
    claim(
      record !== undefined && isClosed === (record.status === 'settled'),
      `channel ${id} is open until its order is settled`,
    );
    claim(amountMicro <= (record?.holdMicro ?? 0n), `no voucher of channel ${id} is above its deposit`);
    claim(untilMs <= (record?.endedAtMs ?? 0n), `a voucher of channel ${id} is shown once its order has ended`);
  }
  claim(state.scan(tokenTables.holds).length <= agreements.length, 'every hold has its agreement');
  return broken;
}
