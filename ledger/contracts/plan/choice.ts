import { agreementCodes } from '#ledger/contracts/agreement/definition.ts';
import type { DemandRecord } from '#ledger/contracts/demand/record.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { equal } from '#ledger/core/bytes.ts';
import { encode } from '#ledger/core/codec.ts';
import type { CommandContext, Decision, StateReader } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import { SEALED_KEY_BYTES, planCodes as codes, planEvent, type PlanArgs, type PlanEvent } from './definition.ts';
import { plansWaiting } from './due-items.ts';
import type { PlanNeeds } from './needs.ts';
import { makePlans } from './planning.ts';
import { readPlans } from './record.ts';
import { Steps } from '#ledger/contracts/shared/steps.ts';
import { beginTask } from './task.ts';

type Plan = Struct<'Plan'>;

/** What another order, a provider or time changed since the plan was made: then the customer gets fresh plans, and nothing is taken. */
const OVERTAKEN: readonly number[] = [
  agreementCodes.RESOURCE_UNKNOWN,
  agreementCodes.RESOURCE_NOT_PUBLISHED,
  agreementCodes.STRATEGY_CHANGED,
  agreementCodes.PROVIDER_MISMATCH,
  agreementCodes.HOLD_MISMATCH,
  agreementCodes.NO_CAPACITY,
  agreementCodes.NO_ROOM,
  agreementCodes.NO_SLOT,
  agreementCodes.NO_MEMORY,
  agreementCodes.NO_CONNECTION,
  agreementCodes.NO_RATE_DOWN,
  agreementCodes.NO_RATE_UP,
  agreementCodes.CONDITIONS_NOT_MET,
];

/** Every part of a plan or none, the broker's fee, and the task's ranges, in one transaction [8.4.2-d, I.1-4]. */
export function choosePlan<Event>(
  state: StateReader,
  args: PlanArgs<'ChoosePlan'>,
  ctx: CommandContext,
  needs: PlanNeeds<Event>,
): Result<Decision<PlanEvent | Event>> {
  const { demand } = args;
  const record = needs.demand(demand);
  if (record === undefined) return fail(codes.DEMAND_UNKNOWN);
  if (record.customer !== ctx.account) return fail(codes.NOT_THE_CUSTOMER);
  if (record.status !== 'open') return fail(codes.DEMAND_CLOSED);
  const { plans, expiresAtMs } = readPlans(state, demand);
  const plan = plans.find(({ plan: number }) => number === args.plan);
  if (plan === undefined || expiresAtMs <= ctx.nowMs) return fail(codes.PLAN_UNKNOWN);
  if (!isSigned(plan, args)) return fail(codes.PLAN_MISMATCH);
  if (!areKeysWhole(plan, record, args.keys)) return fail(codes.KEYS_INVALID);
  return buy(state, { demand, record, plan, args }, ctx, needs);
}

function isSigned(plan: Plan, args: PlanArgs<'ChoosePlan'>): boolean {
  const isPriced = plan.holdMicro === args.holdMicro && plan.feeMicro === args.feeMicro && plan.by === args.broker;
  return isPriced && equal(encode(plan.parts), encode(args.parts));
}

/** A key for each resource that may run sub-tasks, backups too, and for no other; none for a demand without work. */
function areKeysWhole(plan: Plan, record: DemandRecord, keys: readonly Struct<'SealedKey'>[]): boolean {
  const running = record.work.length === 0 ? [] : plan.shares.map(({ part }) => plan.parts[Number(part)]);
  const wanted = new Set(
    running.flatMap((part) =>
      part === undefined ? [] : [part.resource, ...part.backup.map(({ resource }) => resource)],
    ),
  );
  const named = new Set(keys.map(({ resource }) => resource));
  const isExact = named.size === keys.length && wanted.size === named.size && [...wanted].every((id) => named.has(id));
  return isExact && keys.every(({ sealed }) => sealed.length === SEALED_KEY_BYTES);
}

function buy<Event>(
  state: StateReader,
  of: { demand: bigint; record: DemandRecord; plan: Plan; args: PlanArgs<'ChoosePlan'> },
  ctx: CommandContext,
  needs: PlanNeeds<Event>,
): Result<Decision<PlanEvent | Event>> {
  const { demand, record, plan, args } = of;
  const { customer } = record;
  const { nowMs } = ctx;
  const { encryptionKey, voucherKey } = args;
  const ordered = needs.placeOrder({ record, parts: plan.parts, encryptionKey, voucherKey }, ctx);
  const bought = ordered.ok ? orderOf(ordered.value) : undefined;
  if (!ordered.ok && !OVERTAKEN.includes(ordered.code)) return ordered;
  if (!ordered.ok || bought === undefined) {
    const fresh = makePlans(state, { demand, record, nowMs }, needs);
    return ok({ ...fresh, data: { demand, chosen: false } });
  }
  const steps = new Steps<PlanEvent | Event>(state, needs.evolve);
  steps.take(ordered.value);
  const fee = needs.at(steps.state).payFee({ customer, key: ctx.key, broker: plan.by, feeMicro: plan.feeMicro });
  if ('short' in fee) return fail(codes[fee.short]);
  steps.add(...fee.events);
  steps.take(needs.decideDemand(demand, record, nowMs));
  const { aim, by: broker, feeMicro, holdMicro, estimateMicro } = plan;
  const money = { broker, feeMicro, holdMicro, estimateMicro };
  const chosen = { demand, customer, plan: plan.plan, aim, order: bought, ...money, chosenAtMs: nowMs };
  steps.take({ events: [planEvent('PlanChosen', chosen)], cancel: [plansWaiting(demand)] });
  if (record.work.length > 0) beginTask(steps, { demand, plan, order: bought, keys: args.keys, nowMs }, needs);
  return ok({ ...steps.decision(), data: { demand, chosen: true, agreement: bought } });
}

/** The first agreement of an order that was placed; undefined when its conditions refused it. */
export function orderOf({ data }: Decision<unknown>): bigint | undefined {
  const { agreement } = (data ?? {}) as { agreement?: unknown };
  return typeof agreement === 'bigint' ? agreement : undefined;
}
