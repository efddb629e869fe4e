import 'server-only';
import { randomUUID } from 'node:crypto';
import type { NextAuthOptions } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import { isDatabaseAway } from '#lib/database-fault.ts';
import { webEnvironment } from '#lib/env.ts';
import { consumeNonce } from '#lib/operations/nonces.ts';
import { createSession, deleteSession, findSession } from '#lib/operations/sessions.ts';
import { admitRequest } from './admission.ts';
import { endKeptSessions } from './kept-sessions.ts';
import { verifySignIn } from './siwe.ts';

declare module 'next-auth' {
  interface Session {
    /** Id of the session's row; absent once the session was ended. */
    jti?: string;
  }
}

declare module 'next-auth/jwt' {
  interface JWT {
    /** Id of the session's row. */
    sid?: string;
  }
}

/** A session ends by itself after this long. */
const SESSION_SECONDS = 12 * 3_600;

async function signIn(credentials: Record<'message' | 'signature', string> | undefined): Promise<{ id: string }> {
  if ((await admitRequest('sign-in')) > 0)
    throw new Error('Too many attempts to sign in: wait a minute and try again.');
  const { host, origin } = webEnvironment();
  const input = { message: String(credentials?.message ?? ''), signature: String(credentials?.signature ?? '') };
  const context = { host, origin, nowMs: Date.now(), consumeNonce: (nonce: string) => consumeNonce('sign-in', nonce) };
  const result = await verifySignIn(input, context);
  if (!result.ok) throw new Error(result.sentence);
  return { id: result.address };
}

/** False once the session's row is gone. Nobody knows while the database is away; whoever uses the session asks again, and says so. */
async function isNotEnded(sid: string): Promise<boolean> {
  try {
    return (await findSession(sid)) !== null;
  } catch (error) {
    if (isDatabaseAway(error)) return true;
    throw error;
  }
}

function makeOptions(): NextAuthOptions {
  const { secret } = webEnvironment();
  return {
    secret,
    session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
    pages: { signIn: '/sign-in', error: '/sign-in' },
    providers: [
      CredentialsProvider({
        id: 'siwe',
        name: 'Wallet',
        credentials: { message: { type: 'text' }, signature: { type: 'text' } },
        authorize: signIn,
      }),
    ],
    callbacks: {
      async jwt({ token, user }) {
        if (user === undefined) return token;
        // next-auth gives the token another `jti` whenever it writes it again, so the session's id is a claim of our own.
        const sid = randomUUID();
        await createSession({ jti: sid, address: user.id, expiresAtMs: Date.now() + SESSION_SECONDS * 1_000 });
        return { sid };
      },
      async session({ session, token }) {
        const isStanding = token.sid !== undefined && (await isNotEnded(token.sid));
        return isStanding ? { expires: session.expires, jti: token.sid } : { expires: new Date(0).toISOString() };
      },
    },
    events: {
      async signOut({ token }) {
        if (token.sid === undefined) return;
        await endKeptSessions(token.sid);
        await deleteSession(token.sid);
      },
    },
  };
}

let options: NextAuthOptions | undefined;

/** next-auth's options, made when first asked for: `next build` has no secrets. */
export function nextAuthOptions(): NextAuthOptions {
  options ??= makeOptions();
  return options;
}
