import { notFound } from '../_http/respond.ts';

/** What is no route below /api is answered like anything else that is not there: as a problem, by every method. */
export {
  notFound as DELETE,
  notFound as GET,
  notFound as OPTIONS,
  notFound as PATCH,
  notFound as POST,
  notFound as PUT,
};
