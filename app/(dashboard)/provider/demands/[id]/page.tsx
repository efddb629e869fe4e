import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { DemandFacts } from '#components/demand/demand-facts.tsx';
import { demandInWords, demandLabel } from '#components/demand/words.ts';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { Countdown } from '#components/ui/countdown.tsx';
import { sentenceCase } from '#components/ui/format.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { idOf } from '#components/ui/pager.tsx';
import { Text } from '#components/ui/text.tsx';
import { getOpenDemand } from '#lib/queries/demands.ts';
import { serverNow, type PageInput } from '../../../../_page.ts';
import { withAccount } from '../../../../_session.ts';

type Input = PageInput<{ id: string }>;

export async function generateMetadata({ params }: Input): Promise<Metadata> {
  return { title: `Demand ${demandLabel(idOf((await params).id) ?? '')}` };
}

export default async function OpenDemandPage({ params }: Input) {
  const id = idOf((await params).id);
  await withAccount(`/provider/demands/${id ?? ''}`);
  const [demand, nowMs] = await Promise.all([id === undefined ? null : getOpenDemand(id), serverNow()]);
  if (!demand) notFound();
  return (
    <>
      <LiveRefresh ids={[`demand:${demand.id}`]} />
      <PageHeader
        title={demandLabel(demand.id)}
        lead={sentenceCase(demandInWords(demand))}
        meta={
          <span>
            <Text>{demand.batch ? 'it waits for a match for ' : 'a plan can be chosen for '}</Text>
            <Countdown untilMs={demand.openUntilMs} serverTimeMs={nowMs} after="no time" className="font-medium" />
          </span>
        }
        actions={<LinkButton href="/provider/publish">Publish an offer</LinkButton>}
      />
      <DemandFacts demand={demand} nowMs={nowMs} />
      <p className="mt-3 max-w-prose text-sm text-muted">
        Offers that fit come into its plans by themselves. Whose it is and what it may cost are shown to its customer
        and to brokers alone.
      </p>
    </>
  );
}
