import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { formatUtc } from '#components/ui/format.ts';
import { Table, type Column } from '#components/ui/table.tsx';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import type { UnfinishedUpload } from './bucket.ts';
import { keyColumn } from './key-column.tsx';
import type { Objects } from './use-objects.ts';

/** Uploads in parts that stopped in their middle, of a browser that was closed or a program: they take up room until somebody deletes them or the store does. */
export function UnfinishedUploads({ objects }: { objects: Objects }) {
  const { unfinished, isBusy, transfer } = objects;
  const isDisabled = isBusy || transfer !== undefined;
  return (
    <section aria-label="Unfinished uploads" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Button variant="tertiary" isDisabled={isDisabled} onPress={() => void objects.lookForUnfinished()}>
          {unfinished ? 'Look again for unfinished uploads' : 'Look for unfinished uploads'}
        </Button>
        <span className="text-xs text-muted">
          Parts of a large upload that stopped in its middle take up room until they are deleted. The store does that
          itself when no further part has come for a while.
        </span>
      </div>
      {unfinished === undefined ? null : unfinished.uploads.length === 0 ? (
        <p role="status" className="text-sm">
          {unfinished.isPart ? 'These are deleted; look again for more.' : 'No upload is unfinished.'}
        </p>
      ) : (
        <>
          <Table
            caption="Unfinished uploads"
            columns={columnsOf(objects, isDisabled)}
            rows={unfinished.uploads}
            rowKey={({ id }) => id}
          />
          {unfinished.isPart ? (
            <p className="text-xs text-muted">There are more: delete some of these and look again.</p>
          ) : null}
        </>
      )}
    </section>
  );
}

function columnsOf(objects: Objects, isDisabled: boolean): Column<UnfinishedUpload>[] {
  return [
    keyColumn(),
    {
      key: 'begun',
      header: 'Begun',
      cell: ({ begunMs }) => <span className="whitespace-nowrap">{formatUtc(begunMs)}</span>,
    },
    {
      key: 'keptUntil',
      header: 'Kept until',
      cell: ({ givenUpMs }) => (
        <span className="whitespace-nowrap">{givenUpMs === undefined ? 'the order’s end' : formatUtc(givenUpMs)}</span>
      ),
    },
    {
      key: 'actions',
      header: 'Actions',
      align: 'end',
      cell: (upload) => (
        <ConfirmDialog
          trigger="Delete the parts"
          title={`Delete the parts of “${isolatedText(upload.key)}”?`}
          confirm="Delete them"
          confirmVariant="danger"
          cancel="Keep them"
          isDisabled={isDisabled}
          onConfirm={() => objects.giveUp(upload)}
        >
          <p>
            If a program is still uploading it, that upload fails. An object of this name that is there already stays.
          </p>
        </ConfirmDialog>
      ),
    },
  ];
}
