'use client';

import { useEffect, useState } from 'react';
import { AccountName } from '#components/ledger/account-name.tsx';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/choice.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { sentenceCase } from '#components/ui/format.ts';
import { Note } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { Table } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import { useServerNow } from '#components/ui/use-server-time.ts';
import type { DeviceKey } from '#components/wallet/encryption-key.ts';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { CLAIM_FIELDS, CLAIM_TITLES } from '#ledger/contracts/identity/identity-words.ts';
import { fromHex } from '#ledger/core/bytes.ts';
import type { Comparison, QueuedRequestDto } from '#lib/shared/identity.ts';
import { openReview } from './sealed-claim.ts';

const DAY_MS = 86_400_000;
const VALIDITIES = [
  { value: '30', label: '30 days' },
  { value: '180', label: '180 days' },
  { value: '365', label: '365 days' },
];

interface ReviewCardProps {
  request: QueuedRequestDto;
  address: string;
  /** The operator's own account. */
  operator: number;
  /** genesisHash, hex. */
  network: string;
  device: DeviceKey | undefined;
  nowMs: number;
}

type Opened = { state: 'waiting' | 'other-key' | 'damaged' } | { state: 'open'; comparison: Comparison };

/** Opens the comparison with the key of this device; nothing of it leaves the page. */
function useComparison({ request, operator, network, device }: ReviewCardProps): Opened {
  const [opened, setOpened] = useState<Opened>({ state: 'waiting' });
  const { review } = request;
  const account = request.account.id;
  useEffect(() => {
    if (review === null || device === undefined) return undefined;
    let isCurrent = true;
    const open = async (): Promise<Opened> => {
      if (!('key' in device)) return { state: 'other-key' };
      const comparison = await openReview(review, { network, account, operator }, device.key);
      return comparison === undefined ? { state: 'damaged' } : { state: 'open', comparison };
    };
    void open().then((result) => (isCurrent ? setOpened(result) : undefined));
    return () => {
      isCurrent = false;
    };
  }, [review, device, account, operator, network]);
  return opened;
}

const SAID = {
  waiting: 'The operator’s program looks it up. It comes here only where a person has to decide.',
  'other-key': 'It is sealed to the encryption key of your account, which this device does not have.',
  damaged: 'It cannot be opened with the key of this device: the account’s encryption key has changed since.',
} as const;

/** One request to be identified, its comparison side by side, and the two answers. */
export function ReviewCard(props: ReviewCardProps) {
  const { request, nowMs } = props;
  const opened = useComparison(props);
  return (
    <Panel>
      <article aria-label={`Request of A-${request.account.id}`} className="flex flex-col gap-3">
        <p>
          <AccountName account={request.account} />
          <Text> asked </Text>
          <Time timeMs={request.askedAtMs} nowMs={nowMs} />
        </p>
        {request.renewsUntilMs === null ? null : (
          <p className="text-sm text-muted">
            <Text>It would renew your identification of this account, which holds until </Text>
            <Time timeMs={request.renewsUntilMs} nowMs={nowMs} />
            <Text>. What runs by that goes on.</Text>
          </p>
        )}
        {opened.state === 'open' ? (
          <Verdict {...props} comparison={opened.comparison} />
        ) : (
          <Note kind="info">{SAID[opened.state]}</Note>
        )}
      </article>
    </Panel>
  );
}

function Verdict({ request, address, nowMs, comparison }: ReviewCardProps & { comparison: Comparison }) {
  const attest = useSignedAction('AttestIdentity', address);
  const refuse = useSignedAction('RefuseIdentity', address);
  const serverNow = useServerNow(nowMs);
  const [days, setDays] = useState('180');
  const subject = BigInt(request.account.id);
  const commitment = fromHex(request.commitment) ?? new Uint8Array();
  const subscriber = fromHex(comparison.subscriber) ?? new Uint8Array();
  const differing = CLAIM_FIELDS.filter((field) => comparison.fields.some((one) => one.field === field && !one.agrees));
  const pressAttest = () => {
    const endsAtMs = BigInt(Math.floor(Math.max(serverNow(), nowMs)) + Number(days) * DAY_MS);
    void attest.run({ subject, commitment, subscriber, level: 'reviewed', endsAtMs });
  };
  // Where nothing differs, what a person refuses is the document: it is what was looked at.
  const refused = differing.length > 0 ? differing : (['document'] as const);
  return (
    <>
      <Table
        caption={`What A-${request.account.id} states, beside the operator’s records`}
        columns={[
          { key: 'field', header: 'Field', isRowHeader: true, cell: ({ field }) => sentenceCase(CLAIM_TITLES[field]) },
          { key: 'stated', header: 'Stated', cell: ({ stated }) => <Foreign text={stated} /> },
          {
            key: 'known',
            header: 'In the records',
            cell: ({ known }) => (known === null ? 'no such subscriber' : <Foreign text={known} />),
          },
          {
            key: 'agrees',
            header: 'Agrees',
            cell: ({ agrees }) => (agrees ? 'yes' : <strong className="text-danger">no</strong>),
          },
        ]}
        rows={comparison.fields}
        rowKey={({ field }) => field}
      />
      <div className="flex flex-wrap items-end gap-3">
        <Select label="It holds for" name="days" value={days} onChange={setDays} options={VALIDITIES} />
        <Button
          variant={differing.length === 0 ? 'primary' : 'tertiary'}
          isPending={attest.isPending}
          onPress={pressAttest}
        >
          Sign and identify
        </Button>
        <Button
          variant={differing.length === 0 ? 'tertiary' : 'primary'}
          isPending={refuse.isPending}
          onPress={() => void refuse.run({ subject, commitment, fields: [...refused] })}
        >
          <Text>{`Sign and refuse: ${refused.map((field) => CLAIM_TITLES[field]).join(', ')}`}</Text>
        </Button>
      </div>
      <SigningNote step={attest.step} sentence={attest.sentence} />
      <SigningNote step={refuse.step} sentence={refuse.sentence} />
    </>
  );
}
