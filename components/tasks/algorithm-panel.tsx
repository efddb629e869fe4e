'use client';

import { useId } from 'react';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { formatBytes } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { SAMPLES } from './samples.ts';
import type { Algorithms, NamedAlgorithm } from './use-algorithms.ts';

/** What is kept at the gateway, and what can be sent to it. */
export function AlgorithmPanel({ algorithms }: { algorithms: Algorithms }) {
  const { kept, sending, said, problem } = algorithms;
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex flex-col gap-3">
      <h2 id={id} className="font-semibold">
        Algorithms
      </h2>
      <p className="text-sm text-muted">
        A program is a WebAssembly module for WASI preview 1, at most 4 MiB. Take one of these, or send your own.
      </p>
      <Samples algorithms={algorithms} />
      <ModulePicker isDisabled={sending !== undefined} onFile={(file) => void algorithms.addFile(file)} />
      {sending === undefined ? null : (
        <p role="status">{`Sending ${sending}; the gateway looks at it and loads it…`}</p>
      )}
      {said === undefined ? null : (
        <Note kind="success" isLive>
          {said}
        </Note>
      )}
      <ProblemNote title="The gateway says" sentence={problem} />
      {kept === undefined && problem === undefined ? <p role="status">Asking the gateway what it keeps…</p> : null}
      {kept !== undefined && kept.length > 0 ? (
        <Table
          caption="Algorithms that the gateway keeps"
          columns={columnsOf(algorithms)}
          rows={kept}
          rowKey={({ digest }) => digest}
        />
      ) : null}
    </section>
  );
}

function Samples({ algorithms: { kept, sending, addSample } }: { algorithms: Algorithms }) {
  const missing = SAMPLES.filter(({ digest }) => kept?.every((algorithm) => algorithm.digest !== digest) ?? true);
  if (missing.length === 0) return null;
  return (
    <ul className="grid gap-2 sm:grid-cols-2">
      {missing.map((sample) => (
        <li key={sample.digest} className="flex flex-col items-start gap-2 rounded-md border border-border px-3 py-2">
          <span className="text-sm text-muted">{sample.explains}</span>
          <Button isDisabled={sending !== undefined} onPress={() => void addSample(sample)}>
            {`Take “${sample.title}”`}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function ModulePicker({ isDisabled, onFile }: { isDisabled: boolean; onFile: (file: File) => void }) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        Send your own module
      </label>
      <input
        id={id}
        type="file"
        accept=".wasm,application/wasm"
        disabled={isDisabled}
        onChange={(event) => {
          const file = event.target.files?.[0];
          // The same file can be chosen again afterwards.
          event.target.value = '';
          if (file !== undefined) onFile(file);
        }}
        className="file-input"
      />
    </div>
  );
}

function columnsOf({ sending, drop }: Algorithms): Column<NamedAlgorithm>[] {
  return [
    { key: 'name', header: 'Name', isRowHeader: true, cell: ({ name }) => name },
    { key: 'digest', header: 'SHA-256', cell: ({ digest }) => <Id id={digest} what="SHA-256" /> },
    { key: 'size', header: 'Size', align: 'end', cell: ({ bytes }) => formatBytes(bytes) },
    {
      key: 'actions',
      header: 'Actions',
      align: 'end',
      cell: (algorithm) => (
        <ConfirmDialog
          trigger="Delete"
          title={`Delete “${algorithm.name}”?`}
          confirm="Delete it"
          confirmVariant="danger"
          cancel="Keep it"
          isDisabled={sending !== undefined}
          onConfirm={() => drop(algorithm)}
        >
          <p>Tasks that wait for it fail. It can be sent again.</p>
        </ConfirmDialog>
      ),
    },
  ];
}
