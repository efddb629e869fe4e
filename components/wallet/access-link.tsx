'use client';

import { useEffect, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Code, Disclosure } from '#components/ui/disclosure.tsx';
import { formatBytes, formatCount, formatUtc, orderLabel } from '#components/ui/format.ts';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import type { OrderDetail } from '#lib/shared/dto.ts';
import { asCurl, asPython, download, readUsage, tryLink, type GatewayUsage, type Link } from './gateway.ts';
import { saveFile } from './save-file.ts';

const USAGE_EVERY_MS = 5_000;

export interface AccessLinkProps {
  order: OrderDetail;
  link: Link;
  isRunning: boolean;
}

/** Calls and bytes as the gateway counts them now; the claims on the ledger follow later. */
function useUsage(link: Link, isRunning: boolean): { usage: GatewayUsage | undefined; refresh: () => Promise<void> } {
  const [usage, setUsage] = useState<GatewayUsage>();
  const { url, token } = link;
  const refresh = async () => {
    const answer = await readUsage({ url, token });
    if (answer.kind === 'served') setUsage(answer.value);
  };
  useEffect(() => {
    if (!isRunning) return undefined;
    let isCurrent = true;
    const ask = async () => {
      if (document.visibilityState !== 'visible') return;
      const answer = await readUsage({ url, token });
      if (isCurrent && answer.kind === 'served') setUsage(answer.value);
    };
    void ask();
    const timer = setInterval(() => void ask(), USAGE_EVERY_MS);
    return () => {
      isCurrent = false;
      clearInterval(timer);
    };
  }, [url, token, isRunning]);
  return { usage, refresh };
}

export function AccessLink({ order, link, isRunning }: AccessLinkProps) {
  const fileName = `${orderLabel(order.id)}.${order.format}`;
  const { usage, refresh } = useUsage(link, isRunning);
  const [isBusy, setIsBusy] = useState(false);
  const [saved, setSaved] = useState<string>();
  const [sentence, setSentence] = useState<string>();

  async function save() {
    setIsBusy(true);
    setSentence(undefined);
    setSaved(undefined);
    const answer = await download(link);
    setIsBusy(false);
    if (answer.kind === 'served') {
      saveFile(answer.value, fileName, answer.value.type);
      setSaved(`${fileName}, ${formatBytes(answer.value.size)}, came from the provider’s gateway.`);
    } else {
      setSentence(answer.kind === 'refused' ? `${answer.sentence} (HTTP ${answer.status})` : answer.sentence);
    }
    await refresh();
  }

  return (
    <div className="flex flex-col gap-3">
      <div>
        <p className="text-xs text-muted">Link, readable on this device alone</p>
        <p className="flex flex-wrap items-center gap-1">
          <code className="font-mono text-[0.8125rem] break-all">{link.url}</code>
          <CopyButton text={link.url} what="link" />
        </p>
      </div>
      <Usage order={order} usage={usage} />
      <div className="flex flex-wrap items-center gap-2">
        {isRunning ? (
          <Button variant="primary" isPending={isBusy} onPress={() => void save()}>
            Download {order.format.toUpperCase()}
          </Button>
        ) : null}
        <CopyButton text={asCurl(link, fileName)} what="as curl" isLabelled />
        <CopyButton text={asPython(link, fileName)} what="as Python" isLabelled />
      </div>
      {saved ? (
        <Note kind="success" isLive>
          {saved}
        </Note>
      ) : null}
      <ProblemNote title="Not downloaded" sentence={sentence} />
      <TryLink link={link} isRunning={isRunning} />
      <Disclosure summary="The API call it would be">
        <Code
          label="The API call for the data"
          text={asCurl({ ...link, token: '<token of the sealed link>' }, fileName)}
        />
      </Disclosure>
    </div>
  );
}

function Usage({ order, usage }: { order: OrderDetail; usage: GatewayUsage | undefined }) {
  const calls = usage?.calls ?? order.claim?.calls;
  const bytes = usage?.bytes ?? order.claim?.bytes;
  return (
    <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-3">
      <div>
        <dt className="text-xs text-muted">Calls used</dt>
        <dd>
          {calls === undefined ? 'none claimed' : formatCount(calls)} of {formatCount(order.callsMax)}
        </dd>
      </div>
      <div>
        <dt className="text-xs text-muted">Bytes used</dt>
        <dd>
          {bytes === undefined ? 'none claimed' : formatBytes(bytes)} of {formatBytes(order.bytesMax)}
        </dd>
      </div>
      <div>
        <dt className="text-xs text-muted">Counted by</dt>
        <dd>{usage ? 'the gateway, now' : order.claim ? 'the agent’s last claim on the ledger' : 'nobody yet'}</dd>
      </div>
    </dl>
  );
}

interface Proof {
  atMs: number;
  kind: 'served' | 'refused' | 'unreachable';
  sentence: string;
}

/** The proof of expiry: the same link, tried again, is refused by the provider's own gateway. */
function TryLink({ link, isRunning }: { link: Link; isRunning: boolean }) {
  const [proof, setProof] = useState<Proof>();
  const [isTrying, setIsTrying] = useState(false);
  async function attempt() {
    setIsTrying(true);
    const answer = await tryLink(link);
    setIsTrying(false);
    const sentence =
      answer.kind === 'served'
        ? 'The link opens.'
        : answer.kind === 'refused'
          ? `HTTP ${answer.status}: ${answer.sentence}`
          : answer.sentence;
    setProof({ atMs: Date.now(), kind: answer.kind, sentence });
  }
  return (
    <div className="flex flex-col gap-2">
      {isRunning ? null : (
        <div>
          <Button variant="primary" isPending={isTrying} onPress={() => void attempt()}>
            Try the link
          </Button>
        </div>
      )}
      {proof ? <ProofNote proof={proof} isRunning={isRunning} /> : null}
    </div>
  );
}

function ProofNote({ proof, isRunning }: { proof: Proof; isRunning: boolean }) {
  const isExpected = isRunning ? proof.kind === 'served' : proof.kind === 'refused';
  const title = proof.kind === 'refused' ? 'Refused' : proof.kind === 'served' ? 'Served' : 'No answer';
  return (
    <Note kind={isExpected ? 'success' : 'warning'} title={title} isLive>
      {proof.sentence} Tried {formatUtc(proof.atMs)}.
    </Note>
  );
}
