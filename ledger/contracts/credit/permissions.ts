import type { StateReader } from '#ledger/core/decision.ts';
import { quotient } from '#ledger/core/integer.ts';
import { creditEvent, type CreditEvent, type Permission, type PermissionCause } from './definition.ts';
import { isPermitted, mayValidate, readCredit } from './record.ts';
import {
  accountCreditOf,
  historyOf,
  permissionsOf,
  type AccountFacts,
  type CreditTerms,
  type CreditThresholds,
} from './score.ts';

/** What credit permits, kept in the state and changed by events only: what a decision asks is what the last event said [8.5.1-c, 8.5.1-d]. */

export interface PermissionNeeds {
  epochMs(): bigint;
  terms(): CreditTerms;
  thresholds(): CreditThresholds;
  history(account: bigint): AccountFacts['history'];
  /** Nodes of an account that count in its credit: admitted, and not retired. */
  nodesOf(account: bigint): readonly bigint[];
}

const OF_ACCOUNTS = ['publish', 'orders'] as const satisfies Permission[];

/** The lowest credit of its nodes, or where none of them was evaluated what its orders say. */
export function accountCredit(state: StateReader, account: bigint, needs: PermissionNeeds): bigint {
  const credits = needs.nodesOf(account).flatMap((node) => readCredit(state, node) ?? []);
  const history = { ...needs.history(account), suspensions: 0n, equivocations: 0n };
  return accountCreditOf(credits, historyOf(history, needs.terms()));
}

interface Change {
  readonly cause: PermissionCause;
  readonly nowMs: bigint;
}

/** What an account's credit permits now and did not, or did and does not. Account 0 is nobody. */
export function accountPermissions(
  state: StateReader,
  { account, ...change }: Change & { readonly account: bigint },
  needs: PermissionNeeds,
): CreditEvent[] {
  if (account === 0n) return [];
  const credit = accountCredit(state, account, needs);
  const thresholds = needs.thresholds();
  const permitted = permissionsOf(credit, thresholds);
  return OF_ACCOUNTS.flatMap((permission) => {
    const from = isPermitted(state, account, permission);
    const facts = { account, node: 0n, permission, from, to: permitted[permission] };
    return changed({ ...facts, credit, threshold: thresholds[permission] }, change, needs);
  });
}

/** The same of a validator that was evaluated. */
export function validatorPermission(
  state: StateReader,
  { node, operator: account, ...change }: Change & { readonly node: bigint; readonly operator: bigint },
  needs: PermissionNeeds,
): CreditEvent[] {
  const credit = readCredit(state, node);
  if (credit === undefined) return [];
  const thresholds = needs.thresholds();
  const from = mayValidate(state, node);
  const facts = {
    account,
    node,
    permission: 'consensus',
    from,
    to: permissionsOf(credit, thresholds).consensus,
  } as const;
  return changed({ ...facts, credit, threshold: thresholds.consensus }, change, needs);
}

function changed(
  facts: {
    account: bigint;
    node: bigint;
    permission: Permission;
    from: boolean;
    to: boolean;
    credit: bigint;
    threshold: bigint;
  },
  { cause, nowMs: atMs }: Change,
  needs: PermissionNeeds,
): CreditEvent[] {
  if (facts.from === facts.to) return [];
  const epoch = quotient(atMs, needs.epochMs());
  return [creditEvent('PermissionChanged', { ...facts, epoch, cause, atMs })];
}
