'use client';

import type { SignedVoucher } from '#agent/voucher-signer/offer.ts';
import { countOf } from '#components/ui/count.ts';
import { Facts, type Fact } from '#components/ui/facts.tsx';
import { durationInWords, partLabel } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { Table } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import type { EncryptionKey } from '#components/wallet/encryption-key.ts';
import { useEncryptionKey } from '#components/wallet/use-encryption-key.ts';
import { AHEAD_INTERVALS } from '#ledger/contracts/channel/definition.ts';
import type { PaidPartDto } from '#lib/shared/dto.ts';
import { ShowVoucher } from './show-voucher.tsx';
import { newestOf } from './signed-parts.ts';
import { useVoucherSigning, type Signing } from './use-voucher-signing.ts';

export interface ChannelPanelProps {
  /** Every delivered part of the order, at least one; all are paid under one key. */
  parts: readonly PaidPartDto[];
  address: string;
  /** genesisHash, hex. */
  network: string;
  serverTimeMs: number;
}

const isRunning = ({ status }: PaidPartDto): boolean => status === 'prepared' || status === 'active';

/** How an order, or every part of a plan, is paid while it is used: what both agreed on, by which rule this browser signs, and what stands in the way. */
export function ChannelPanel(props: ChannelPanelProps) {
  const { device } = useEncryptionKey(props.address);
  return (
    <Panel>
      <section aria-label="Payment while it is used" className="flex flex-col gap-3">
        <h3>Payment while it is used</h3>
        {device && 'key' in device ? <Payment {...props} encryptionKey={device.key} /> : null}
        {device && !('key' in device) ? (
          <Note kind="warning">
            This browser does not have the key that the links are sealed to, so it signs nothing.
          </Note>
        ) : null}
      </section>
    </Panel>
  );
}

function Payment({ address, encryptionKey, ...shown }: ChannelPanelProps & { encryptionKey: EncryptionKey }) {
  const { parts } = shown;
  const { signing, fault } = useVoucherSigning({ ...shown, encryptionKey });
  const lasts = 'key' in signing ? signing.key.lasts : [];
  const isOpen = parts.some(({ status }) => status !== 'settled');
  return (
    <>
      <Facts facts={factsOf(parts, signing)} />
      {parts.length > 1 ? <PartTable parts={parts} signing={signing} /> : null}
      <ProblemNote title="Nothing is signed" sentence={fault} />
      {isOpen && fault === undefined ? <Standing signing={signing} parts={parts} /> : null}
      {parts
        .filter((part) => !isRunning(part) && part.status !== 'settled')
        .map((part) => {
          const last = newestOf(lasts, part.id);
          return (
            last && <ShowVoucher key={part.id} part={part} isOne={parts.length === 1} last={last} address={address} />
          );
        })}
    </>
  );
}

type Agreed = Pick<SignedVoucher, 'interval' | 'amountMicro'>;

/** What both agreed on of a part, as the gateway or this browser has it. */
function agreedOf(part: PaidPartDto, signing: Signing): Agreed | null {
  const answered = signing.state === 'signing' ? signing.standing.get(part.id)?.answer?.agreed : undefined;
  return answered ?? ('key' in signing ? newestOf(signing.key.lasts, part.id) : null);
}

function intervalsOf({ interval }: Agreed, part: PaidPartDto): string {
  return `${countOf(interval, 'interval')} of ${durationInWords(part.intervalMs)}`;
}

function factsOf(parts: readonly PaidPartDto[], signing: Signing): Fact[] {
  const agreed = parts.flatMap((part) => {
    const newest = agreedOf(part, signing);
    return newest === null ? [] : [{ part, newest }];
  });
  const sumMicro = agreed.reduce((sum, { newest }) => sum + BigInt(newest.amountMicro), 0n);
  const [first] = agreed;
  const about =
    first === undefined
      ? ''
      : parts.length === 1
        ? intervalsOf(first.newest, first.part)
        : countOf(agreed.length, 'part');
  return [
    {
      name: 'Agreed by both so far',
      value:
        first === undefined ? (
          'nothing yet'
        ) : (
          <>
            <Money amountMicro={sumMicro.toString()} />
            <Text>{` for ${about}`}</Text>
          </>
        ),
    },
    ...('key' in signing
      ? [{ name: 'You allow', value: <Allowed rule={signing.key.rule} parts={parts.length} /> }]
      : []),
  ];
}

