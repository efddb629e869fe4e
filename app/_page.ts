import 'server-only';
import { connection } from 'next/server';

/** What Next hands to a page; every value comes from the address bar and is checked where it is read. */
export interface PageInput<Params = Record<never, never>> {
  params: Promise<Params>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** The server's clock, for "3 min ago"; the page is rendered anew for every request. */
export async function serverNow(): Promise<number> {
  await connection();
  return Date.now();
}
