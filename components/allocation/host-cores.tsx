import { countOf } from '#components/ui/count.ts';
import { Section } from '#components/ui/page-header.tsx';
import { Text } from '#components/ui/text.tsx';
import type { HostDto } from '#lib/shared/allocation.ts';
import { DeclareShares } from './declare-shares.tsx';
import { HostShares } from './host-shares.tsx';

/** How busy a host's slots are, as its agent said last. */
export function RunsNow({ runs }: Pick<HostDto, 'runs'>) {
  if (runs === null) return <span className="text-muted">nothing said in the last minute</span>;
  const { slots, busy, waiting } = runs;
  return <Text>{`${busy} of ${countOf(slots, 'slot')} busy, ${countOf(waiting, 'run')} waiting`}</Text>;
}

export interface HostCoresProps {
  host: HostDto | null;
  /** Who looks. */
  viewer: { readonly account: number; readonly address: string };
}

/** What the cores of one node's host are for; its operator declares it here. Nothing where the node serves nothing. */
export function HostCores({ host, viewer }: HostCoresProps) {
  if (host === null) return null;
  const { shares, runs, operator, node, name } = host;
  const isOwn = operator.id === viewer.account;
  return (
    <Section title="Cores of its host" aside={runs === null ? undefined : <RunsNow runs={runs} />}>
      <div className="flex flex-wrap items-center justify-between gap-3 rounded-md border border-border bg-surface px-3 py-2.5 text-sm">
        {shares === null ? (
          <p className="text-muted">
            {isOwn
              ? 'Not declared: the slots that you publish are the only bound, and no maintainer can shift cores when runs wait.'
              : 'Not declared by its operator.'}
          </p>
        ) : (
          <div className="min-w-0 grow sm:max-w-md">
            <HostShares shares={shares.now} />
          </div>
        )}
        {isOwn ? (
          <DeclareShares
            // What the form begins with is read once.
            key={JSON.stringify(shares?.now)}
            node={node}
            name={name}
            address={viewer.address}
            now={shares?.now ?? null}
          />
        ) : null}
      </div>
    </Section>
  );
}
