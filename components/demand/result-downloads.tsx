'use client';

import { useState } from 'react';
import { mergedCounts } from '#components/tasks/merge.ts';
import { fileNameOf, outputOf } from '#components/tasks/output.ts';
import { Button } from '#components/ui/button.tsx';
import { toCsv, type CsvTable } from '#components/ui/csv.ts';
import { countOf } from '#components/ui/count.ts';
import { formatBytes, formatCount } from '#components/ui/format.ts';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { RowTable } from '#components/ui/row-table.tsx';
import { saveFile } from '#components/ui/save-file.ts';
import type { FoundResult, TaskResults } from './use-task-results.ts';

/** More is fetched one by one: a page holds what it saves in memory. */
const BYTES_MAX = 256_000_000;
/** Results that are on their way at the same time. */
const AT_ONCE = 4;

type Fetched =
  | { readonly ok: true; readonly outputs: readonly Uint8Array<ArrayBuffer>[] }
  | { readonly ok: false; readonly sentence: string };

/** All outputs in the order of their sub-tasks, or why one of them did not come. */
async function fetchAll(
  done: readonly FoundResult[],
  of: { output: TaskResults['output']; onFetched: () => void; signal: AbortSignal },
): Promise<Fetched> {
  const outputs: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < done.length; at += AT_ONCE) {
    if (of.signal.aborted) return { ok: false, sentence: 'You canceled it.' };
    const answers = await Promise.all(done.slice(at, at + AT_ONCE).map((one) => of.output(one)));
    for (const answer of answers) {
      if (!answer.ok) return { ok: false, sentence: answer.sentence };
      outputs.push(answer.value);
      of.onFetched();
    }
  }
  return { ok: true, outputs };
}

/** Texts of outputs; undefined where one of them is none. */
function textsOf(outputs: readonly Uint8Array[]): string[] | undefined {
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    return outputs.map((bytes) => decoder.decode(bytes));
  } catch {
    return undefined;
  }
}

interface FetchingAll {
  /** How many have come; undefined while none is asked for. */
  readonly fetched: number | undefined;
  readonly problem: string | undefined;
  say: (problem: string) => void;
  cancel: () => void;
  /** Outputs in the order of their sub-tasks; undefined when one did not come. */
  fetchThem: () => Promise<readonly Uint8Array<ArrayBuffer>[] | undefined>;
}

function useFetchAll(done: readonly FoundResult[], output: TaskResults['output']): FetchingAll {
  const [fetched, setFetched] = useState<number>();
  const [problem, setProblem] = useState<string>();
  const [abort, setAbort] = useState<AbortController>();
  return {
    fetched,
    problem,
    say: setProblem,
    cancel: () => abort?.abort(),
    async fetchThem() {
      setProblem(undefined);
      const bytes = bytesIn(done);
      if (bytes > BYTES_MAX) {
        setProblem(`These are ${formatBytes(bytes)} together: fetch them one by one, or by the programs’ tools.`);
        return undefined;
      }
      const controller = new AbortController();
      setAbort(controller);
      setFetched(0);
      const onFetched = () => setFetched((count = 0) => count + 1);
      const answer = await fetchAll(done, { output, onFetched, signal: controller.signal });
      setFetched(undefined);
      setAbort(undefined);
      if (!answer.ok) setProblem(answer.sentence);
      return answer.ok ? answer.outputs : undefined;
    },
  };
}

const bytesIn = (done: readonly FoundResult[]): number => done.reduce((sum, { outputBytes }) => sum + outputBytes, 0);

/** Everything at once: as one file, and as one table where each result is a table of counts. */
export function ResultDownloads({ results, name }: { results: TaskResults; name: string }) {
  const done = results.found.filter(({ state }) => state === 'done');
  const fetching = useFetchAll(done, results.output);
  const [table, setTable] = useState<CsvTable>();
  if (done.length === 0) return null;

  async function saveAll() {
    const outputs = await fetching.fetchThem();
    const [first] = outputs ?? [];
    if (outputs === undefined || first === undefined) return;
    saveFile(new Blob([...outputs]), fileNameOf(`${name}-results`, outputOf(first)), 'application/octet-stream');
  }
  async function merge() {
    const outputs = await fetching.fetchThem();
    const texts = outputs && textsOf(outputs);
    const merged = texts && mergedCounts(texts);
    if (outputs !== undefined && merged === undefined)
      fetching.say('The results are not tables of counts with the same columns, so they cannot be added up here.');
    setTable(merged);
  }

  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Button isPending={fetching.fetched !== undefined} onPress={() => void saveAll()}>
          {`Download ${countOf(done.length, 'result')} in one file`}
        </Button>
        <Button isPending={fetching.fetched !== undefined} onPress={() => void merge()}>
          Add them up as one table
        </Button>
        <span className="text-xs text-muted">
          {`${formatBytes(bytesIn(done))}, one after the other in the order of the sub-tasks`}
        </span>
      </div>
      <Progress fetching={fetching} of={done.length} />
      <ProblemNote title="Not every result came" sentence={fetching.problem} />
      {table === undefined ? null : <Merged table={table} name={name} of={done.length} />}
    </div>
  );
}

function Progress({ fetching: { fetched, cancel }, of }: { fetching: FetchingAll; of: number }) {
  if (fetched === undefined) return null;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <progress aria-label="Results fetched" className="deadline h-1.5 w-40" max={of} value={fetched} />
      <span role="status" className="text-xs text-muted tabular-nums">
        {`${formatCount(fetched)} of ${formatCount(of)} fetched`}
      </span>
      <Button size="sm" onPress={cancel}>
        Cancel
      </Button>
    </div>
  );
}

function Merged({ table, name, of }: { table: CsvTable; name: string; of: number }) {
  return (
    <>
      <Note kind="success" isLive>
        {`${countOf(table.rows.length, 'row')}, added up over ${countOf(of, 'sub-task')}.`}
      </Note>
      <RowTable caption={`Results of ${name}, added up`} table={table} />
      <div>
        <Button onPress={() => saveFile(toCsv(table.header, table.rows), `${name}-merged.csv`, 'text/csv')}>
          Download the table
        </Button>
      </div>
    </>
  );
}
