import { json, bytesReply, problem, type TaskCall, type TaskReply } from './reply.ts';
import type { ResultStore, StoredRange, SubtaskEnd } from './result-store.ts';

/** After an order's end its results can be fetched for this long. */
export const RESULTS_KEPT_MS = 3_600_000;
const SUBTASKS_PAGE = 100;
const SUBTASKS_PAGE_MAX = 1_000;
const RESULTS_PAGE_MAX = 10_000;

interface Results {
  readonly store: ResultStore;
  /** True for a sub-task that runs at this moment. */
  isRunning(subtask: number): boolean;
}

interface Route {
  readonly shape: RegExp;
  answer(results: Results, of: { readonly match: RegExpExecArray; readonly query: URLSearchParams }): TaskReply;
}

const ROUTES: readonly Route[] = [
  {
    shape: /^\/ranges$/,
    answer: ({ store }) => json(200, { ranges: store.ranges.map((range) => shown(range, store)) }),
  },
  { shape: /^\/ranges\/(\d{1,10})\/results$/, answer: listResults },
  { shape: /^\/subtasks$/, answer: listSubtasks },
  {
    shape: /^\/subtasks\/(\d{1,10})\/output$/,
    answer: ({ store }, { match }) => {
      const output = store.output(Number(match[1]));
      return output === undefined ? notYet() : bytesReply('application/octet-stream', output);
    },
  },
  {
    shape: /^\/subtasks\/(\d{1,10})\/log$/,
    answer: ({ store }, { match }) => {
      const log = store.log(Number(match[1]));
      return log === undefined ? notYet() : bytesReply('text/plain; charset=utf-8', Buffer.from(log, 'utf8'));
    },
  },
];

/** True for a call that asks for results, and for nothing else of an order. */
export function asksForResults(method: string, path: string): boolean {
  return method === 'GET' && ROUTES.some(({ shape }) => shape.test(path));
}

/** Answers what `asksForResults` is true for. `results` is undefined for an order that was given no range. */
export function answerResultCall(
  { path, queryString }: Pick<TaskCall, 'path' | 'queryString'>,
  results?: Results,
): TaskReply {
  for (const { shape, answer } of ROUTES) {
    const match = shape.exec(path);
    if (match === null) continue;
    if (results === undefined) return problem(404, 'This order runs no part of a task.');
    return answer(results, { match, query: new URLSearchParams(queryString) });
  }
  return problem(404, 'There is nothing at this address.');
}

function notYet(): TaskReply {
  return problem(404, 'There is no such sub-task here, or it has not ended yet.');
}

function shown({ range, demand, first, count, attempt, state, ...rest }: StoredRange, store: ResultStore): object {
  const { ended, failed, cpuMs } = store.totals({ from: first, to: first + count });
  const { fault, sentence, inputRoot, resultRoot } = rest;
  const totals = { done: ended - failed, failed, cpuMs };
  return { range, demand, first, count, attempt, state, fault, sentence, ...totals, inputRoot, resultRoot };
}

/** A page of the leaves that a range's result root is made of. */
function listResults(
  { store }: Results,
  { match, query }: { match: RegExpExecArray; query: URLSearchParams },
): TaskReply {
  const known = store.range(Number(match[1]));
  if (known === undefined) return problem(404, 'There is no such range here.');
  const page = pageOf(query, { size: RESULTS_PAGE_MAX, sizeMax: RESULTS_PAGE_MAX });
  if (page === undefined) return badPage(RESULTS_PAGE_MAX);
  const { range, first, count, inputRoot, resultRoot } = known;
  const found = store.ended({ from: Math.max(page.from, first), to: first + count }, page.limit + 1);
  const results = found
    .slice(0, page.limit)
    .map(({ subtask, outcome, exitCode, digest }) => ({ subtask, outcome, exitCode, output: hexOf(digest) }));
  return json(200, { range, first, count, inputRoot, resultRoot, results, next: found[page.limit]?.subtask ?? null });
}

/** A page of all sub-tasks of the order's ranges, ended or not. */
function listSubtasks({ store, isRunning }: Results, { query }: { query: URLSearchParams }): TaskReply {
  const page = pageOf(query, { size: SUBTASKS_PAGE, sizeMax: SUBTASKS_PAGE_MAX });
  if (page === undefined) return badPage(SUBTASKS_PAGE_MAX);
  const found: { subtask: number; range: StoredRange }[] = [];
  for (const range of store.ranges) {
    const from = Math.max(page.from, range.first);
    for (let at = from; at < range.first + range.count && found.length <= page.limit; at += 1)
      found.push({ subtask: at, range });
  }
  const asked = found.slice(0, page.limit);
  const [from, to] = [asked[0]?.subtask ?? 0, (asked.at(-1)?.subtask ?? -1) + 1];
  const ended = new Map(store.ended({ from, to }, page.limit).map((end) => [end.subtask, end]));
  const subtasks = asked.map(({ subtask, range }) => {
    const end = ended.get(subtask);
    return end === undefined
      ? { subtask, range: range.range, state: openState(range, isRunning(subtask)) }
      : shownEnd(end, range);
  });
  return json(200, { subtasks, next: found[page.limit]?.subtask ?? null });
}

/** Of a sub-task that has not ended: whether it is still to be run here. */
function openState({ state }: StoredRange, isRunning: boolean): string {
  if (state === 'failed' || state === 'stopped') return 'stopped';
  return isRunning ? 'running' : 'waiting';
}

function shownEnd(end: SubtaskEnd, { range }: StoredRange): object {
  const { subtask, outcome, exitCode, cpuMs, outputBytes, digest, sentence, errorLine } = end;
  const state = outcome === 'done' ? 'done' : 'failed';
  return { subtask, range, state, outcome, exitCode, cpuMs, outputBytes, output: hexOf(digest), sentence, errorLine };
}

function hexOf(digest: Uint8Array): string {
  return Buffer.from(digest).toString('hex');
}

function pageOf(
  query: URLSearchParams,
  { size, sizeMax }: { readonly size: number; readonly sizeMax: number },
): { readonly from: number; readonly limit: number } | undefined {
  const [from, limit] = [query.get('from') ?? '0', query.get('limit') ?? String(size)];
  if (!/^\d{1,10}$/.test(from) || !/^[1-9]\d{0,5}$/.test(limit) || Number(limit) > sizeMax) return undefined;
  return { from: Number(from), limit: Number(limit) };
}

function badPage(sizeMax: number): TaskReply {
  return problem(400, `from is a sub-task, counted from 0, and limit a number from 1 to ${sizeMax}.`);
}
