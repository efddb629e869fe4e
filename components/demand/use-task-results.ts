'use client';

import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { openResults, type EndedSubtask, type Results } from '#components/tasks/results.ts';
import { openDescriptor } from '#components/wallet/descriptor.ts';
import type { DeviceKey } from '#components/wallet/encryption-key.ts';
import { linkOf } from '#components/wallet/gateway.ts';
import type { TaskAgreementDto, TaskRangeDto } from '#lib/shared/demand-dto.ts';

/** A sub-task that ended, and the agreement whose gateway has its result. */
export interface FoundResult extends EndedSubtask {
  readonly agreement: number;
}

/** What one agreement’s gateway has said so far. */
interface Listed {
  readonly ended: readonly EndedSubtask[];
  readonly sentence: string | undefined;
}

export interface TaskResults {
  /** Ascending, each sub-task once; results that were rejected are left out. */
  readonly found: readonly FoundResult[];
  /** By agreement: everything that its gateway told. */
  readonly listed: ReadonlyMap<number, Listed>;
  /** Agreements whose link does not open on this device. */
  readonly closed: readonly TaskAgreementDto[];
  readonly isLooking: boolean;
  /** Asks every gateway again for what is ready. */
  look: () => Promise<void>;
  output: (found: FoundResult) => ReturnType<Results['output']>;
  log: (found: FoundResult) => ReturnType<Results['log']>;
}

export interface TaskResultsInput {
  readonly agreements: readonly TaskAgreementDto[];
  readonly ranges: readonly TaskRangeDto[];
  readonly device: DeviceKey | undefined;
  /** genesisHash, hex. */
  readonly network: string;
}

/** Each list is a call of the order, and a task has few to spare: so often they are asked for by themselves while ranges run. */
const LOOKS_MAX = 6;
const LOOK_MS_FIRST = 2_000;
/** Lists of one look at one gateway; what is beyond comes with the next press. */
const PAGES_MAX = 20;

type Links = ReadonlyMap<number, Results | null>;

async function openLinks({ agreements, device, network }: Omit<TaskResultsInput, 'ranges'>): Promise<Links> {
  const links = new Map<number, Results | null>();
  for (const { agreement, sealed, gateway } of agreements) {
    if (sealed === null || gateway === null || device === undefined) continue;
    const opened = 'key' in device ? await openDescriptor({ ...sealed, agreement, network }, device.key) : undefined;
    const link = opened?.ok ? linkOf(gateway, opened.descriptor) : undefined;
    links.set(agreement, link === undefined ? null : openResults(link));
  }
  return links;
}

/** Links of the agreements, opened again when one of them is issued anew. */
function useLinks({ agreements, device, network }: Omit<TaskResultsInput, 'ranges'>): Links | undefined {
  const [links, setLinks] = useState<Links>();
  const named = JSON.stringify(agreements.map(({ agreement, sealed, gateway }) => [agreement, sealed?.issue, gateway]));
  const input = useRef({ agreements, device, network });
  useEffect(() => {
    input.current = { agreements, device, network };
  });
  useEffect(() => {
    if (device === undefined) return undefined;
    let isCurrent = true;
    void openLinks(input.current).then((opened) => (isCurrent ? setLinks(opened) : undefined));
    return () => {
      isCurrent = false;
    };
  }, [named, device]);
  return links;
}

async function listAll(results: Results, from: number): Promise<Listed> {
  const ended: EndedSubtask[] = [];
  let next: number | null = from;
  for (let page = 0; next !== null && page < PAGES_MAX; page += 1) {
    const answer = await results.subtasks(next);
    if (!answer.ok) return { ended, sentence: answer.sentence };
    ended.push(...answer.value.ended);
    next = answer.value.next;
  }
  return { ended, sentence: undefined };
}

/** How far the ledger says that the agreements are: a list is worth asking for when this changes. */
function progressOf(ranges: readonly TaskRangeDto[]): string {
  return ranges
    .flatMap(({ range, runs }) => runs.map(({ agreement, state }) => `${range}:${agreement}:${state}`))
    .join();
}

function mergedResults(listed: ReadonlyMap<number, Listed>, ranges: readonly TaskRangeDto[]): FoundResult[] {
  const rejected = new Set(
    ranges.flatMap(({ first, runs }) =>
      runs.filter(({ isRejected }) => isRejected).map(({ agreement }) => `${agreement} ${first}`),
    ),
  );
  const rangeOf = (subtask: number) => ranges.find(({ first, count }) => subtask >= first && subtask < first + count);
  const found = new Map<number, FoundResult>();
  for (const [agreement, { ended }] of listed) {
    for (const one of ended) {
      const range = rangeOf(one.subtask);
      if (range === undefined || rejected.has(`${agreement} ${range.first}`)) continue;
      if (!found.has(one.subtask)) found.set(one.subtask, { ...one, agreement });
    }
  }
  return [...found.values()].toSorted((left, right) => left.subtask - right.subtask);
}

/** Looks once when the links are open and whenever the ledger says that a range went on, and a few times between while some run. */
function useLooks(look: () => Promise<void>, of: { isReady: boolean; progress: string; isRunning: boolean }) {
  const { isReady, progress, isRunning } = of;
  useEffect(() => {
    if (!isReady) return undefined;
    let timer: ReturnType<typeof setTimeout>;
    let looks = 0;
    const go = async (): Promise<void> => {
      await look();
      looks += 1;
      if (isRunning && looks < LOOKS_MAX) timer = setTimeout(() => void go(), LOOK_MS_FIRST * 2 ** looks);
    };
    timer = setTimeout(() => void go(), 0);
    return () => clearTimeout(timer);
  }, [look, isReady, progress, isRunning]);
}

/** Results of a divided task, from the gateway of each agreement that ran some of it. */
export function useTaskResults({ agreements, ranges, device, network }: TaskResultsInput): TaskResults {
  const links = useLinks({ agreements, device, network });
  const [listed, setListed] = useState<ReadonlyMap<number, Listed>>(new Map());
  const [isLooking, setIsLooking] = useState(false);
  const look = useCallback(async () => {
    if (links === undefined) return;
    setIsLooking(true);
    const open = [...links].flatMap(([agreement, results]) => (results === null ? [] : [{ agreement, results }]));
    await Promise.all(
      open.map(async ({ agreement, results }) => {
        const told = await listAll(results, 0);
        setListed((now) => {
          const before = now.get(agreement);
          // A gateway that does not answer takes nothing away of what it said before.
          const kept = told.sentence !== undefined && before ? { ...before, sentence: told.sentence } : told;
          return new Map(now).set(agreement, kept);
        });
      }),
    );
    setIsLooking(false);
  }, [links]);
  const isRunning = ranges.some(({ state }) => state === 'started');
  useLooks(look, { isReady: links !== undefined, progress: progressOf(ranges), isRunning });
  const found = useMemo(() => mergedResults(listed, ranges), [listed, ranges]);
  const resultsOf = (agreement: number): Results | null => links?.get(agreement) ?? null;
  const gone = { ok: false as const, sentence: 'The link of this order does not open here.' };
  return {
    found,
    listed,
    closed: agreements.filter(({ agreement }) => links?.get(agreement) === null),
    isLooking,
    look,
    output: async (one) => (await resultsOf(one.agreement)?.output(one)) ?? gone,
    log: async (one) => (await resultsOf(one.agreement)?.log(one.subtask)) ?? gone,
  };
}
