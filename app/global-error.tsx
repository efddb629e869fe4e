'use client';

import './globals.css';

/** When even the frame of the page fails: plain, with no data and no component that could fail as well. */
export default function GlobalErrorPage({ reset }: { reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <main className="mx-auto max-w-3xl px-4 py-10">
          <h1>The portal does not answer at the moment</h1>
          <p role="alert">
            Its database or the ledger process is not reachable. Nothing that you signed is lost. Try again in a moment.
          </p>
          <button type="button" className="button button--primary mt-4" onClick={reset}>
            Try again
          </button>
        </main>
      </body>
    </html>
  );
}
