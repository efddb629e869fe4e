import { isLine } from '#ledger/contracts/shared/line.ts';
import type { CommandContext, Decision, StateReader, StateWriter, Table } from '#ledger/core/decision.ts';
import { quotient } from '#ledger/core/integer.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import {
  HOST_MILLICORES_MAX,
  SHARE_NAMES,
  SHIFT_REASON_MAX,
  nodeCodes as codes,
  nodeDefinition,
  nodeEvent,
  type NodeArgs,
  type NodeEvent,
  type ShareName,
} from './definition.ts';
import type { Found } from './register-record.ts';

/** Shares of a host's cores: its operator declares them, maintainers shift them from what monitoring shows [6.2.2-c, 8.1.1-d]. */

/** Thousandths of a core. */
export type Shares = Record<`${ShareName}Millicores`, bigint>;
/** `consensusDeclared`: what the operator gave to consensus itself, which no shift takes away. */
export type HostShares = Shares & { readonly consensusDeclared: bigint };

export const sharesTable = { contract: nodeDefinition.id, table: 7 } as Table<HostShares>;

export function readShares(state: StateReader, node: bigint): HostShares | undefined {
  return state.read(sharesTable, node);
}

export function totalOf({ consensusMillicores, serviceMillicores, reserveMillicores }: Shares): bigint {
  return consensusMillicores + serviceMillicores + reserveMillicores;
}

/** What a shift may take from a share: all of service and reserve; of consensus only what a shift had brought there. */
export function movableOf(shares: HostShares, from: ShareName): bigint {
  const has = shares[`${from}Millicores`];
  return from === 'consensus' ? has - shares.consensusDeclared : has;
}

/** Programs that run at the same time on such a host: its whole cores for service, at least one. */
export function slotsWithin({ serviceMillicores }: Shares): bigint {
  const cores = quotient(serviceMillicores, 1_000n);
  return cores > 0n ? cores : 1n;
}

/** By the operator's own key, or the node's: another node's key of the same operator does not speak for this host. */
export function declare(
  { node, record }: Found,
  args: NodeArgs<'DeclareShares'>,
  ctx: CommandContext,
): Result<Decision<NodeEvent>> {
  const { operator, key, status } = record;
  const isOwn = ctx.account === operator && (ctx.key === 0n || ctx.key === key);
  if (!isOwn) return fail(codes.NOT_THE_OPERATOR);
  if (status === 'retired') return fail(codes.NODE_STATUS_DOES_NOT_ALLOW);
  const total = totalOf(args);
  if (total === 0n || total > HOST_MILLICORES_MAX) return fail(codes.SHARES_INVALID);
  const { consensusMillicores, serviceMillicores, reserveMillicores } = args;
  const facts = { node, operator, consensusMillicores, serviceMillicores, reserveMillicores, atMs: ctx.nowMs };
  return ok({ events: [nodeEvent('SharesDeclared', facts)] });
}

export interface SharesNeeds {
  /** Thousandths of a core that a program may shift at once, by vote; 0: none. */
  automaticShiftMilli(): bigint;
}

/** Whether the signer is a maintainer was asked before. A key that a maintainer authorised moves no more at once than what was voted. */
export function shift(
  state: StateReader,
  { node, record }: Found,
  { args, ctx, needs }: { args: NodeArgs<'ShiftShares'>; ctx: CommandContext; needs: SharesNeeds },
): Result<Decision<NodeEvent>> {
  if (record.status === 'retired') return fail(codes.NODE_STATUS_DOES_NOT_ALLOW);
  const shares = readShares(state, node);
  if (shares === undefined) return fail(codes.SHARES_NOT_DECLARED);
  const from = SHARE_NAMES.find((known) => known === args.from);
  const to = SHARE_NAMES.find((known) => known === args.to);
  const { millicores, reason } = args;
  if (from === undefined || to === undefined || from === to || millicores === 0n) return fail(codes.SHIFT_INVALID);
  if (!isLine(reason, { lengthMax: SHIFT_REASON_MAX })) return fail(codes.SHIFT_INVALID);
  if (millicores > movableOf(shares, from)) return fail(codes.SHIFT_TOO_LARGE);
  const isAutomatic = ctx.key !== 0n;
  if (isAutomatic && millicores > needs.automaticShiftMilli()) return fail(codes.SHIFT_NOT_AUTOMATIC);
  const { consensusDeclared: _declared, ...before } = shares;
  const after: Shares = {
    ...before,
    [`${from}Millicores`]: before[`${from}Millicores`] - millicores,
    [`${to}Millicores`]: before[`${to}Millicores`] + millicores,
  };
  const facts = { node, operator: record.operator, by: ctx.account, key: ctx.key, from, to, millicores, reason };
  return ok({ events: [nodeEvent('SharesShifted', { ...facts, ...after, atMs: ctx.nowMs })] });
}

export type SharesEvent = Extract<NodeEvent, { type: 'SharesDeclared' | 'SharesShifted' }>;

export function evolve(state: StateWriter, event: SharesEvent): void {
  const { node, type, consensusMillicores, serviceMillicores, reserveMillicores } = event;
  const consensusDeclared =
    type === 'SharesDeclared' ? consensusMillicores : (readShares(state, node)?.consensusDeclared ?? 0n);
  state.write(sharesTable, node, { consensusMillicores, serviceMillicores, reserveMillicores, consensusDeclared });
}
