import Link from 'next/link';
import type { ReactNode } from 'react';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { Countdown } from '#components/ui/countdown.tsx';
import { orderLabel, sentenceCase } from '#components/ui/format.ts';
import { PageHeader } from '#components/ui/page-header.tsx';
import type { TaskDto } from '#lib/shared/demand-dto.ts';
import { demandLabel, OUTCOME_LOOKS, RUNNING_LOOK, workInWords } from './words.ts';

export interface TaskHeaderProps {
  task: TaskDto;
  /** When the last of its orders ends; null before delivery. */
  endsAtMs: number | null;
  actions?: ReactNode;
}

/** Which task, how it stands and how long it may go on. */
export function TaskHeader({ task, endsAtMs, actions }: TaskHeaderProps) {
  return (
    <PageHeader
      title={`Task of ${orderLabel(task.order)}`}
      lead={sentenceCase(workInWords(task.work))}
      meta={
        <>
          <Chip {...(task.outcome === null ? RUNNING_LOOK : OUTCOME_LOOKS[task.outcome])} />
          {task.viewer === 'customer' ? (
            <Link href={`/customer/requests/${task.demand}`} prefetch={false} className="prose-link">
              {`Request ${demandLabel(task.demand)}`}
            </Link>
          ) : null}
          {task.outcome === null && endsAtMs !== null ? (
            <span>
              time left{' '}
              <Countdown untilMs={endsAtMs} serverTimeMs={task.serverTimeMs} after="none" className="font-medium" />
            </span>
          ) : null}
          <AsOfBlock asOf={task.asOf} />
        </>
      }
      actions={actions}
    />
  );
}
