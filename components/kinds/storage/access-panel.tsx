'use client';

import { useMemo } from 'react';
import { openBucket, type BucketAccess } from '#components/bucket/bucket.ts';
import { ObjectList } from '#components/bucket/object-list.tsx';
import { TOOLS } from '#components/bucket/tools.ts';
import { readXmlHere } from '#components/bucket/xml.ts';
import { Copied, ForPrograms, Secret, type ProgramLines } from '#components/kinds/shared/credentials.tsx';
import type { AccessPanelProps } from '#components/kinds/kind.ts';
import { useGatewayWord } from '#components/kinds/shared/use-gateway-word.ts';
import { Facts } from '#components/ui/facts.tsx';
import { durationInWords, formatUtc, orderLabel } from '#components/ui/format.ts';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import type { GatewayAnswer, GatewayLink } from '#components/wallet/gateway.ts';
import { bucketNameOf, isBucketName } from '#ledger/contracts/kinds/storage.ts';
import { assert } from '#ledger/core/assert.ts';
import type { OrderDetail } from '#lib/shared/dto.ts';
import { accessOf, graceMsOf } from './terms.ts';

interface NamedBucket {
  readonly name: string | undefined;
  /** Why there is no name yet; it is asked for again. */
  readonly problem: string | undefined;
}

/** The bucket's name out of a gateway's answer, or why there is none. */
export function bucketNamed(answer: GatewayAnswer<string>): NamedBucket {
  if (answer.kind !== 'served') return { name: undefined, problem: answer.sentence };
  return isBucketName(answer.value)
    ? { name: answer.value, problem: undefined }
    : { name: undefined, problem: 'The gateway gave no name that a bucket of an order can have. Tell its provider.' };
}

/** Name of the order's bucket: its own, or, of an order that continues another, the one that the gateway says. */
function useBucketName({ id, continues }: OrderDetail, link: GatewayLink): NamedBucket {
  return useGatewayWord(link, {
    word: 'bucket',
    first: { name: continues === null ? bucketNameOf(id) : undefined, problem: undefined },
    read: bucketNamed,
    isWanted: ({ name }) => name === undefined,
  });
}

/** The bucket's access key, what is in the bucket, and lines for other programs; after the end, what becomes of what was stored. */
export function StorageAccessPanel(props: AccessPanelProps) {
  return props.isRunning ? <OpenBucket {...props} /> : <AfterTheEnd order={props.order} />;
}

function OpenBucket(props: AccessPanelProps) {
  const { name, problem } = useBucketName(props.order, props.link);
  if (name !== undefined) return <BucketAccessPanel {...props} name={name} />;
  return (
    <>
      <p role="status">Asking the gateway for the name of the bucket…</p>
      <ProblemNote sentence={problem} />
    </>
  );
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
      <ForPrograms name="tool" programs={linesOf(access)} />
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

function AccessFacts({ access }: { access: BucketAccess }) {
  return (
    <Facts
      facts={[
        { name: 'Endpoint', value: <Copied text={access.endpoint} what="endpoint" /> },
        { name: 'Bucket', value: <Copied text={access.bucket} what="bucket" /> },
        { name: 'Region', value: <Copied text={access.region} what="region" /> },
        { name: 'Addressing', value: 'path style' },
        { name: 'Access key id', value: <Copied text={access.accessKey} what="access key id" /> },
        { name: 'Secret access key', value: <Secret text={access.secretKey} what="secret access key" /> },
      ]}
    />
  );
}

const HIDDEN = '<secret access key>';

/** The same access as lines to paste. */
function linesOf(access: BucketAccess): ProgramLines[] {
  return TOOLS.map(({ title, keeps, lines }) => ({
    title,
    copied: lines(access),
    shown: lines({ ...access, secretKey: HIDDEN }),
    note: `Copied lines hold the secret.${keeps === undefined ? '' : ` ${keeps}`}`,
  }));
}
