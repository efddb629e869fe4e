import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { followJob, type Job } from './follow-job.ts';

type Answer = Awaited<ReturnType<Job<{ proof: string }>['read']>>;

const SILENT = 'The agent did not answer in time.';

/** Work whose state, each time that it is asked for, is the next of these; the last one stands. */
function jobOf(begun: Awaited<ReturnType<Job<unknown>['begin']>>, ...answers: Answer[]) {
  let asked = 0;
  const job: Job<{ proof: string }> = {
    begin: () => Promise.resolve(begun),
    read: () => Promise.resolve(answers[Math.min(asked++, answers.length - 1)] ?? null),
    silent: SILENT,
  };
  return { job, asked: () => asked };
}

async function outcomeOf(job: Job<{ proof: string }>, isWanted = () => true) {
  const outcome = followJob(job, performance.now() + 60_000, isWanted);
  await vi.advanceTimersByTimeAsync(120_000);
  return outcome;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('work that is done gives what came of it, after as many questions as it took', async () => {
  const { job, asked } = jobOf(
    { job: '7' },
    { state: 'waiting' },
    { state: 'waiting' },
    { state: 'done', proof: 'ab' },
  );
  expect(await outcomeOf(job)).toEqual({ done: { state: 'done', proof: 'ab' } });
  expect(asked()).toBe(3);
});

test('work that was not begun, failed, or is not known any more ends with its sentence', async () => {
  expect(await outcomeOf(jobOf({ sentence: 'Too many wait.' }).job)).toEqual({ sentence: 'Too many wait.' });
  expect(await outcomeOf(jobOf({ job: '7' }, { state: 'failed', sentence: 'No.' }).job)).toEqual({ sentence: 'No.' });
  expect(await outcomeOf(jobOf({ job: '7' }, null).job)).toHaveProperty('sentence');
});

test('work without an answer is given up when its time is up', async () => {
  const { job, asked } = jobOf({ job: '7' }, { state: 'waiting' });
  expect(await outcomeOf(job)).toEqual({ sentence: SILENT });
  const before = asked();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked()).toBe(before);
});

test('nothing is asked any more once nobody waits', async () => {
  const { job, asked } = jobOf({ job: '7' }, { state: 'waiting' });
  let isWanted = true;
  const outcome = followJob(job, performance.now() + 60_000, () => isWanted);
  await vi.advanceTimersByTimeAsync(2_000);
  isWanted = false;
  await vi.advanceTimersByTimeAsync(2_000);
  const before = asked();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked()).toBe(before);
  expect(await outcome).toHaveProperty('sentence');
});

test('a portal that does not answer is a sentence', async () => {
  const { job } = jobOf({ job: '7' });
  expect(await outcomeOf({ ...job, read: () => Promise.reject(new Error('offline')) })).toEqual({
    sentence: 'The portal did not answer: try again.',
  });
});