function Allowed({ rule, parts }: { rule: { perMinuteMicro: bigint; inAllMicro: bigint }; parts: number }) {
  return (
    <>
      <Money amountMicro={rule.perMinuteMicro.toString()} />
      <span>{' a minute, '}</span>
      <Money amountMicro={rule.inAllMicro.toString()} />
      <span>{parts === 1 ? ' in all' : ' in all, over all parts together'}</span>
    </>
  );
}

/** What was agreed of each part of several, and what stands in the way of one. */
function PartTable({ parts, signing }: { parts: readonly PaidPartDto[]; signing: Signing }) {
  const sentenceOf = ({ id }: PaidPartDto): string | undefined =>
    signing.state === 'signing' ? signing.standing.get(id)?.sentence : undefined;
  return (
    <Table
      caption="Parts that are paid while they are used"
      columns={[
        { key: 'part', header: 'Part', isRowHeader: true, cell: (part) => <Text>{partLabel(part)}</Text> },
        {
          key: 'agreed',
          header: 'Agreed by both',
          align: 'end',
          cell: (part) => {
            const newest = agreedOf(part, signing);
            return newest === null ? 'nothing yet' : <Money amountMicro={newest.amountMicro} />;
          },
        },
        {
          key: 'for',
          header: 'For',
          cell: (part) => {
            const newest = agreedOf(part, signing);
            return newest === null ? '' : intervalsOf(newest, part);
          },
        },
        {
          key: 'standing',
          header: 'Standing',
          cell: (part) =>
            sentenceOf(part) ?? (isRunning(part) ? 'in use' : part.status === 'settled' ? 'settled' : 'over'),
        },
      ]}
      rows={parts}
      rowKey={({ id }) => id}
    />
  );
}

/** Whether somebody signs, and what follows when nobody does. */
function Standing({ signing, parts }: { signing: Signing; parts: readonly PaidPartDto[] }) {
  const running = parts.filter(isRunning);
  const intervalMs = Math.min(...parts.map((part) => part.intervalMs));
  const who = parts.length === 1 ? 'the provider serves' : 'each provider serves';
  const pause = `Without a voucher ${who} ${durationInWords(Number(AHEAD_INTERVALS) * intervalMs)} more, then nothing until one comes.`;
  if (signing.state === 'looking') return <p role="status">Looking for the key that signs…</p>;
  if (signing.state === 'no-key')
    return (
      <Note kind="warning" title="Another browser signs for this order">
        <Text>{`The key was made in the browser that bought it: open this page there. ${running.length > 0 ? pause : ''}`}</Text>
      </Note>
    );
  if (signing.state === 'other-tab')
    return (
      <p role="status" className="text-sm text-muted">
        Another tab of this browser signs. This one takes over when that is closed.
      </p>
    );
  const sentences = [...signing.standing.values()].flatMap(({ sentence }) => sentence ?? []);
  if (sentences.length > 0)
    return (
      <Note kind="warning" title="Not signed" isLive>
        <Text>{`${sentences.join(' ')}${running.length > 0 ? ` ${pause}` : ''}`}</Text>
      </Note>
    );
  if (running.length === 0) return null;
  const isPaused = [...signing.standing.values()].some(({ answer }) => answer?.isPaused === true);
  const every = parts.length === 1 ? '' : ' for every part';
  return (
    <p role="status" className="text-sm text-muted">
      <Text>
        {isPaused
          ? 'The provider waits for a voucher; it is being signed.'
          : `This page signs by itself${every}, once every ${durationInWords(intervalMs)}, while it stays open. ${pause}`}
      </Text>
    </p>
  );
}
