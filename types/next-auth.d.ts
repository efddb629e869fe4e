import 'next-auth';
import 'next-auth/jwt';

declare module 'next-auth' {
  interface Session {
    /** Id of the session's row; absent once the session was ended. */
    jti?: string;
    expires: string;
  }
}

declare module 'next-auth/jwt' {
  interface JWT {
    /** Id of the session's row. */
    sid?: string;
  }
}
