'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/choice.tsx';
import { Deadline } from '#components/ui/deadline.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { useFollowedJob } from '#components/ui/follow-job.ts';
import { Foreign } from '#components/ui/foreign.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { Time } from '#components/ui/time.tsx';
import type { TestResult } from '#lib/queries/test-result.ts';
import type { AgentDto } from '#lib/shared/dto.ts';
import { kindOf } from '#components/kinds/kinds.ts';
import { readTest, startTest } from '../../actions.ts';
import { ExpiredNote, type TestExpiry } from './test-expiry.tsx';
import { acceptedTest, type DoneTest } from './use-kept-test.ts';
import type { Publication } from './use-publication.ts';

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
      read: (job) => readTest(job),
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
        <Note kind="warning" title="The test that was run before is gone">
          The portal keeps a test for a day, and this one does not describe the source any more. Run it again; nothing
          else is lost.
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
