import { FileCheck } from 'lucide-react';

/** Downloads the receipt of one executed item: a small file that verifies with the network off. */
export function ReceiptLink({ logIndex }: { logIndex: number }) {
  return (
    <a
      href={`/api/v1/receipts/${logIndex}`}
      // The answer names the file, with the order that it is about.
      download
      aria-label={`Download receipt ${logIndex}`}
      className="prose-link inline-flex min-h-6 items-center gap-1"
    >
      <FileCheck className="size-3.5" aria-hidden />
      <span>Receipt</span>
    </a>
  );
}
