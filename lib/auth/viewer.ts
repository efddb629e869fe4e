import 'server-only';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Holder } from './roles.ts';

/** Who asks. Made from a session or an agent's signature, never from a request's own words. */
export type Viewer =
  | { readonly kind: 'public' }
  | {
      readonly kind: 'person';
      /** Session id. */
      readonly jti: string;
      /** 40 lower-case hex digits. */
      readonly address: string;
      readonly expiresAtMs: number;
      /** Null before CreateAccount. */
      readonly account: ViewerAccount | null;
    }
  | {
      readonly kind: 'agent';
      readonly address: string;
      /** The account and key that the owner authorised; null before pairing. */
      readonly account: number | null;
      readonly key: number | null;
      /** Roles of that account, for the few actions that its programs may too. */
      readonly roles?: readonly string[];
    };

export interface ViewerAccount {
  readonly id: number;
  readonly roles: readonly string[];
  readonly encryptionKey: string;
  readonly name: string | null;
}

export const publicViewer: Viewer = { kind: 'public' };

const storage = new AsyncLocalStorage<Viewer>();

/** Runs `work` as this viewer: for requests that an agent signed, and for tests. Inside, no cookie is read. */
export function runAs<Value>(viewer: Viewer, work: () => Promise<Value>): Promise<Value> {
  return storage.run(viewer, work);
}

/** The viewer that `runAs` set, if any. */
export function givenViewer(): Viewer | undefined {
  return storage.getStore();
}

/** Account id of the viewer; null for the public, before CreateAccount, and for an unpaired agent. */
export function accountOf(viewer: Viewer): number | null {
  switch (viewer.kind) {
    case 'public':
      return null;
    case 'person':
      return viewer.account?.id ?? null;
    case 'agent':
      return viewer.account;
  }
}

/** What the viewer counts as in the permission table. */
export function holdersOf(viewer: Viewer): readonly Holder[] {
  switch (viewer.kind) {
    case 'public':
      return ['public'];
    case 'person':
      return viewer.account === null
        ? ['public', 'signed-in']
        : ['public', 'signed-in', 'account', ...(viewer.account.roles as readonly Holder[])];
    case 'agent':
      return ['public', 'agent'];
  }
}
