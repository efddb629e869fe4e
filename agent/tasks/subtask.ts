import { createHash } from 'node:crypto';
import type { RunResult } from '#agent/sandbox/sandbox.ts';
import type { EndedSubtask } from './result-store.ts';

/** Of the error stream of one sub-task. */
const ERRORS_BYTES_MAX = 4 * 1024;
const LINE_CHARS_MAX = 200;
/** In place of the exit code of a program that did not exit by itself. */
const NO_EXIT_CODE = -1;

/** Processor time in ms that the next sub-task may use: its task's limit, the strategy's, or what is left; 0 when nothing is. */
export function limitsOf(of: {
  readonly workMs: number;
  readonly runMsMax: number;
  readonly leftMs: number;
  readonly leftRuns: number;
}): number {
  return of.leftRuns <= 0 ? 0 : Math.max(0, Math.min(of.workMs, of.runMsMax, of.leftMs));
}

/**
 * A run as it counts: whole milliseconds, each that was begun, up to its limit. How far a program came that was killed, or went on for too
 * long, is chance: of its output nothing is kept, so that the same input gives the same result on every machine.
 */
export function endOfRun(result: RunResult, cpuMsMax: number): RunResult {
  const isCut = result.outcome === 'timed-out' || result.outcome === 'crashed';
  const cpuMs = Math.min(Math.ceil(result.cpuMs), cpuMsMax);
  return { ...result, cpuMs, output: isCut ? new Uint8Array() : result.output };
}

/** What is kept of a run. The cause of a fault stands in its sentence: a program that exits by itself has said it on its error stream. */
export function asEnded(
  subtask: number,
  { outcome, exitCode, cpuMs, output, errors, sentence }: RunResult,
): EndedSubtask {
  const text = Buffer.from(errors.subarray(0, ERRORS_BYTES_MAX)).toString('utf8');
  const errorLine = firstLine(text);
  const cause = outcome === 'failed' && errorLine !== '' ? `${sentence.replace(/\.$/, '')}: ${errorLine}` : sentence;
  return {
    subtask,
    outcome,
    exitCode: exitCode ?? NO_EXIT_CODE,
    cpuMs,
    outputBytes: output.length,
    digest: createHash('sha256').update(output).digest(),
    sentence: firstLine(cause),
    errorLine,
    output,
    errors: text,
  };
}

/** The first line that says something, bounded, without control characters. */
function firstLine(text: string): string {
  const line = text.split(/[\r\n]+/).find((each) => each.trim() !== '') ?? '';
  return line
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, LINE_CHARS_MAX);
}
