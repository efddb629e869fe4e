'use client';

import { CircleCheck, CircleX } from 'lucide-react';
import { useState } from 'react';
import { AccountName } from '#components/ledger/account-name.tsx';
import { OutputView } from '#components/tasks/output-view.tsx';
import { shownText } from '#components/tasks/output.ts';
import { Button } from '#components/ui/button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { Code } from '#components/ui/disclosure.tsx';
import { exactSeconds, formatBytes, formatCount } from '#components/ui/format.ts';
import { ProblemNote } from '#components/ui/note.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import type { TaskAgreementDto } from '#lib/shared/demand-dto.ts';
import type { FoundResult, TaskResults } from './use-task-results.ts';

/** Rows that are shown at first, and more of with each press. */
const ROWS = 20;

export interface ResultTableProps {
  results: TaskResults;
  agreements: readonly TaskAgreementDto[];
}

type Shown =
  | { readonly what: 'output'; readonly of: FoundResult; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly what: 'log'; readonly of: FoundResult; readonly text: string };

/** Each sub-task that has ended: what it took, its log, and what it wrote once somebody asks for it. */
export function ResultTable({ results, agreements }: ResultTableProps) {
  const [most, setMost] = useState(ROWS);
  const [busy, setBusy] = useState<string>();
  const [shown, setShown] = useState<Shown>();
  const [problem, setProblem] = useState<string>();
  const { found } = results;
  if (found.length === 0)
    return <p className="text-sm text-muted">No sub-task has ended yet, as far as the providers told.</p>;

  async function show(what: Shown['what'], of: FoundResult) {
    setProblem(undefined);
    setBusy(`${what} ${of.subtask}`);
    const answer = what === 'output' ? await results.output(of) : await results.log(of);
    setBusy(undefined);
    if (!answer.ok) setProblem(answer.sentence);
    else if (typeof answer.value === 'string') setShown({ what: 'log', of, text: answer.value });
    else setShown({ what: 'output', of, bytes: answer.value });
  }
  return (
    <div className="flex flex-col gap-3">
      <Table
        caption="Sub-tasks that have ended"
        columns={columnsOf({ agreements, busy, show: (what, of) => void show(what, of) })}
        rows={found.slice(0, most)}
        rowKey={({ subtask }) => subtask}
      />
      {found.length > most ? (
        <div>
          <Button onPress={() => setMost(most + ROWS)}>Show more sub-tasks</Button>
        </div>
      ) : null}
      <ProblemNote title="It did not come" sentence={problem} />
      {shown === undefined ? null : <ShownResult shown={shown} />}
    </div>
  );
}

function ShownResult({ shown }: { shown: Shown }) {
  const number = shown.of.subtask + 1;
  if (shown.what === 'log')
    return (
      <Code label={`Log of sub-task ${number}`} text={shown.text === '' ? 'It is empty.' : shownText(shown.text)} />
    );
  return (
    <div role="region" aria-label={`Result of sub-task ${number}`}>
      <OutputView bytes={shown.bytes} name={`sub-task-${number}`} />
    </div>
  );
}

interface ColumnsInput {
  agreements: readonly TaskAgreementDto[];
  busy: string | undefined;
  show: (what: Shown['what'], of: FoundResult) => void;
}

function columnsOf({ agreements, busy, show }: ColumnsInput): Column<FoundResult>[] {
  return [
    { key: 'subtask', header: 'Sub-task', isRowHeader: true, cell: ({ subtask }) => formatCount(subtask + 1) },
    {
      key: 'provider',
      header: 'Provider',
      cell: (one) => {
        const by = agreements.find(({ agreement }) => agreement === one.agreement);
        return by === undefined ? null : <AccountName account={by.provider} />;
      },
    },
    { key: 'state', header: 'State', cell: (one) => <StateOf result={one} /> },
    { key: 'time', header: 'Processor time', align: 'end', cell: ({ cpuMs }) => exactSeconds(cpuMs) },
    { key: 'size', header: 'Wrote', align: 'end', cell: ({ outputBytes }) => formatBytes(outputBytes) },
    {
      key: 'actions',
      header: 'Result and log',
      align: 'end',
      cell: (one) => (
        <span className="inline-flex flex-wrap justify-end gap-1">
          <Button
            size="sm"
            label={`Fetch the result of sub-task ${one.subtask + 1}`}
            isPending={busy === `output ${one.subtask}`}
            isDisabled={one.outputBytes === 0}
            onPress={() => show('output', one)}
          >
            Fetch
          </Button>
          <Button
            size="sm"
            variant="ghost"
            label={`Log of sub-task ${one.subtask + 1}`}
            isPending={busy === `log ${one.subtask}`}
            onPress={() => show('log', one)}
          >
            Log
          </Button>
        </span>
      ),
    },
  ];
}

function StateOf({ result: { state, exitCode, sentence, errorLine } }: { result: FoundResult }) {
  if (state === 'done') return <Chip tone="success" icon={CircleCheck} word="done" />;
  const why = [sentence === '' ? `Exit code ${exitCode}.` : sentence, errorLine]
    .filter((part) => part !== '')
    .join(' ');
  return (
    <span className="inline-flex flex-wrap items-baseline gap-x-2 gap-y-0.5">
      <Chip tone="danger" icon={CircleX} word="failed" />
      <span className="text-sm break-words text-muted">{isolatedText(why)}</span>
    </span>
  );
}
