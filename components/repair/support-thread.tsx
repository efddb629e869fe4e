import { AccountName } from '#components/ledger/account-name.tsx';
import type { Act } from '#components/monitoring/act.ts';
import { Section } from '#components/ui/page-header.tsx';
import { Time } from '#components/ui/time.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import type { SupportMessageDto } from '#lib/shared/repair.ts';
import { SupportForm, type SupportInput } from './support-form.tsx';
import { incidentLabel } from './words.ts';

export interface SupportThreadProps {
  incident: number;
  messages: readonly SupportMessageDto[];
  isOpen: boolean;
  send: Act<SupportInput>;
}

/** What maintainers and the node's operator say to each other; off the ledger, and nobody else reads it. */
export function SupportThread({ incident, messages, isOpen, send }: SupportThreadProps) {
  return (
    <Section title={`Support for ${incidentLabel(incident)}`}>
      <div className="flex flex-col gap-3">
        <p className="text-sm text-muted">Maintainers and the operator of the node read this, and nobody else.</p>
        {messages.length === 0 ? (
          <p className="text-sm text-muted">Nobody has written yet.</p>
        ) : (
          <ol
            aria-label={`Messages about ${incidentLabel(incident)}`}
            className="divide-y divide-separator rounded-md border border-border bg-surface"
          >
            {messages.map(({ id, account, text, atMs }) => (
              <li key={id} className="px-3 py-2">
                <p className="flex flex-wrap justify-between gap-x-4 text-sm text-muted">
                  <AccountName account={account} />
                  <Time timeMs={atMs} />
                </p>
                <p className="mt-0.5 break-words whitespace-pre-wrap">
                  <Foreign text={text} />
                </p>
              </li>
            ))}
          </ol>
        )}
        {isOpen ? <SupportForm incident={incident} send={send} /> : null}
      </div>
    </Section>
  );
}
