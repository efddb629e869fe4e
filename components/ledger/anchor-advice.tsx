import Link from 'next/link';

/** Where the network's anchor comes from and what it is compared with, as the end of a step. */
export function AnchorAdvice() {
  return (
    <>
      <span>Its operator gives it to you; compare what it names with what</span>{' '}
      <Link href="/verify" prefetch={false} className="prose-link">
        Verify a receipt
      </Link>{' '}
      <span>shows.</span>
    </>
  );
}
