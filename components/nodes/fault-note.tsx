import { Note } from '#components/ui/note.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import { durationInWords } from '#components/ui/format.ts';
import type { NetworkNodeDto } from '#lib/shared/dto.ts';
import { faultInWords } from './words.ts';

/** What was reported of a node and is not over: since when, and what happens next. Nothing while nothing is. */
export function FaultNote({ node, nowMs, silenceMs }: { node: NetworkNodeDto; nowMs: number; silenceMs: number }) {
  const { fault } = node;
  if (fault === null) return null;
  const failsAtMs = fault.reportedAtMs + silenceMs;
  return (
    <div className="mb-4">
      <Note kind="warning" title={`It was reported: ${faultInWords(fault)}`}>
        {fault.heardAtMs === null ? (
          <span>
            <Text>
              {node.class === 'service'
                ? `Its listings are off. Its key has signed nothing since it was reported on`
                : 'Its key has signed nothing since it was reported on'}
            </Text>{' '}
            <Time timeMs={fault.reportedAtMs} nowMs={nowMs} />
            <Text>
              {node.class !== 'service'
                ? '. It can be restored once its key has signed.'
                : failsAtMs > nowMs
                  ? `; its running orders fail after ${durationInWords(silenceMs)} of silence. It can be restored once its key has signed.`
                  : '; its running orders have failed. It can be restored once its key has signed.'}
            </Text>
          </span>
        ) : (
          <span>
            <Text>Its key has signed again on</Text> <Time timeMs={fault.heardAtMs} nowMs={nowMs} />
            <Text>. A maintainer or a node provider can restore it.</Text>
          </span>
        )}
      </Note>
    </div>
  );
}
