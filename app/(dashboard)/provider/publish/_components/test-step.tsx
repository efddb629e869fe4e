'use client';

import { useState } from 'react';
import { kindOf } from '#components/kinds/kinds.ts';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/choice.tsx';
import { Deadline } from '#components/ui/deadline.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { useFollowedJob } from '#components/ui/follow-job.ts';
import { Foreign } from '#components/ui/foreign.tsx';
import { durationInWords } from '#components/ui/format.ts';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { Time } from '#components/ui/time.tsx';
import { useServerTime } from '#components/ui/use-server-time.ts';
import type { TestResult } from '#lib/queries/test-result.ts';
import type { AgentDto } from '#lib/shared/dto.ts';
import { readTest, startTest } from '../../actions.ts';
import { acceptedTest, type DoneTest, type Publication } from './use-publication.ts';

type DoneResult = Extract<TestResult, { state: 'done' }>;

const NO_ANSWER = 'The agent did not answer in time: see that it runs and is heard from, then run the test again.';

export interface TestStepProps {
  /** `0x…/source-id`. */
  source: string;
  agents: readonly AgentDto[];
  publication: Pick<Publication, 'test' | 'keptTest' | 'accept' | 'isConfirmed' | 'confirm'>;
  expiry: TestExpiry | undefined;
}

/** The test runs at the agent, against the resource itself; its signed answer goes onto the ledger as it is. */
export function TestStep({ source, agents, publication, expiry }: TestStepProps) {
  const { test: done, accept } = publication;
  const [address, sourceId] = source.split('/');
  const agent = agents.find((candidate) => candidate.address === address);
  const { waiting, sentence, run, giveUp } = useFollowedJob<DoneResult>();
  const [fault, setFault] = useState<string>();

  async function start() {
    setFault(undefined);
    let job = '';
    const outcome = await run({
      begin: async () => {
        const begun = await startTest({ agent: address, sourceId });
        if ('job' in begun) job = begun.job;
        return begun;
      },
      read: readTest,
      silent: NO_ANSWER,
    });
    if (outcome === undefined) return;
    const accepted = acceptedTest(outcome, { agents, source });
    if (accepted) accept(accepted, job);
    else setFault('The agent’s answer is not readable: check its version and run the test again.');
  }

  return (
    <Panel className="flex flex-col gap-4">
      <p className="text-muted">
        {agent ? <Foreign text={agent.label} /> : <span>The agent</span>} <span>examines the source</span>{' '}
        <span className="font-mono text-[0.8125rem]">{sourceId}</span>
        <span>, computes its description, tries to serve it, and signs what it found.</span>
      </p>
      {waiting ? (
        <>
          <Deadline what="The test runs at the agent…" {...waiting} />
          <div>
            <Button onPress={giveUp}>Stop waiting</Button>
          </div>
        </>
      ) : (
        <div>
          <Button variant={done ? 'tertiary' : 'primary'} onPress={() => void start()}>
            {done ? 'Run the test again' : 'Run the test'}
          </Button>
        </div>
      )}
      {publication.keptTest === 'reading' ? <p className="text-muted">Reading the test that was run before…</p> : null}
      {publication.keptTest === 'lost' && !waiting ? (
        <Note kind="warning" title="The test that was run before is not at hand">
          It is older than the day for which the portal keeps one, the source has changed, or the portal did not answer.
          Run it again; nothing else is lost.
        </Note>
      ) : null}
      <ProblemNote title="The test did not pass" sentence={fault ?? sentence} />
      {done && !waiting ? <TestOutcome {...publication} test={done} expiry={expiry} /> : null}
    </Panel>
  );
}

type TestOutcomeProps = Pick<Publication, 'isConfirmed' | 'confirm'> & {
  test: DoneTest;
  expiry: TestExpiry | undefined;
};

/** What was found is published as it is: the provider has to look at it first. */
function TestOutcome({ test, isConfirmed, confirm, expiry }: TestOutcomeProps) {
  const { facts, Preview } = kindOf(test.kind).screen;
  return (
    <div className="flex flex-col gap-4">
      {expiry?.isOver ? (
        <ExpiredNote {...expiry} />
      ) : (
        <Note kind="success" title="The test passed" isLive>
          The agent examined the source, could serve it, and signed this description.
        </Note>
      )}
      <Facts
        facts={[
          ...facts(test.attributes),
          { name: 'Tested', value: <Time timeMs={test.testedAtMs} /> },
          ...(expiry ? [{ name: 'Counts until', value: <Time timeMs={expiry.untilMs} /> }] : []),
        ]}
      />
      <Preview attributes={test.attributes} preview={test.preview} />
      <Checkbox
        name="confirmed"
        label="This is what I mean to share"
        description="What the agent found is published and sold as it stands here."
        isSelected={isConfirmed}
        onChange={confirm}
      />
    </div>
  );
}

/** Until when the ledger takes a test. */
export interface TestExpiry {
  untilMs: number;
  ageMsMax: number;
  isOver: boolean;
}

/** Of the test that stands; undefined without one, and where the network's age limit is not known. */
export function useTestExpiry(
  test: DoneTest | undefined,
  of: { ageMsMax: number | undefined; serverTimeMs: number },
): TestExpiry | undefined {
  const { ageMsMax, serverTimeMs } = of;
  const untilMs = test && ageMsMax !== undefined ? test.testedAtMs + ageMsMax : undefined;
  const isOver = useServerTime(serverTimeMs, (nowMs) => untilMs !== undefined && nowMs > untilMs);
  return untilMs === undefined || ageMsMax === undefined ? undefined : { untilMs, ageMsMax, isOver };
}

export interface ExpiredNoteProps extends Pick<TestExpiry, 'ageMsMax'> {
  /** Leads back to the test, on another step than that. */
  onTestAgain?: () => void;
}

export function ExpiredNote({ ageMsMax, onTestAgain }: ExpiredNoteProps) {
  return (
    <div className={onTestAgain ? 'mb-3' : undefined}>
      <Note kind="warning" title="The test has expired" isLive>
        <p>{`The ledger takes a test that is at most ${durationInWords(ageMsMax)} old. Run it again; nothing else is lost.`}</p>
        {onTestAgain ? (
          <Button size="sm" onPress={onTestAgain}>
            Back to the test
          </Button>
        ) : null}
      </Note>
    </div>
  );
}
