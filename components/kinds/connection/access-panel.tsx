'use client';

import { Copied, ForPrograms, Secret, type ProgramLines } from '#components/kinds/shared/credentials.tsx';
import type { AccessPanelProps } from '#components/kinds/kind.ts';
import { useGatewayWord } from '#components/kinds/shared/use-gateway-word.ts';
import { amountInWords } from '#components/ledger/amounts.ts';
import { countOf } from '#components/ui/count.ts';
import { Facts } from '#components/ui/facts.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import type { GatewayAnswer } from '#components/wallet/gateway.ts';
import type { OrderDetail } from '#lib/shared/dto.ts';
import { connection, isRelayAddress } from '#ledger/contracts/kinds/connection.ts';
import { accessOf, PROGRAMS, type RelayAccess } from './programs.ts';
import { portsInWords, portsOf } from './terms.ts';

const HIDDEN = '<password>';

interface NamedRelay {
  readonly address: string | undefined;
  /** Why there is no address yet; it is asked for again. */
  readonly problem: string | undefined;
}

/** The relay's address out of a gateway's answer, or why there is none. */
export function relayNamed(answer: GatewayAnswer<string>): NamedRelay {
  if (answer.kind !== 'served') return { address: undefined, problem: answer.sentence };
  return isRelayAddress(answer.value)
    ? { address: answer.value, problem: undefined }
    : { address: undefined, problem: 'The gateway gave no address that a relay can have. Tell its provider.' };
}

const UNKNOWN: NamedRelay = { address: undefined, problem: undefined };

/** How programs and browsers are told of the relay, while the order runs. */
export function ConnectionAccessPanel({ order, link, isRunning }: AccessPanelProps) {
  const { address, problem } = useGatewayWord(link, {
    word: 'relay',
    first: UNKNOWN,
    read: relayNamed,
    isWanted: (said) => isRunning && said.address === undefined,
  });
  if (!isRunning)
    return (
      <Note kind="info" title="The relay is closed">
        The order has ended: every connection was cut, and the relay opens no more of them with its password.
      </Note>
    );
  if (address === undefined)
    return (
      <>
        <p role="status">Asking the gateway for the address of the relay…</p>
        <ProblemNote sentence={problem} />
      </>
    );
  const access = accessOf({ address, agreement: order.id, token: link.token });
  return (
    <>
      <AccessFacts access={access} />
      <p className="text-xs text-muted">{boundsOf(order)}</p>
      <ForPrograms name="program" programs={linesOf(access)} />
    </>
  );
}

/** What was bought, and what is refused. */
function boundsOf({ amounts, ways }: OrderDetail): string {
  const held = (meter: 'connections' | 'downBytesPerS' | 'upBytesPerS'): number =>
    amounts.find((quantity) => quantity.meter === meter)?.amount ?? 0;
  const rate = (meter: 'downBytesPerS' | 'upBytesPerS'): string => amountInWords(held(meter), connection.meters[meter]);
  return `${countOf(held('connections'), 'connection')} at the same time, ${rate('downBytesPerS')} to you and ${rate('upBytesPerS')} from you, to the ports ${portsInWords(portsOf(ways))}. Counted are the bytes that pass both ways. The relay connects to addresses of the Internet alone, and a connection without a byte for some minutes is closed. Its password goes to the relay as it is: send nothing through it that has no encryption of its own, and ask for a new link when somebody else may have seen it.`;
}

function AccessFacts({ access }: { access: RelayAccess }) {
  return (
    <Facts
      facts={[
        { name: 'Relay', value: <Copied text={access.address} what="address of the relay" /> },
        { name: 'Protocols', value: 'SOCKS5, or HTTP CONNECT' },
        { name: 'Name', value: <Copied text={access.user} what="name" /> },
        { name: 'Password', value: <Secret text={access.password} what="password" /> },
      ]}
    />
  );
}

/** The same access as lines to paste. */
function linesOf(access: RelayAccess): ProgramLines[] {
  return PROGRAMS.map(({ title, note, lines }) => ({
    title,
    copied: lines(access),
    shown: lines({ ...access, password: HIDDEN }),
    note: `Copied lines hold the password. ${note}`,
  }));
}
