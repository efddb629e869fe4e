import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, Decision, StateReader } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import type { DemandRecord } from '#ledger/contracts/demand/record.ts';
import {
  OWN_PLANS_MAX,
  PLAN_PARTS_MAX,
  PROPOSED_PLANS_MAX,
  SHARES_MAX,
  planCodes as codes,
  planEvent,
  type PlanArgs,
  type PlanEvent,
} from './definition.ts';
import { plansWaiting } from './due-items.ts';
import type { PlanNeeds } from './needs.ts';
import { readPlans } from './record.ts';

/** When a search is tried again that its block had no room for: not in the very next, which others may fill as well. */
const AGAIN_MS = 1_000n;

/** Looks for plans now, or a second later when this one has searched enough [8.3.1-c, I.1-3]. */
export function makePlans<Event>(
  state: StateReader,
  of: { demand: bigint; record: DemandRecord; nowMs: bigint },
  needs: PlanNeeds<Event>,
): Decision<PlanEvent> {
  const { demand, record, nowMs } = of;
  const item = plansWaiting(demand);
  if (!needs.maySearch()) return { events: [], cancel: [item], due: [{ ...item, atMs: nowMs + AGAIN_MS }] };
  const { exact, plans: found, considered } = needs.analyse(record, nowMs);
  assert(found.length <= OWN_PLANS_MAX, 'an analysis makes a plan for each aim at most');
  const { nextPlan } = readPlans(state, demand);
  const plans = found.map((plan, index) => ({ ...plan, plan: nextPlan + BigInt(index) }));
  const lapsesAtMs = nowMs + needs.parameter('planMs');
  const expiresAtMs = lapsesAtMs < record.openUntilMs ? lapsesAtMs : record.openUntilMs;
  const { customer } = record;
  const made = planEvent('PlansMade', { demand, customer, exact, plans, considered, madeAtMs: nowMs, expiresAtMs });
  // Expired plans are looked for anew for as long as the demand is open.
  const due = expiresAtMs < record.openUntilMs ? [{ ...item, atMs: expiresAtMs }] : [];
  return { events: [made], cancel: [item], due };
}

/** A broker's plan stands beside the contract's until those expire [8.3.2-a, 6.2.6-e]. */
export function proposePlan<Event>(
  state: StateReader,
  args: PlanArgs<'ProposePlan'>,
  ctx: CommandContext,
  needs: PlanNeeds<Event>,
): Result<Decision<PlanEvent>> {
  const { demand, parts, shares, feeMicro } = args;
  const record = needs.demand(demand);
  if (record === undefined) return fail(codes.DEMAND_UNKNOWN);
  if (!needs.isBroker(ctx.account)) return fail(codes.BROKER_ROLE_REQUIRED);
  if (record.status !== 'open') return fail(codes.DEMAND_CLOSED);
  const { plans, nextPlan, expiresAtMs } = readPlans(state, demand);
  if (expiresAtMs <= ctx.nowMs) return fail(codes.PLAN_UNKNOWN);
  if (plans.filter(({ by }) => by !== 0n).length >= PROPOSED_PLANS_MAX) return fail(codes.TOO_MANY_PLANS);
  const isSound =
    parts.length > 0 &&
    parts.length <= PLAN_PARTS_MAX &&
    shares.length <= SHARES_MAX &&
    record.customer !== ctx.account;
  const checked = isSound ? needs.checkProposal(record, { parts, shares }, ctx.nowMs) : undefined;
  if (checked === undefined) return fail(codes.PROPOSAL_INVALID);
  const holdMicro = parts.reduce((sum, part) => sum + part.holdMicro, 0n);
  if (holdMicro + feeMicro > record.budgetMicro) return fail(codes.OVER_BUDGET);
  const { estimateMicro, workMs } = checked;
  const money = { feeMicro, holdMicro, estimateMicro };
  const plan = { plan: nextPlan, aim: 'proposed', by: ctx.account, ...money, parts, shares, workMs };
  const { customer } = record;
  const facts = { demand, customer, broker: ctx.account, plans: [plan], proposedAtMs: ctx.nowMs };
  return ok({ events: [planEvent('PlanProposed', facts)], data: { plan: nextPlan } });
}
