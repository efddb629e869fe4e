import type { StateReader } from '#ledger/core/decision.ts';
import { readAccount } from './account/contract.ts';
import { readFaults, readHistory } from './agreement/record.ts';
import type { PermissionNeeds } from './credit/permissions.ts';
import { termsFrom, thresholdsFrom, type CreditTerms, type CreditThresholds } from './credit/score.ts';
import { readParameter } from './governance/record.ts';
import { liveNodes } from './node/record.ts';
import { nodeOfKey } from './node/register-record.ts';

/** What credit is worked out from: answered here for the contracts and for what a vote asks before. */

/** What a node counts by in its operator's credit: it was admitted and did not retire. A suspended one counts: to be suspended raises nobody's credit. */
const COUNTS: readonly string[] = ['probation', 'active', 'suspended'];

function nodesOf(state: StateReader, operator: bigint): bigint[] {
  const { nextKey } = readAccount(state, operator) ?? { nextKey: 1n };
  const registered: bigint[] = [];
  for (let key = 1n; key < nextKey; key++) {
    const found = nodeOfKey(state, operator, key);
    if (found !== undefined && COUNTS.includes(found.record.status)) registered.push(found.node);
  }
  const validators = liveNodes(state).filter(([, record]) => record.operator === operator);
  return [...registered, ...validators.map(([node]) => node)];
}

/** Parameters are read once: a decision that asks for two accounts' credit changes none. */
export function permissionNeeds(state: StateReader): PermissionNeeds {
  let terms: CreditTerms | undefined;
  let thresholds: CreditThresholds | undefined;
  return {
    epochMs: () => readParameter(state, 'creditEpochMs'),
    terms: () => (terms ??= termsFrom((name) => readParameter(state, name))),
    thresholds: () => (thresholds ??= thresholdsFrom((name) => readParameter(state, name))),
    history: (id) => ({ ...readHistory(state, id), ...readFaults(state, id) }),
    nodesOf: (id) => nodesOf(state, id),
  };
}
