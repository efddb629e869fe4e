'use client';

import { Button } from '#components/ui/button.tsx';

interface ErrorPageProps {
  error: Error & { digest?: string };
  reset: () => void;
}

/** What went wrong stays in the server's log under the digest: raw error text reaches nobody. */
export default function ErrorPage({ error, reset }: ErrorPageProps) {
  return (
    <main id="main" tabIndex={-1} className="mx-auto w-full max-w-3xl px-4 py-6 outline-none">
      <h1>This page could not be put together</h1>
      <p role="alert" className="mt-1 text-muted">
        A part of the portal did not answer. Nothing that you signed is lost: the ledger keeps what it has decided. Try
        again in a moment.
      </p>
      {error.digest ? <p className="mt-2 font-mono text-xs text-muted">Reference {error.digest}</p> : null}
      <div className="mt-4">
        <Button variant="primary" onPress={reset}>
          Try again
        </Button>
      </div>
    </main>
  );
}
