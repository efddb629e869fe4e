'use client';

import { useState } from 'react';
import type { AccessPanelProps } from '#components/kinds/kind.ts';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/choice.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import type { CsvTable } from '#components/ui/csv.ts';
import { Code, Disclosure } from '#components/ui/disclosure.tsx';
import { formatBytes, orderLabel } from '#components/ui/format.ts';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { RowTable } from '#components/ui/row-table.tsx';
import { saveFile } from '#components/ui/save-file.ts';
import {
  asCurl,
  asPython,
  download,
  SHELLS,
  type GatewayAnswer,
  type GatewayLink,
  type Shell,
} from '#components/wallet/gateway.ts';
import { EVERY_ROW, PREVIEW_ROWS, readPreview, requestUrl, type RowRequest } from './row-request.ts';
import { RowRequestFields } from './row-request-fields.tsx';
import { dataWaysOf, formatOf } from './terms.ts';

interface Outcome {
  saved?: string;
  shown?: CsvTable;
  problem?: string;
}

/** What a refused or unreachable gateway says. */
function problemOf(answer: Exclude<GatewayAnswer<Blob>, { kind: 'served' }>): string {
  return answer.kind === 'refused' ? `${answer.sentence} (HTTP ${answer.status})` : answer.sentence;
}

/** The link; while it opens, how rows are asked for. After the end nothing can be, and nothing is offered. */
export function DataAccessPanel(props: AccessPanelProps) {
  const { url } = props.link;
  return (
    <>
      <div>
        <p className="text-xs text-muted">Link, readable on this device alone</p>
        <p className="flex flex-wrap items-center gap-1">
          <code className="font-mono text-[0.8125rem] break-all">{url}</code>
          <CopyButton text={url} what="link" />
        </p>
      </div>
      {props.isRunning ? <RowsOfLink {...props} /> : null}
    </>
  );
}

/** Shows or downloads the rows here, all of them or some, and says how a program asks for them. */
function RowsOfLink({ order, link, estimate, onUsed }: AccessPanelProps) {
  const format = formatOf(order.choices);
  const fileName = `${orderLabel(order.id)}.${format}`;
  const [request, setRequest] = useState(EVERY_ROW);
  const [busy, setBusy] = useState<'preview' | 'download'>();
  const [outcome, setOutcome] = useState<Outcome>({});
  const asked = { ...link, url: requestUrl(link.url, request) };

  async function save(): Promise<Outcome> {
    const answer = await download(asked);
    if (answer.kind !== 'served') return { problem: problemOf(answer) };
    saveFile(answer.value, fileName, answer.value.type);
    return { saved: `${fileName}, ${formatBytes(answer.value.size)}, came from the provider’s gateway.` };
  }
  async function show(): Promise<Outcome> {
    const answer = await download({ ...link, url: requestUrl(link.url, request, PREVIEW_ROWS) });
    if (answer.kind !== 'served') return { problem: problemOf(answer) };
    const shown = readPreview(format, await answer.value.text());
    return shown ? { shown } : { problem: 'The answer is not rows that a browser can show: download it.' };
  }
  async function run(what: 'preview' | 'download') {
    setBusy(what);
    setOutcome({});
    setOutcome(await (what === 'preview' ? show() : save()));
    setBusy(undefined);
    await onUsed();
  }

  const { saved, shown, problem } = outcome;
  return (
    <>
      <RowRequestFields columns={dataWaysOf(order.ways).columns} request={request} onChange={setRequest} />
      <EstimateOf estimate={estimate} request={request} />
      <div className="flex flex-wrap items-center gap-2">
        <Button variant="primary" isPending={busy === 'download'} onPress={() => void run('download')}>
          {`Download ${format.toUpperCase()}`}
        </Button>
        {format === 'parquet' ? null : (
          <Button isPending={busy === 'preview'} onPress={() => void run('preview')}>
            Preview
          </Button>
        )}
      </div>
      <p className="text-xs text-muted">
        {`A preview shows at most ${PREVIEW_ROWS} rows; it counts as a call, like a download. Counted are the bytes that your machine takes. A download that stalls or is given up can cost what was on its way to you besides: at most 256 kB, or as much as it had taken before, up to 4 MB.`}
      </p>
      {saved ? (
        <Note kind="success" isLive>
          {saved}
        </Note>
      ) : null}
      {shown && shown.rows.length > 0 ? <RowTable caption="First rows of this request" table={shown} /> : null}
      {shown?.rows.length === 0 ? (
        <Note kind="info" isLive>
          No row passes this test.
        </Note>
      ) : null}
      <ProblemNote title="Nothing came" sentence={problem} />
      <ForPrograms link={asked} fileName={fileName} />
    </>
  );
}

/** About what this request would take and cost, before it is made. How many rows pass a test only its answer tells. */
function EstimateOf({ estimate, request }: Pick<AccessPanelProps, 'estimate'> & { request: RowRequest }) {
  if (estimate === undefined) return null;
  const isEvery = request.column === '';
  return (
    <>
      {isEvery && estimate.warning ? (
        <Note kind="warning" title="More than is left">
          {estimate.warning}
        </Note>
      ) : null}
      <p className="text-sm">
        {isEvery ? `Estimate for all rows: ${estimate.all}.` : `Estimate for the rows that pass: ${estimate.part}.`}
      </p>
    </>
  );
}

/** The same request for a shell and for Python. */
function ForPrograms({ link, fileName }: { link: GatewayLink; fileName: string }) {
  const [shell, setShell] = useState<Shell>(SHELLS[0]);
  return (
    <>
      <div className="flex flex-wrap items-end gap-2">
        <CopyButton text={asCurl(link, fileName, shell)} what="as curl" isLabelled />
        <CopyButton text={asPython(link, fileName)} what="as Python" isLabelled />
      </div>
      <Select
        label="Shell that the curl command is for"
        name="shell"
        value={shell}
        onChange={(value) => setShell(SHELLS.find((known) => known === value) ?? SHELLS[0])}
        options={SHELLS.map((value) => ({ value, label: value }))}
        description="It replaces a file of an earlier download only when the whole answer came."
        className="max-w-xs"
      />
      <Disclosure summary="The API call it would be">
        <Code
          label="The API call for the data"
          text={asCurl({ ...link, token: '<token of the sealed link>' }, fileName, shell)}
        />
      </Disclosure>
    </>
  );
}
