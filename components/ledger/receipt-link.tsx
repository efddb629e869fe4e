import { FileCheck } from 'lucide-react';

/** Downloads the receipt of one executed item: a small file that verifies with the network off. */
export function ReceiptLink({ logIndex }: { logIndex: number }) {
  return (
    <a
      href={`/api/v1/receipts/${logIndex}`}
      download={`interpool-receipt-${logIndex}.json`}
      aria-label={`Download receipt ${logIndex}`}
      className="prose-link inline-flex min-h-6 items-center gap-1"
    >
      <FileCheck className="size-3.5" aria-hidden />
      <span>Receipt</span>
    </a>
  );
}
