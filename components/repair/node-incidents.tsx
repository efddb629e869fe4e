import { Section } from '#components/ui/page-header.tsx';
import type { IncidentDto } from '#lib/shared/repair.ts';
import { IncidentTable } from './incident-table.tsx';

export interface NodeIncidentsProps {
  incidents: readonly IncidentDto[];
  /** Left out where the role has no page for one. */
  hrefOf?: (incident: number) => string;
  nowMs: number;
}

/** The newest incidents of one node, on its page. */
export function NodeIncidents({ incidents, ...how }: NodeIncidentsProps) {
  return (
    <Section title="Its incidents">
      {incidents.length === 0 ? (
        <p className="text-sm text-muted">There has been no incident of it.</p>
      ) : (
        <IncidentTable caption="Incidents of this node" incidents={incidents} {...how} />
      )}
    </Section>
  );
}
