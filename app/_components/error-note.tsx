'use client';

import { Button } from '#components/ui/button.tsx';

export interface ErrorNoteProps {
  error: Error & { digest?: string };
  reset: () => void;
}

/** What went wrong stays in the server's log under the digest: raw error text reaches nobody. */
export function ErrorNote({ error, reset }: ErrorNoteProps) {
  return (
    <div>
      <h1>This page could not be put together</h1>
      <p role="alert" className="mt-1 text-muted">
        A part of the portal did not answer. Nothing that you signed is lost: the ledger keeps what it has decided. Try
        again in a moment.
      </p>
      {error.digest ? <p className="mt-2 font-mono text-xs text-muted">{`Reference ${error.digest}`}</p> : null}
      <div className="mt-4">
        <Button variant="primary" onPress={reset}>
          Try again
        </Button>
      </div>
    </div>
  );
}
