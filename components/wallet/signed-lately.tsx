'use client';

import { useEffect, useState } from 'react';
import { followStanding, lastSigned, standingInWords, type LastSigned, type Standing } from './recorded.ts';

function wordsFor(signed: LastSigned | undefined, standing: Standing | undefined): string {
  if (!signed) return 'Nothing was signed in this tab lately, so nothing was recorded from here.';
  if (!standing) return `You signed here: “${signed.does}” Asking the ledger whether it was recorded…`;
  return `You signed here: “${signed.does}” ${standingInWords(standing, { isFollowed: true })}`;
}

/** For a page that broke: what was signed here last, and what the ledger says became of it. It needs nothing of the page around it. */
export function SignedLately() {
  const [signed, setSigned] = useState<LastSigned | null>();
  const [standing, setStanding] = useState<Standing>();
  useEffect(() => {
    const ended = new AbortController();
    const begin = async () => {
      const found = lastSigned(Date.now());
      setSigned(found ?? null);
      if (found) await followStanding(found, ended.signal, setStanding);
    };
    void begin();
    return () => ended.abort();
  }, []);
  return <p role="status">{signed === undefined ? '' : wordsFor(signed ?? undefined, standing)}</p>;
}
