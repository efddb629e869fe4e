'use client';

import './globals.css';
import { SignedLately } from '#components/wallet/signed-lately.tsx';

/** When even the frame of the page fails: plain, and with one component, which asks the ledger and needs nothing around it. */
export default function GlobalErrorPage({ reset }: { reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <main className="mx-auto max-w-3xl px-4 py-10">
          <h1>This page could not be put together</h1>
          <p role="alert">The page broke, or the portal does not answer. The ledger keeps what it has decided.</p>
          <SignedLately />
          <button type="button" className="button button--primary mt-4" onClick={reset}>
            Show the page again
          </button>
        </main>
      </body>
    </html>
  );
}
