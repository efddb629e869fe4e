import 'server-only';

/** `agent` is the address of an agent whose key the session's account authorised. */
export async function requestTest(test: {
  agent: string;
  sourceId: string;
}): Promise<{ job: string } | { sentence: string }> {
  void test;
  throw new Error('requestTest is not written yet');
}
