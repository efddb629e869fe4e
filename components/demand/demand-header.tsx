import type { ReactNode } from 'react';
import { AccountName } from '#components/ledger/account-name.tsx';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { Countdown } from '#components/ui/countdown.tsx';
import { sentenceCase } from '#components/ui/format.ts';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Text } from '#components/ui/text.tsx';
import type { DemandDetail } from '#lib/shared/demand-dto.ts';
import { DemandStatusChips } from './demand-table.tsx';
import { demandInWords, demandLabel } from './words.ts';

/** Which demand, for what, how it stands and how long it waits for a choice. */
export function DemandHeader({ demand, actions }: { demand: DemandDetail; actions?: ReactNode }) {
  return (
    <PageHeader
      title={demandLabel(demand.id)}
      lead={sentenceCase(demandInWords(demand))}
      meta={
        <>
          <DemandStatusChips demand={demand} />
          {demand.viewer === 'broker' ? (
            <span>
              by <AccountName account={demand.customer} />
            </span>
          ) : null}
          {demand.status === 'open' ? (
            <span>
              <Text>{demand.batch ? 'it waits for a match for ' : 'a plan can be chosen for '}</Text>
              <Countdown
                untilMs={demand.openUntilMs}
                serverTimeMs={demand.serverTimeMs}
                after="no time"
                className="font-medium"
              />
            </span>
          ) : null}
          <AsOfBlock asOf={demand.asOf} />
        </>
      }
      actions={actions}
    />
  );
}
