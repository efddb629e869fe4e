'use client';

import { useEffect, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Deadline } from '#components/ui/deadline.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { Time } from '#components/ui/time.tsx';
import type { TestResult } from '#lib/queries/test-result.ts';
import type { AgentDto } from '#lib/shared/dto.ts';
import { findKind, kindOf } from '#components/kinds/kinds.ts';
import { readTest, startTest } from '../actions.ts';
import type { DoneTest } from './use-publication.ts';

const POLL_MS = 700;
/** The page gives up by itself when neither answer nor deadline comes. */
const WAIT_MS = 60_000;

interface Waiting {
  startedAtMs: number;
  deadlineMs: number;
}

type TestOutcomeOf = Extract<TestResult, { state: 'done' }> | { sentence: string };

const NO_ANSWER = 'The agent did not answer in time: see that it runs and is heard from, then run the test again.';

/** Starts the test and asks for its outcome until it comes, the time is up, or nobody waits any more. */
async function runTest(asked: unknown, deadlineMs: number, isWanted: () => boolean): Promise<TestOutcomeOf> {
  try {
    const started = await startTest(asked);
    if ('sentence' in started) return started;
    while (Date.now() < deadlineMs && isWanted()) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      const result = await readTest(started.job);
      if (result === null) return { sentence: 'The portal no longer knows this test: run it again.' };
      if (result.state === 'failed') return { sentence: result.sentence };
      if (result.state === 'done') return result;
    }
    return { sentence: NO_ANSWER };
  } catch {
    return { sentence: 'The portal did not answer: try again.' };
  }
}

export interface TestStepProps {
  /** `0x…/source-id`. */
  source: string;
  agents: readonly AgentDto[];
  done: DoneTest | undefined;
  onDone: (test: DoneTest) => void;
}

/** The agent's answer, once it describes a source of a kind that this portal knows, soundly and for a key of this account. */
function acceptedTest(
  { attributes, testedAtMs, testSignature, preview }: Extract<TestResult, { state: 'done' }>,
  of: { agent: AgentDto | undefined; sourceId: string | undefined },
): DoneTest | undefined {
  const source = of.agent?.sources.find(({ id }) => id === of.sourceId);
  const kind = source && findKind(source.kind);
  const agentKey = of.agent?.key ?? null;
  if (!source || !kind || agentKey === null || !kind.ledger.areAttributesSound(attributes)) return undefined;
  return { agentKey, kind: kind.name, sourceId: source.id, attributes, testedAtMs, testSignature, preview };
}

/** The test runs at the agent, against the resource itself; its signed answer goes onto the ledger as it is. */
export function TestStep({ source, agents, done, onDone }: TestStepProps) {
  const [address, sourceId] = source.split('/');
  const agent = agents.find((candidate) => candidate.address === address);
  const [waiting, setWaiting] = useState<Waiting>();
  const [sentence, setSentence] = useState<string>();
  const isMounted = useRef(true);
  useEffect(() => {
    isMounted.current = true;
    return () => {
      isMounted.current = false;
    };
  }, []);

  async function start() {
    setSentence(undefined);
    const startedAtMs = Date.now();
    setWaiting({ startedAtMs, deadlineMs: startedAtMs + WAIT_MS });
    const outcome = await runTest({ agent: address, sourceId }, startedAtMs + WAIT_MS, () => isMounted.current);
    if (!isMounted.current) return;
    setWaiting(undefined);
    if ('sentence' in outcome) {
      setSentence(outcome.sentence);
      return;
    }
    const accepted = acceptedTest(outcome, { agent, sourceId });
    if (accepted) onDone(accepted);
    else setSentence('The agent’s answer is not readable: check its version and run the test again.');
  }

  return (
    <Panel className="flex flex-col gap-4">
      <p className="text-muted">
        {agent ? <Foreign text={agent.label} /> : 'The agent'} examines the source{' '}
        <span className="font-mono text-[0.8125rem]">{sourceId}</span>, computes its description, tries to serve it, and
        signs what it found.
      </p>
      {waiting ? (
        <Deadline
          what="The test runs at the agent…"
          startedAtMs={waiting.startedAtMs}
          deadlineMs={waiting.deadlineMs}
        />
      ) : (
        <div>
          <Button variant={done ? 'tertiary' : 'primary'} onPress={() => void start()}>
            {done ? 'Run the test again' : 'Run the test'}
          </Button>
        </div>
      )}
      <ProblemNote title="The test did not pass" sentence={sentence} />
      {done && !waiting ? <TestOutcome test={done} /> : null}
    </Panel>
  );
}

function TestOutcome({ test }: { test: DoneTest }) {
  const { facts, Preview } = kindOf(test.kind).screen;
  return (
    <div className="flex flex-col gap-4">
      <Note kind="success" title="The test passed" isLive>
        The agent has read and served the source, and signed this description.
      </Note>
      <Facts facts={[...facts(test.attributes), { name: 'Tested', value: <Time timeMs={test.testedAtMs} /> }]} />
      <Preview attributes={test.attributes} preview={test.preview} />
    </div>
  );
}
