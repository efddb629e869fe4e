import Link from 'next/link';

export function SiteFooter() {
  return (
    <footer className="print:hidden mt-auto border-t border-border">
      <div className="mx-auto flex max-w-7xl flex-wrap items-baseline justify-between gap-x-6 gap-y-2 px-4 py-4 text-xs text-muted">
        <p>
          Interpool. What the ledger recorded is shown as of the block named beside it; how nodes are is what the
          monitor measured.
        </p>
        <p className="flex gap-4">
          <Link href="/explorer" prefetch={false} className="prose-link">
            Explorer
          </Link>
          <Link href="/verify" prefetch={false} className="prose-link">
            Verify a receipt
          </Link>
          <Link href="/docs" prefetch={false} className="prose-link">
            Docs and API
          </Link>
        </p>
      </div>
    </footer>
  );
}
