import { demandLabel, nextStepOf } from '#components/demand/words.ts';
import { orderLabel } from '#components/ui/format.ts';
import type { DemandSummary } from '#lib/shared/demand-dto.ts';
import type { OrderSummary } from '#lib/shared/dto.ts';

/** One thing to do, with its reason and the way to it. */
export interface Step {
  readonly title: string;
  readonly why: string;
  readonly label: string;
  readonly href: string;
}

export const SAMPLE_TASK = '/customer/requests/new?sample=mandelbrot';

export interface Standing {
  readonly orders: readonly Pick<OrderSummary, 'id'>[];
  readonly running: readonly Pick<OrderSummary, 'id'>[];
  readonly demands: readonly DemandSummary[];
}

/** What waits for a customer first: a plan that can be chosen before it expires, then a request that no plan meets, then what runs. Pure. */
export function firstStepOf({ orders, running, demands }: Standing): Step {
  const choosable = demands
    .filter(({ batch, planCount }) => !batch && planCount > 0)
    .toSorted((left, right) => left.openUntilMs - right.openUntilMs)[0];
  if (choosable !== undefined)
    return {
      title: `${nextStepOf(choosable)} for ${demandLabel(choosable.id)}`,
      why: 'Plans expire, and nothing is bought before you choose one.',
      label: 'Compare the plans',
      href: `/customer/requests/${choosable.id}`,
    };
  const unmet = demands.find(({ batch, analysedAtMs }) => !batch && analysedAtMs !== null);
  if (unmet !== undefined)
    return {
      title: `No plan meets ${demandLabel(unmet.id)} yet`,
      why: 'Its page says what each offer lacks, and what asking for less would let in.',
      label: 'See what would help',
      href: `/customer/requests/${unmet.id}`,
    };
  const [order] = running;
  if (order !== undefined)
    return {
      title: `${orderLabel(order.id)} is running`,
      why: 'Its page has the link, the time left, and what it has cost so far.',
      label: 'Open the running order',
      href: `/customer/orders/${order.id}`,
    };
  if (orders.length === 0)
    return {
      title: 'See a task run',
      why: 'A picture is computed in tiles by several providers at once. The form is filled in; you sign twice: the request, and the plan that you choose.',
      label: 'Run a sample task',
      href: SAMPLE_TASK,
    };
  return {
    title: 'Nothing waits for you',
    why: 'Say what you need and compare plans for it, or choose a single resource yourself.',
    label: 'Ask for what you need',
    href: '/customer/requests/new',
  };
}
