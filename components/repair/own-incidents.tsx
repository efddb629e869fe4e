import { Section } from '#components/ui/page-header.tsx';
import type { IncidentDto } from '#lib/shared/repair.ts';
import { IncidentTable } from './incident-table.tsx';

export interface OwnIncidentsProps {
  /** Of the viewer's own nodes. */
  incidents: readonly IncidentDto[];
  nowMs: number;
}

/** Own nodes that maintainers repair now, each to the page where its operator reads what was ordered and answers. Nothing where all is well. */
export function OwnIncidents({ incidents, nowMs }: OwnIncidentsProps) {
  const open = incidents.filter(({ closedAtMs }) => closedAtMs === null);
  if (open.length === 0) return null;
  const pages = new Map(open.map(({ id, node }) => [id, node.watched]));
  return (
    <Section title="Under repair" aside="maintainers look after it, and may ask you something there">
      <IncidentTable
        caption="Open incidents of your nodes"
        incidents={open}
        hrefOf={(incident) => `/provider/agents/${pages.get(incident) ?? ''}#incident`}
        nowMs={nowMs}
      />
    </Section>
  );
}
