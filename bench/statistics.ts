/** The value below which `share` (0 to 1) of the sorted sample lies; NaN for an empty one. */
export function quantile(sample: readonly number[], share: number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function median(sample: readonly number[]): number {
  return quantile(sample, 0.5);
}

/** Two decimals are more than a measurement is worth. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Of a sample in milliseconds. */
export function percentiles(sample: readonly number[]): { readonly p50Ms: number; readonly p99Ms: number } {
  return { p50Ms: rounded(median(sample)), p99Ms: rounded(quantile(sample, 0.99)) };
}

/** One line of what a bench prints. */
export function print(line: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify(line));
}
