'use client';

import { useCallback, useEffect, useState } from 'react';
import type { Preview } from '#components/kinds/kind.ts';
import { findKind } from '#components/kinds/kinds.ts';
import type { PublicationTest } from '#components/wallet/publication.ts';
import type { TestResult } from '#lib/queries/test-result.ts';
import type { AgentDto } from '#lib/shared/dto.ts';
import { readTest } from '../../actions.ts';

export interface DoneTest extends PublicationTest {
  preview: Preview;
}

type DoneResult = Extract<TestResult, { state: 'done' }>;

/** The agent's answer, once it describes a source of a kind that this portal knows, soundly and for a key of this account. */
export function acceptedTest(
  { attributes, testedAtMs, testSignature, preview }: DoneResult,
  of: { agents: readonly AgentDto[]; source: string },
): DoneTest | undefined {
  const [address, sourceId] = of.source.split('/');
  const agent = of.agents.find((candidate) => candidate.address === address);
  const source = agent?.sources.find(({ id }) => id === sourceId);
  const kind = source && findKind(source.kind);
  const agentKey = agent?.key ?? null;
  if (!source || !kind || agentKey === null || !kind.ledger.areAttributesSound(attributes)) return undefined;
  return { agentKey, kind: kind.name, sourceId: source.id, attributes, testedAtMs, testSignature, preview };
}

export interface KeptTest {
  test: DoneTest | undefined;
  /** `lost`: the portal no longer has it, or it does not describe the source as it is now. */
  state: 'none' | 'reading' | 'there' | 'lost';
  /** Takes a test that was just run. */
  hold: (test: DoneTest, job: string) => void;
}

/**
 * The test of a publication. The portal keeps what the agent answered for a day: after a reload, and in another tab, it is asked for again,
 * so that the rows of its preview lie nowhere in the browser.
 */
export function useKeptTest(of: { agents: readonly AgentDto[]; source: string; job: string }): KeptTest {
  const { agents, source, job } = of;
  const [held, setHeld] = useState<{ job: string; test: DoneTest | undefined }>();
  const isHeld = held?.job === job;
  useEffect(() => {
    if (job === '' || isHeld) return undefined;
    let isCurrent = true;
    const answered = (result: TestResult | null): void => {
      if (!isCurrent) return;
      setHeld({ job, test: result?.state === 'done' ? acceptedTest(result, { agents, source }) : undefined });
    };
    readTest(job).then(answered, () => answered(null));
    return () => {
      isCurrent = false;
    };
  }, [agents, source, job, isHeld]);
  const hold = useCallback((test: DoneTest, of: string) => setHeld({ job: of, test }), []);
  if (job === '') return { test: undefined, state: 'none', hold };
  if (!isHeld) return { test: undefined, state: 'reading', hold };
  return { test: held.test, state: held.test === undefined ? 'lost' : 'there', hold };
}
