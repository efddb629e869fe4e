import type { Act } from '#components/monitoring/act.ts';
import { Section } from '#components/ui/page-header.tsx';
import { Text } from '#components/ui/text.tsx';
import type { IncidentDetailDto, IncidentDto, SupportMessageDto } from '#lib/shared/repair.ts';
import { IncidentChip } from './incident-chip.tsx';
import { NodeIncidents } from './node-incidents.tsx';
import { StepList, Timeline } from './incident-view.tsx';
import type { SupportInput } from './support-form.tsx';
import { SupportThread } from './support-thread.tsx';
import { causeInWords, incidentLabel } from './words.ts';

export interface OperatorIncidentsProps {
  incidents: readonly IncidentDto[];
  /** The newest in full; null where there was none. */
  newest: IncidentDetailDto | null;
  messages: readonly SupportMessageDto[];
  send: Act<SupportInput>;
  nowMs: number;
}

/** What the operator of a node sees of its repair: how far it is, what was ordered, and what maintainers ask. */
export function OperatorIncidents({ incidents, newest, messages, send, nowMs }: OperatorIncidentsProps) {
  if (newest === null) return null;
  const { id, cause, closedAtMs, history } = newest;
  return (
    <>
      <Section title={`Incident ${incidentLabel(id)}`} id="incident" aside={<IncidentChip incident={newest} />}>
        <div className="flex flex-col gap-3">
          <p className="text-sm text-muted">
            <Text>{`${causeInWords(cause)}. Maintainers look after it; your agent carries out what you allow in its configuration.`}</Text>
          </p>
          <Timeline incident={newest} nowMs={nowMs} />
          <StepList history={history} nowMs={nowMs} />
        </div>
      </Section>
      <SupportThread incident={id} messages={messages} isOpen={closedAtMs === null} send={send} />
      {incidents.length > 1 ? <NodeIncidents incidents={incidents} nowMs={nowMs} /> : null}
    </>
  );
}
