'use client';

import { useId } from 'react';
import { Button } from '#components/ui/button.tsx';
import { countOf } from '#components/ui/count.ts';
import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { formatBytes, formatUtc } from '#components/ui/format.ts';
import { EmptyState, Note, ProblemNote } from '#components/ui/note.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import type { Bucket, StoredObject } from './bucket.ts';
import { keyColumn } from './key-column.tsx';
import { UnfinishedUploads } from './unfinished-uploads.tsx';
import { useObjects, type Objects } from './use-objects.ts';

export interface ObjectListProps {
  bucket: Bucket;
  /** Called after every call that reached the store. */
  onUsed: () => Promise<void>;
}

/** What is in a bucket, with upload, download and deletion. Nothing is asked of the store before a person wants it. */
export function ObjectList({ bucket, onUsed }: ObjectListProps) {
  const objects = useObjects(bucket, onUsed);
  const { shown, isBusy, transfer, said } = objects;
  return (
    <section aria-label="Objects" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end gap-3">
        <Button variant={shown ? 'tertiary' : 'primary'} isPending={isBusy} onPress={() => void objects.list()}>
          {shown ? 'List again' : 'List the objects'}
        </Button>
        <FilePicker isDisabled={isBusy || transfer !== undefined} onFiles={(files) => void objects.store(files)} />
      </div>
      {transfer ? (
        <div className="flex flex-col gap-1.5">
          <p role="status" className="text-sm break-words">
            {transfer.what}
          </p>
          <progress
            aria-label={transfer.what}
            max={Math.max(1, transfer.bytes)}
            value={transfer.through}
            className="deadline h-1.5 w-full"
          />
          <div className="flex flex-wrap items-center gap-2">
            <Button onPress={transfer.stop}>Stop</Button>
            <span className="text-xs text-muted tabular-nums">
              {`${formatBytes(transfer.through)} of ${formatBytes(transfer.bytes)}`}
            </span>
          </div>
        </div>
      ) : null}
      {said ? (
        <Note kind="success" isLive>
          {said}
        </Note>
      ) : null}
      <ProblemNote title="It did not happen" sentence={objects.problem} />
      {shown ? <Listed objects={objects} shown={shown} /> : null}
      {shown ? <UnfinishedUploads objects={objects} /> : null}
    </section>
  );
}

function FilePicker({ isDisabled, onFiles }: { isDisabled: boolean; onFiles: (files: readonly File[]) => void }) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        Upload files
      </label>
      <input
        id={id}
        type="file"
        multiple
        disabled={isDisabled}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          // The same file can be chosen again afterwards.
          event.target.value = '';
          if (files.length > 0) onFiles(files);
        }}
        className="file-input"
      />
    </div>
  );
}

type Shown = NonNullable<Objects['shown']>;

function Listed({ objects, shown }: { objects: Objects; shown: Shown }) {
  if (shown.objects.length === 0) {
    return (
      <EmptyState title="The bucket is empty">
        Choose files to upload here, or use one of the programs below with the access key.
      </EmptyState>
    );
  }
  return (
    <>
      <Table
        caption="Objects in the bucket"
        columns={columnsOf(objects)}
        rows={shown.objects}
        rowKey={({ key }) => key}
      />
      {shown.next === undefined ? (
        <p className="text-xs text-muted">{`${countOf(shown.objects.length, 'object')}, all that there are.`}</p>
      ) : (
        <div className="flex flex-wrap items-center gap-2">
          <Button isPending={objects.isBusy} onPress={() => void objects.more()}>
            Show more
          </Button>
          <span className="text-xs text-muted">{`${countOf(shown.objects.length, 'object')} so far.`}</span>
        </div>
      )}
    </>
  );
}

function columnsOf(objects: Objects): Column<StoredObject>[] {
  const isDisabled = objects.isBusy || objects.transfer !== undefined;
  return [
    keyColumn(),
    { key: 'size', header: 'Size', align: 'end', cell: ({ bytes }) => formatBytes(bytes) },
    {
      key: 'stored',
      header: 'Stored',
      cell: ({ modifiedMs }) => <span className="whitespace-nowrap">{formatUtc(modifiedMs)}</span>,
    },
    {
      key: 'actions',
      header: 'Actions',
      align: 'end',
      cell: (object) => (
        <span className="inline-flex flex-wrap justify-end gap-1">
          <Button
            label={`Download ${isolatedText(object.key)}`}
            isDisabled={isDisabled}
            onPress={() => void objects.save(object)}
          >
            Download
          </Button>
          <ConfirmDialog
            trigger="Delete"
            title={`Delete “${isolatedText(object.key)}”?`}
            confirm="Delete it"
            confirmVariant="danger"
            cancel="Keep it"
            isDisabled={isDisabled}
            onConfirm={() => objects.remove(object)}
          >
            <p>{`It has ${formatBytes(object.bytes)}, and nobody can bring it back.`}</p>
          </ConfirmDialog>
        </span>
      ),
    },
  ];
}
