import { describe, expect, test } from 'vitest';
import { eventSentence } from './event-sentence.ts';

const HOSTILE = 'Bank\u202E\u2069\u200Bknab';
const SAFE = '\u2068Bank\uFFFD\uFFFD\uFFFDknab\u2069';

describe('sentences about events', () => {
  test.each([
    ['account', 'KeyAuthorized', { account: '3', key: '1', label: HOSTILE }],
    ['resource', 'ResourcePublished', { owner: '3', resource: '7', title: HOSTILE }],
    ['governance', 'ProposalOpened', { by: '3', proposal: '1', kind: 'validator', subject: HOSTILE, account: '3' }],
    ['node', 'NodeFounded', { node: '1', name: HOSTILE }],
    ['node', 'NodeAdmitted', { node: '5', name: HOSTILE, operator: '3', proposal: '1' }],
  ])(
    '%s.%s shows what somebody else wrote isolated, with what hides in it marked [8.4.2-b]',
    (contract, type, payload) => {
      const sentence = eventSentence({ contract, type, payload }, false);
      expect(sentence).toContain(SAFE);
      expect(sentence.replace(SAFE, '')).not.toMatch(/[\u202E\u2068\u2069\u200B]/);
    },
  );
});
