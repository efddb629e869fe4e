'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { whyNoAnswer } from './portal-version.ts';

const POLL_MS = 700;
/** The page gives up by itself when neither answer nor deadline comes. */
const WAIT_MS = 60_000;

/** Work that an agent was asked for: it is begun, then asked after until it is done. */
export interface Job<Done> {
  begin: () => Promise<{ job: string } | { sentence: string }>;
  read: (
    job: string,
  ) => Promise<{ state: 'waiting' } | { state: 'failed'; sentence: string } | ({ state: 'done' } & Done) | null>;
  /** What to do when no answer comes in time. */
  silent: string;
}

type Outcome<Done> = { done: Done } | { sentence: string };

/** Begins the work and asks after it until it is done, its time is up by `performance.now()`, or nobody waits any more. */
export async function followJob<Done>(
  job: Job<Done>,
  deadlineMs: number,
  isWanted: () => boolean,
): Promise<Outcome<Done>> {
  try {
    const begun = await job.begin();
    if ('sentence' in begun) return begun;
    while (performance.now() < deadlineMs && isWanted()) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      const result = await job.read(begun.job);
      if (result === null) return { sentence: 'The portal no longer knows what it asked for: begin again.' };
      if (result.state === 'failed') return { sentence: result.sentence };
      if (result.state === 'done') return { done: result };
    }
    return { sentence: job.silent };
  } catch {
    return { sentence: await whyNoAnswer('The portal did not answer: try again.') };
  }
}

export interface FollowedJob<Done> {
  /** From when, and until when it is waited for; both by this device's steady clock, which nobody sets. */
  waiting: { startedAtMs: number; deadlineMs: number } | undefined;
  sentence: string | undefined;
  /** What came of it; undefined when it failed, was given up, or nobody waits any more. */
  run: (job: Job<Done>) => Promise<Done | undefined>;
  giveUp: () => void;
}

/** Begins work at an agent and waits for it, with an end to the waiting and a way out of it. */
export function useFollowedJob<Done>(): FollowedJob<Done> {
  const [waiting, setWaiting] = useState<FollowedJob<Done>['waiting']>();
  const [sentence, setSentence] = useState<string>();
  /** Number of the run that is waited for; leaving the page and giving up wait for none. */
  const current = useRef(0);
  useEffect(
    () => () => {
      current.current += 1;
    },
    [],
  );
  const giveUp = useCallback(() => {
    current.current += 1;
    setWaiting(undefined);
  }, []);
  const run = useCallback(async (job: Job<Done>) => {
    current.current += 1;
    const own = current.current;
    const startedAtMs = performance.now();
    setSentence(undefined);
    setWaiting({ startedAtMs, deadlineMs: startedAtMs + WAIT_MS });
    const outcome = await followJob(job, startedAtMs + WAIT_MS, () => current.current === own);
    if (current.current !== own) return undefined;
    setWaiting(undefined);
    if ('done' in outcome) return outcome.done;
    setSentence(outcome.sentence);
    return undefined;
  }, []);
  return { waiting, sentence, run, giveUp };
}
