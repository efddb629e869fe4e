'use client';

import { useEffect, useState, type ReactNode } from 'react';
import type { AccessPanelProps } from '#components/kinds/kind.ts';
import { amountInWords } from '#components/ledger/amounts.ts';
import { countOf } from '#components/ui/count.ts';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/choice.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Code } from '#components/ui/disclosure.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { readWord, type GatewayAnswer, type GatewayLink } from '#components/wallet/gateway.ts';
import type { OrderDetail } from '#lib/shared/dto.ts';
import { connection, isRelayAddress } from '#ledger/contracts/kinds/connection.ts';
import { accessOf, PROGRAMS, type RelayAccess } from './programs.ts';
import { portsInWords, portsOf } from './terms.ts';

/** Between two questions to a gateway that has not said the relay's address. */
const ASK_AGAIN_MS = 3_000;
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

/** Address of the order's relay, as its gateway says. */
function useRelay({ url, token }: GatewayLink, isRunning: boolean): NamedRelay {
  const [said, setSaid] = useState<NamedRelay>({ address: undefined, problem: undefined });
  const isAsked = isRunning && said.address === undefined;
  useEffect(() => {
    if (!isAsked) return undefined;
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // One question after the other: each waits by itself for a gateway that has not heard of its own delivery yet.
    const ask = async () => {
      const answer = relayNamed(await readWord({ url, token }, 'relay'));
      if (!isCurrent) return;
      setSaid(answer);
      timer = setTimeout(() => void ask(), ASK_AGAIN_MS);
    };
    void ask();
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [isAsked, url, token]);
  return said;
}

/** How programs and browsers are told of the relay, while the order runs. */
export function ConnectionAccessPanel({ order, link, isRunning }: AccessPanelProps) {
  const { address, problem } = useRelay(link, isRunning);
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
      <ForPrograms access={access} />
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

/** A value to read and to copy. */
function Copied({ text, what }: { text: string; what: string }) {
  return (
    <span className="inline-flex max-w-full flex-wrap items-center gap-1">
      <code className="font-mono text-[0.8125rem] break-all">{text}</code>
      <CopyButton text={text} what={what} />
    </span>
  );
}

function AccessFacts({ access }: { access: RelayAccess }) {
  return (
    <Facts
      facts={[
        { name: 'Relay', value: <Copied text={access.address} what="address of the relay" /> },
        { name: 'Protocols', value: 'SOCKS5, or HTTP CONNECT' },
        { name: 'Name', value: <Copied text={access.user} what="name" /> },
        { name: 'Password', value: <Secret text={access.password} /> },
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
      <CopyButton text={text} what="password" />
      <Button
        size="sm"
        label={isShown ? 'Hide the password' : 'Show the password'}
        onPress={() => setIsShown(!isShown)}
      >
        {isShown ? 'Hide' : 'Show'}
      </Button>
    </span>
  );
}

/** The same access for programs, as lines to paste. */
function ForPrograms({ access }: { access: RelayAccess }) {
  const [chosen, choose] = useState(PROGRAMS[0]?.title ?? '');
  const program = PROGRAMS.find((known) => known.title === chosen);
  if (program === undefined) return null;
  return (
    <section aria-label="For programs" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-end gap-2">
        <Select
          label="Program"
          name="program"
          value={chosen}
          onChange={choose}
          options={PROGRAMS.map((known) => ({ value: known.title, label: known.title }))}
          className="max-w-xs"
        />
        <CopyButton text={program.lines(access)} what={`lines for ${chosen}`} isLabelled />
      </div>
      <Code label={`Lines for ${chosen}`} text={program.lines({ ...access, password: HIDDEN })} />
      <p className="text-xs text-muted">{`Copied lines hold the password. ${program.note}`}</p>
    </section>
  );
}
