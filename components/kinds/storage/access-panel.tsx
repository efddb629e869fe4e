'use client';

import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { openBucket, type BucketAccess } from '#components/bucket/bucket.ts';
import { ObjectList } from '#components/bucket/object-list.tsx';
import { TOOLS } from '#components/bucket/tools.ts';
import { readXmlHere } from '#components/bucket/xml.ts';
import type { AccessPanelProps } from '#components/kinds/kind.ts';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/choice.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Code } from '#components/ui/disclosure.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { durationInWords, formatUtc, orderLabel } from '#components/ui/format.ts';
import { Note } from '#components/ui/note.tsx';
import { readWord, type GatewayLink } from '#components/wallet/gateway.ts';
import { bucketNameOf } from '#ledger/contracts/kinds/storage.ts';
import { assert } from '#ledger/core/assert.ts';
import type { OrderDetail } from '#lib/shared/dto.ts';
import { accessOf, graceMsOf } from './terms.ts';

/** How long the gateway, which may not have heard of its own delivery yet, is left before it is asked again. */
const ASK_AGAIN_MS = 3_000;

/** Name of the order's bucket: its own, or, of an order that continues another, the one that the gateway says. Undefined before it has. */
function useBucketName({ id, continues }: OrderDetail, { url, token }: GatewayLink): string | undefined {
  const own = continues === null ? bucketNameOf(id) : undefined;
  const [said, setSaid] = useState<string>();
  const isAsked = own === undefined && said === undefined;
  useEffect(() => {
    if (!isAsked) return undefined;
    let isCurrent = true;
    const ask = async () => {
      const answer = await readWord({ url, token }, 'bucket');
      if (isCurrent && answer.kind === 'served' && answer.value !== '') setSaid(answer.value);
    };
    void ask();
    const timer = setInterval(() => void ask(), ASK_AGAIN_MS);
    return () => {
      isCurrent = false;
      clearInterval(timer);
    };
  }, [isAsked, url, token]);
  return own ?? said;
}

/** The bucket's access key, what is in the bucket, and lines for other programs; after the end, what becomes of what was stored. */
export function StorageAccessPanel(props: AccessPanelProps) {
  return props.isRunning ? <OpenBucket {...props} /> : <AfterTheEnd order={props.order} />;
}

function OpenBucket(props: AccessPanelProps) {
  const bucket = useBucketName(props.order, props.link);
  if (bucket === undefined) return <p role="status">Asking the gateway for the name of the bucket…</p>;
  return <BucketAccessPanel {...props} name={bucket} />;
}

function BucketAccessPanel({ order, link, onUsed, name }: AccessPanelProps & { name: string }) {
  const { sealed, id: agreement } = order;
  assert(sealed, 'a link that was opened was sealed before');
  const { issue } = sealed;
  const { url, token } = link;
  const access = useMemo(
    () => accessOf({ url, token }, { agreement, issue, bucket: name }),
    [url, token, agreement, issue, name],
  );
  const bucket = useMemo(() => openBucket(access, readXmlHere), [access]);
  return (
    <>
      <AccessFacts access={access} />
      <ObjectList bucket={bucket} onUsed={onUsed} />
      <p className="text-xs text-muted">
        {`Every list, upload, download and deletion counts as a call, a large file as one for each 8 MiB; counted are the bytes both ways. A file replaces one of the same name. Fetch what you need before the end: from then on every call is refused. ${afterwards(order)}`}
      </p>
      <ForPrograms access={access} />
    </>
  );
}

function afterwards({ ways }: OrderDetail): string {
  const graceMs = graceMsOf(ways);
  return graceMs === 0
    ? 'What is stored then is erased.'
    : `What is stored then stays at the provider for ${durationInWords(graceMs)}, then it is erased.`;
}

function AfterTheEnd({ order }: { order: OrderDetail }) {
  const { stored, continuedBy } = order;
  const title = 'The bucket is closed';
  if (continuedBy !== null)
    return (
      <Note kind="info" title={title}>
        {`The order has ended, so every call by its link is refused. What was stored went on with ${orderLabel(continuedBy)}: use it there.`}
      </Note>
    );
  if (stored === null)
    return <Note kind="info" title={title}>{`Every call is refused now. ${afterwards(order)}`}</Note>;
  return (
    <Note kind="info" title={title}>
      {stored.erasedAtMs === null
        ? `The order has ended, so every call is refused. What was stored stays at the provider until ${formatUtc(stored.untilMs)}, then it is erased.`
        : `The order has ended, so every call is refused. Its provider reported at ${formatUtc(stored.erasedAtMs)} that what was stored is erased.`}
    </Note>
  );
}

/** A value to read and to copy. */
function Copied({ text, what }: { text: string; what: string }) {
  return (
    <span className="inline-flex max-w-full flex-wrap items-center gap-1">
      <code className="font-mono text-[0.8125rem] break-all">{text}</code>
      <CopyButton text={text} what={what} />
    </span>
  );
}

function AccessFacts({ access }: { access: BucketAccess }) {
  return (
    <Facts
      facts={[
        { name: 'Endpoint', value: <Copied text={access.endpoint} what="endpoint" /> },
        { name: 'Bucket', value: <Copied text={access.bucket} what="bucket" /> },
        { name: 'Region', value: <Copied text={access.region} what="region" /> },
        { name: 'Addressing', value: 'path style' },
        { name: 'Access key id', value: <Copied text={access.accessKey} what="access key id" /> },
        { name: 'Secret access key', value: <Secret text={access.secretKey} /> },
      ]}
    />
  );
}

/** Not in the page before somebody asks for it: who looks over a shoulder or at a shared screen sees nothing. */
function Secret({ text }: { text: string }): ReactNode {
  const [isShown, setIsShown] = useState(false);
  return (
    <span className="inline-flex max-w-full flex-wrap items-center gap-1">
      {isShown ? (
        <code className="font-mono text-[0.8125rem] break-all">{text}</code>
      ) : (
        <span className="text-muted">hidden</span>
      )}
      <CopyButton text={text} what="secret access key" />
      <Button
        size="sm"
        label={isShown ? 'Hide the secret access key' : 'Show the secret access key'}
        onPress={() => setIsShown(!isShown)}
      >
        {isShown ? 'Hide' : 'Show'}
      </Button>
    </span>
  );
}

const HIDDEN = '<secret access key>';

/** The same access for programs, as lines to paste. */
function ForPrograms({ access }: { access: BucketAccess }) {
  const [chosen, choose] = useState(TOOLS[0]?.title ?? '');
  const tool = TOOLS.find((known) => known.title === chosen);
  if (tool === undefined) return null;
  return (
    <section aria-label="For programs" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-end gap-2">
        <Select
          label="Program"
          name="tool"
          value={chosen}
          onChange={choose}
          options={TOOLS.map((known) => ({ value: known.title, label: known.title }))}
          className="max-w-xs"
        />
        <CopyButton text={tool.lines(access)} what={`lines for ${chosen}`} isLabelled />
      </div>
      <Code label={`Lines for ${chosen}`} text={tool.lines({ ...access, secretKey: HIDDEN })} />
      <p className="text-xs text-muted">
        {`Copied lines hold the secret.${tool.keeps === undefined ? '' : ` ${tool.keeps}`}`}
      </p>
    </section>
  );
}
