import { countOf } from '#components/ui/count.ts';

/** Runs of one task, as gateways take them (agent/tasks). */
const RUNS_MAX = 1_000;

export type Lines =
  { readonly ok: true; readonly lines: readonly string[] } | { readonly ok: false; readonly sentence: string };

/** The inputs of a task: one a line, empty ones left out. */
export function linesOf(text: string): Lines {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');
  if (lines.length === 0) return { ok: false, sentence: 'Write an input for each run, one a line: there is none yet.' };
  if (lines.length > RUNS_MAX)
    return {
      ok: false,
      sentence: `A task has at most ${countOf(RUNS_MAX, 'run')}, and this input has ${countOf(lines.length, 'line')}: make several tasks of it.`,
    };
  return { ok: true, lines };
}
