/** Bytes of transactions in a block, on every engine: what a proposal may hold and what the others accept. */
export const BLOCK_TRANSACTION_BYTES_MAX = 1024 * 1024;
