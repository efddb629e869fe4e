import type { ReactNode } from 'react';
import { Note } from '#components/ui/note.tsx';
import { Text } from '#components/ui/text.tsx';
import type { ResourceSummary } from '#lib/shared/dto.ts';
import { LastHeard } from './agent-heard.tsx';
import { isAgentSilent } from './agent-silence.ts';

export interface SilentAgentNoteProps {
  resource: Pick<ResourceSummary, 'agentSeenAtMs'>;
  /** Server's time at rendering. */
  nowMs: number;
  className?: string;
  /** What follows from it here. */
  children: ReactNode;
}

/** Says that the agent of a resource is not heard from; nothing while it is. */
export function SilentAgentNote({ resource, nowMs, className, children }: SilentAgentNoteProps) {
  const { agentSeenAtMs } = resource;
  if (!isAgentSilent(agentSeenAtMs, nowMs)) return null;
  return (
    <div className={className}>
      <Note kind="warning" title="The provider’s agent is not heard from">
        <p>
          {agentSeenAtMs === null ? (
            'It has never reported here.'
          ) : (
            <LastReport seenAtMs={agentSeenAtMs} nowMs={nowMs} />
          )}
        </p>
        <p>{children}</p>
      </Note>
    </div>
  );
}

function LastReport({ seenAtMs, nowMs }: { seenAtMs: number; nowMs: number }) {
  return (
    <>
      <Text>{'Its last report came '}</Text>
      <LastHeard seenAtMs={seenAtMs} nowMs={nowMs} />
      <Text>.</Text>
    </>
  );
}
