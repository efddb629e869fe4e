import { notFound } from '../_http/respond.ts';

/** Whatever no endpoint answers: a program that calls it expects a problem, not a page. */
function answer(): Response {
  return notFound();
}

export { answer as DELETE, answer as GET, answer as PATCH, answer as POST, answer as PUT };
