/** Data that stops in the middle until the gate is opened. */
export function makeGate(): {
  reached: Promise<void>;
  open(): void;
  data(bytes: Uint8Array): AsyncGenerator<Uint8Array>;
} {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  return {
    reached,
    open,
    async *data(bytes) {
      const half = Math.floor(bytes.length / 2);
      yield bytes.subarray(0, half);
      reach();
      await opened;
      yield bytes.subarray(half);
    },
  };
}
