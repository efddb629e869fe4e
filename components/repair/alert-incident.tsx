import Link from 'next/link';
import { Section } from '#components/ui/page-header.tsx';
import { Text } from '#components/ui/text.tsx';
import type { IncidentDto, ProposedIncidentDto } from '#lib/shared/repair.ts';
import { OpenProposed } from './open-incident.tsx';
import { incidentLabel, phaseOf } from './words.ts';

export interface AlertIncidentProps {
  /** The open incident of the alert's node, or what could be opened; neither where the node stands in no register. */
  open: IncidentDto | undefined;
  proposed: ProposedIncidentDto | null;
  address: string;
}

/** From an alert to the repair of its node. */
export function AlertIncident({ open, proposed, address }: AlertIncidentProps) {
  if (open === undefined && proposed === null) return null;
  return (
    <Section title="Repair">
      {open === undefined ? (
        <div className="flex flex-col gap-2">
          <p className="text-sm text-muted">
            Nobody repairs this node yet. Your signature opens an incident on the ledger, with the time at which the
            alert fired.
          </p>
          {proposed === null ? null : <OpenProposed proposed={proposed} address={address} />}
        </div>
      ) : (
        <p>
          <Link href={`/maintainer/repairs/${open.id}`} prefetch={false} className="prose-link">
            <Text>{`Incident ${incidentLabel(open.id)}`}</Text>
          </Link>
          <Text>{` is open: ${phaseOf(open)}.`}</Text>
        </p>
      )}
    </Section>
  );
}
