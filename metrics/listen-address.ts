export const LISTEN_EXAMPLE = '127.0.0.1:9464';
/** What a variable that holds one means. */
export const METRICS_MEANING = `Port on loopback, such as \`${LISTEN_EXAMPLE}\`, where the process tells Prometheus its figures, at \`/metrics\`; none without it. Each process has one of its own.`;
/** What is wrong with an address that `readListenAddress` does not take, after its name. */
export const LISTEN_FAULT = `must be a port on loopback, such as ${LISTEN_EXAMPLE}`;
const LISTEN = /^(127\.0\.0\.1|localhost|\[::1\]):(\d{1,5})$/;
const PORT_MAX = 65_535;

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Host and port on loopback; port 0 takes any that is free. Undefined for anything else. */
export function readListenAddress(text: string): ListenAddress | undefined {
  const [, host, port] = LISTEN.exec(text) ?? [];
  if (host === undefined || port === undefined || Number(port) > PORT_MAX) return undefined;
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}
