import type { ShownKind } from '#components/kinds/kinds.ts';
import { quantitiesFromDto } from '#components/ledger/quantities.ts';
import type { PastCustomer, StrategyDto } from '#lib/shared/dto.ts';
import { failedConditions } from '#ledger/contracts/strategy/admission.ts';
import type { StrategyArgs } from '#ledger/contracts/strategy/definition.ts';

/** The strategy as the contract evaluates it. */
function argsOf(strategy: StrategyDto): StrategyArgs {
  return {
    accessClass: strategy.accessClass,
    conditions: strategy.conditions,
    ways: strategy.ways,
    opensAtMs: BigInt(strategy.opensAtMs),
    closesAtMs: BigInt(strategy.closesAtMs),
    useMsMax: BigInt(strategy.useMsMax),
    limits: quantitiesFromDto(strategy.limits),
    prices: [],
    promise: [],
    degradedPerMille: 0n,
  };
}

export interface Evaluation {
  readonly kind: ShownKind;
  readonly tags: readonly string[];
  readonly nowMs: number;
}

/** Sentences of what would refuse the customer's last application, if it were signed anew now; none when it would be admitted. */
function refusalOf(strategy: StrategyDto, customer: PastCustomer, { kind, tags, nowMs }: Evaluation): string[] {
  const { account, roles, createdAtMs, completedOrders, brokenOrders, credit, identifiedBy } = customer;
  const failed = failedConditions(argsOf(strategy), kind.ledger, {
    applicant: {
      account: BigInt(account.id),
      roles: [...roles],
      accountAgeMs: BigInt(Math.max(0, nowMs - createdAtMs)),
      completedOrders: BigInt(completedOrders),
      brokenOrders: BigInt(brokenOrders),
      credit: BigInt(credit),
      identifiedBy: BigInt(identifiedBy),
    },
    use: {
      purpose: customer.purpose,
      field: customer.fieldOfBusiness,
      durationMs: BigInt(customer.durationMs),
      choices: customer.choices,
      amounts: quantitiesFromDto(customer.amounts),
    },
    resource: { tags, kind: kind.name },
    nowMs: BigInt(nowMs),
  });
  return failed.map(({ sentence }) => sentence);
}

/** A customer that the strategy in force would admit again and another one would not, and why. */
export interface Excluded {
  readonly customer: PastCustomer;
  readonly because: readonly string[];
}

/** Of the last customers, each judged by the last application: whom `before` admits and `after` refuses, and whom only `after` admits. */
export function excludedBy(
  versions: { readonly before: StrategyDto; readonly after: StrategyDto },
  customers: readonly PastCustomer[],
  of: Evaluation,
): { excluded: Excluded[]; included: PastCustomer[] } {
  const judged = customers.map((customer) => ({
    customer,
    before: refusalOf(versions.before, customer, of),
    because: refusalOf(versions.after, customer, of),
  }));
  return {
    excluded: judged
      .filter(({ before, because }) => before.length === 0 && because.length > 0)
      .map(({ customer, because }) => ({ customer, because })),
    included: judged
      .filter(({ before, because }) => before.length > 0 && because.length === 0)
      .map(({ customer }) => customer),
  };
}
