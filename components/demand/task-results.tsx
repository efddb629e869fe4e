'use client';

import { useCallback, useMemo } from 'react';
import { isAsSigned } from '#components/tasks/results.ts';
import { MANDELBROT } from '#components/tasks/samples.ts';
import { TilePicture } from '#components/tasks/tile-picture.tsx';
import { samplePlanOf, type TilePlan } from '#components/tasks/tiles.ts';
import { Button } from '#components/ui/button.tsx';
import { Countdown } from '#components/ui/countdown.tsx';
import { countOf } from '#components/ui/count.ts';
import { formatCount } from '#components/ui/format.ts';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { Text } from '#components/ui/text.tsx';
import { EncryptionKeySetup } from '#components/wallet/encryption-key-setup.tsx';
import { useEncryptionKey } from '#components/wallet/use-encryption-key.ts';
import type { TaskDto } from '#lib/shared/demand-dto.ts';
import { ResultDownloads } from './result-downloads.tsx';
import { ResultTable } from './result-table.tsx';
import { useTaskResults, type TaskResults } from './use-task-results.ts';
import { demandLabel } from './words.ts';

export interface TaskResultsViewProps {
  task: TaskDto;
  address: string;
  /** genesisHash, hex. */
  network: string;
}

/** Agents keep results for so long after an order's end (agent/tasks/result-service.ts). */
const RESULTS_KEPT_MS = 3_600_000;

/** What came of the sub-tasks, fetched from the providers themselves: nothing of it passes through the portal. */
export function TaskResultsView({ task, address, network }: TaskResultsViewProps) {
  const { device, fault, refresh } = useEncryptionKey(address);
  const { agreements, ranges, work } = task;
  const results = useTaskResults({ agreements, ranges, device, network });
  const plan = work.algorithm === MANDELBROT.digest ? samplePlanOf(work.subtasks) : undefined;
  return (
    <div className="flex flex-col gap-4">
      <ProblemNote title="Results cannot be fetched in this browser" sentence={fault} />
      {device?.state === 'locked' ? (
        <EncryptionKeySetup address={address} device={device} onReady={refresh} />
      ) : (
        <ClosedNote results={results} />
      )}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-sm">
        <span role="status">
          {`${formatCount(results.found.length)} of ${countOf(work.subtasks, 'result')} ready to fetch`}
        </span>
        <Button size="sm" isPending={results.isLooking} onPress={() => void results.look()}>
          Look again
        </Button>
        {task.endedAtMs === null ? null : (
          <span className="text-muted">
            <span>they can be fetched for </span>
            <Countdown untilMs={task.endedAtMs + RESULTS_KEPT_MS} serverTimeMs={task.serverTimeMs} after="no longer" />
          </span>
        )}
      </div>
      <Troubles task={task} results={results} />
      <Signed task={task} results={results} />
      {plan !== undefined && results.found.length > 0 ? <Picture task={task} results={results} plan={plan} /> : null}
      <ResultDownloads results={results} name={demandLabel(task.demand)} />
      <ResultTable results={results} agreements={agreements} />
    </div>
  );
}

function ClosedNote({ results: { closed } }: { results: TaskResults }) {
  if (closed.length === 0) return null;
  return (
    <Note kind="warning" title="This device cannot open every link">
      <Text>{`Sealed to the key of another device: ${closed.map(({ name }) => name).join(', ')}. Open this page there.`}</Text>
    </Note>
  );
}

/** What the gateways said instead of an answer. */
function Troubles({ task, results: { listed } }: { task: TaskDto; results: TaskResults }) {
  const troubles = task.agreements.flatMap(({ agreement, name }) => {
    const sentence = listed.get(agreement)?.sentence;
    return sentence === undefined ? [] : [{ name, sentence }];
  });
  return troubles.map(({ name, sentence }) => (
    <ProblemNote key={name} title={`The gateway of ${name} says`} sentence={sentence} />
  ));
}

/** Whether what the gateways hand out is what their providers signed on the ledger. */
function Signed({ task, results: { listed } }: { task: TaskDto; results: TaskResults }) {
  const checks = useMemo(
    () =>
      task.ranges.flatMap(({ first, count, runs }) =>
        runs.flatMap(({ agreement, name, resultRoot, isRejected }) => {
          const ended = listed.get(agreement)?.ended ?? [];
          const isSame =
            resultRoot === null || isRejected ? undefined : isAsSigned(ended, { first, count, resultRoot });
          return isSame === undefined ? [] : [{ name, first, isSame }];
        }),
      ),
    [task.ranges, listed],
  );
  const different = checks.filter(({ isSame }) => !isSame);
  if (checks.length === 0) return null;
  if (different.length > 0)
    return (
      <Note kind="problem" title="Results are not those that were signed">
        <Text>{`What the gateway hands out differs from what its provider signed on the ledger: ${different.map(({ name, first }) => `${name} from sub-task ${first + 1} on`).join(', ')}. Contest the claim.`}</Text>
      </Note>
    );
  return (
    <Note kind="success">
      <Text>{`Checked here: the results of ${countOf(checks.length, 'range')} are those that their providers signed on the ledger. That they are right, only copies show.`}</Text>
    </Note>
  );
}

/** The sample’s picture, put together as its tiles come. */
function Picture({ task, results, plan }: { task: TaskDto; results: TaskResults; plan: TilePlan }) {
  const { found, output } = results;
  const done = useMemo(() => found.filter(({ state }) => state === 'done').map(({ subtask }) => subtask), [found]);
  const fetchTile = useCallback(
    async (subtask: number) => {
      const one = found.find((result) => result.subtask === subtask);
      const answer = one && (await output(one));
      return answer?.ok ? answer.value : undefined;
    },
    [found, output],
  );
  return <TilePicture of={demandLabel(task.demand)} plan={plan} done={done} fetchTile={fetchTile} />;
}
