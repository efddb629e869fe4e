'use client';

import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Deadline } from '#components/ui/deadline.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { formatBytes, formatCount } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { Time } from '#components/ui/time.tsx';
import type { AgentDto, TechnicalDto } from '#lib/shared/dto.ts';
import { readTest, startTest } from '../actions.ts';
import type { DoneTest } from './publish-wizard.tsx';
import { RowPreview } from './row-preview.tsx';

const POLL_MS = 700;
/** The page gives up by itself when neither answer nor deadline comes. */
const WAIT_MS = 60_000;

interface Waiting {
  job: string;
  startedAtMs: number;
  deadlineMs: number;
}

export interface TestStepProps {
  /** `0x…/source-id`. */
  source: string;
  agents: readonly AgentDto[];
  done: DoneTest | undefined;
  onDone: (test: DoneTest) => void;
}

function parseTechnical(text: string): TechnicalDto | undefined {
  try {
    return JSON.parse(text) as TechnicalDto;
  } catch {
    return undefined;
  }
}

/** The test runs at the agent, against the data itself; its signed answer goes onto the ledger as it is. */
export function TestStep({ source, agents, done, onDone }: TestStepProps) {
  const [address, sourceId] = source.split('/');
  const agent = agents.find((candidate) => candidate.address === address);
  const [waiting, setWaiting] = useState<Waiting>();
  const [sentence, setSentence] = useState<string>();
  const poll = useQuery({
    queryKey: ['test', waiting?.job],
    queryFn: () => readTest(waiting?.job),
    enabled: waiting !== undefined,
    refetchInterval: POLL_MS,
    retry: false,
    gcTime: 0,
  });
  const result = waiting ? poll.data : undefined;

  useEffect(() => {
    if (!waiting || result === undefined) return;
    if (result === null) {
      setWaiting(undefined);
      setSentence('The portal no longer knows this test: run it again.');
    } else if (result.state === 'failed') {
      setWaiting(undefined);
      setSentence(result.sentence);
    } else if (result.state === 'done') {
      setWaiting(undefined);
      const technicalParsed = parseTechnical(result.technical);
      if (!technicalParsed || agent?.key === null || agent?.key === undefined || !sourceId) {
        setSentence('The agent’s answer is not readable: check its version and run the test again.');
        return;
      }
      const { technical, testedAtMs, testSignature, preview } = result;
      onDone({ agentKey: agent.key, sourceId, technical, testedAtMs, testSignature, technicalParsed, preview });
    }
  }, [waiting, result, agent, sourceId, onDone]);

  useEffect(() => {
    if (!waiting) return undefined;
    const timer = setTimeout(() => {
      setWaiting(undefined);
      setSentence('The agent did not answer in time: see that it runs and is heard from, then run the test again.');
    }, waiting.deadlineMs - Date.now());
    return () => clearTimeout(timer);
  }, [waiting]);

  async function start() {
    setSentence(undefined);
    const startedAtMs = Date.now();
    const started = await startTest({ agent: address, sourceId }).catch(() => ({ sentence: 'The portal did not answer: try again.' }));
    if ('sentence' in started) setSentence(started.sentence);
    else setWaiting({ job: started.job, startedAtMs, deadlineMs: startedAtMs + WAIT_MS });
  }

  return (
    <Panel className="flex flex-col gap-4">
      <p className="text-muted">
        {agent?.label ?? 'The agent'} reads the whole source <span className="font-mono text-[0.8125rem]">{sourceId}</span>, computes columns, types, rows and
        checksum, tries to serve it, and signs what it found.
      </p>
      {waiting ? (
        <Deadline what="The test runs at the agent…" startedAtMs={waiting.startedAtMs} deadlineMs={waiting.deadlineMs} />
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
  const { technicalParsed } = test;
  return (
    <div className="flex flex-col gap-4">
      <Note kind="success" title="The test passed" isLive>
        The agent has read and served the source, and signed this description.
      </Note>
      <Facts
        facts={[
          { name: 'Stored as', value: technicalParsed.format },
          { name: 'Size', value: `${formatCount(technicalParsed.rows)} rows, ${formatCount(technicalParsed.columns.length)} columns, ${formatBytes(technicalParsed.bytes)}` },
          { name: 'SHA-256 of the data', value: <Id id={technicalParsed.checksum} what="checksum" /> },
          { name: 'Tested', value: <Time timeMs={test.testedAtMs} /> },
        ]}
      />
      <RowPreview columns={technicalParsed.columns} rows={test.preview} />
    </div>
  );
}
