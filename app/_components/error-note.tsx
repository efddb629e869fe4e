'use client';

import { Button } from '#components/ui/button.tsx';
import { scriptFault } from '#components/ui/script-fault.ts';
import { SignedLately } from '#components/wallet/signed-lately.tsx';

export interface ErrorNoteProps {
  error: Error & { digest?: string };
  reset: () => void;
}

/**
 * What went wrong stays in the server's log under the digest: raw error text reaches nobody. It never says to do again what was done
 * before: a page can break after the ledger has recorded it, so the ledger is asked.
 */
export function ErrorNote({ error, reset }: ErrorNoteProps) {
  const missing = scriptFault(error);
  return (
    <div>
      <h1>This page could not be put together</h1>
      <p role="alert" className="mt-1 text-muted">
        {missing ?? 'A part of the page did not answer or broke. The ledger keeps what it has decided.'}
      </p>
      <div className="mt-2">
        <SignedLately />
      </div>
      {error.digest ? <p className="mt-2 font-mono text-xs text-muted">{`Reference ${error.digest}`}</p> : null}
      <div className="mt-4">
        <Button variant="primary" onPress={missing ? () => window.location.reload() : reset}>
          Show the page again
        </Button>
      </div>
    </div>
  );
}
