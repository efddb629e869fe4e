import 'server-only';
import { randomBytes } from 'node:crypto';

export function newNonce(): string {
  return randomBytes(16).toString('base64');
}

/** Id of the order whose customer's page a path is (with any suffix that Next adds for prefetching); undefined for other paths. */
export function orderOfPath(pathname: string): number | undefined {
  const id = /^\/customer\/orders\/(\d{1,15})(?:[./].*)?$/.exec(pathname)?.[1];
  return id === undefined ? undefined : Number(id);
}

/** Id of the order whose task a customer's page shows; undefined for other paths. */
export function taskOfPath(pathname: string): number | undefined {
  const id = /^\/customer\/tasks\/(\d{1,15})(?:[./].*)?$/.exec(pathname)?.[1];
  return id === undefined ? undefined : Number(id);
}

export interface PolicyInput {
  nonce: string;
  /** Foreign origins that the page may fetch from: the gateway of an order, those of a task; none everywhere else. */
  gateways: readonly string[];
  isHttps: boolean;
  /** The development server evaluates modules and talks over a socket. */
  isDevelopment: boolean;
}

/** One directive a line: scripts by nonce alone, nothing from third parties, no frame may hold a page. */
export function contentSecurityPolicy({ nonce, gateways, isHttps, isDevelopment }: PolicyInput): string {
  const directives = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    `style-src 'self' 'nonce-${nonce}'`,
    // Positions of menus and widths of bars are style attributes; they run nothing.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${["'self'", ...gateways, ...(isDevelopment ? ['ws:'] : [])].join(' ')}`,
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(isHttps ? ['upgrade-insecure-requests'] : []),
  ];
  return directives.join('; ');
}
