'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { checkModule } from '#components/tasks/module-check.ts';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { formatBytes, formatCount, formatUtc } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { useKeptDraft } from '#components/ui/kept-draft.ts';
import { EmptyState, ProblemNote } from '#components/ui/note.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { bytesOf, type Asset } from './assets.ts';
import { EMPTY_REQUEST, requestFrom, type RequestDraft } from './draft.ts';
import { FilePicker } from './file-picker.tsx';
import { useAssets, type Assets } from './use-assets.ts';

const draftFrom = (text: string): RequestDraft => requestFrom(text) ?? EMPTY_REQUEST;

/** Programs and input sets that this browser keeps for a person: take one again, add one, or delete it. */
export function AssetList({ address }: { address: string }) {
  const assets = useAssets(address);
  const router = useRouter();
  const { draft, keep } = useKeptDraft(`request:${address}`, draftFrom);

  function use(asset: Asset) {
    keep({
      ...draft,
      hasWork: true,
      ...(asset.kind === 'algorithm' ? { algorithm: asset.digest } : { files: asset.digest }),
    });
    router.push('/customer/requests/new');
  }
  return (
    <div className="flex flex-col gap-4">
      <AddAssets assets={assets} />
      <ProblemNote sentence={assets.fault} />
      {assets.kept === undefined ? <p role="status">Asking this browser what it keeps…</p> : null}
      {assets.kept?.length === 0 ? (
        <EmptyState
          title="This browser keeps no program and no inputs"
          action={{ label: 'Make a request', href: '/customer/requests/new' }}
        >
          Files that you choose for a request are kept here by themselves.
        </EmptyState>
      ) : null}
      {assets.kept !== undefined && assets.kept.length > 0 ? (
        <Table
          caption="Programs and inputs, newest first"
          columns={columnsOf(assets, use)}
          rows={assets.kept}
          rowKey={({ digest }) => digest}
        />
      ) : null}
    </div>
  );
}

function AddAssets({ assets }: { assets: Assets }) {
  const [problem, setProblem] = useState<string>();
  async function addProgram(file: File | undefined) {
    if (file === undefined) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const checked = checkModule(bytes);
    setProblem(checked.ok ? undefined : `${isolatedText(file.name)} cannot be run: ${checked.sentence}`);
    if (checked.ok) await assets.keep({ kind: 'algorithm', label: file.name, files: [{ name: file.name, bytes }] });
  }
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <FilePicker label="Add a program" accept=".wasm,application/wasm" onFiles={([file]) => void addProgram(file)} />
      <ProblemNote sentence={problem} />
    </div>
  );
}

function columnsOf(assets: Assets, use: (asset: Asset) => void): Column<Asset>[] {
  return [
    { key: 'label', header: 'Name', isRowHeader: true, cell: ({ label }) => <Foreign text={label} /> },
    { key: 'kind', header: 'What', cell: ({ kind }) => (kind === 'algorithm' ? 'program' : 'inputs') },
    { key: 'digest', header: 'SHA-256', cell: ({ digest }) => <Id id={digest} what="SHA-256" /> },
    { key: 'files', header: 'Files', align: 'end', cell: ({ files }) => formatCount(files.length) },
    { key: 'size', header: 'Size', align: 'end', cell: (asset) => formatBytes(bytesOf(asset)) },
    { key: 'time', header: 'Kept', align: 'end', cell: ({ keptAtMs }) => formatUtc(keptAtMs) },
    {
      key: 'actions',
      header: 'Actions',
      align: 'end',
      cell: (asset) => (
        <span className="inline-flex flex-wrap justify-end gap-1">
          <Button label={`Use ${isolatedText(asset.label)} in a request`} onPress={() => use(asset)}>
            Use
          </Button>
          <ConfirmDialog
            trigger="Delete"
            title={`Delete ${isolatedText(asset.label)} from this browser?`}
            confirm="Delete it"
            confirmVariant="danger"
            cancel="Keep it"
            onConfirm={() => assets.drop(asset.digest)}
          >
            <p>Requests that were published with it are not touched: they carry their own copy, encrypted.</p>
          </ConfirmDialog>
        </span>
      ),
    },
  ];
}
