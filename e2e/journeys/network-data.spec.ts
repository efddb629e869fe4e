import { networkDataJourney } from '../fixtures/network-data.ts';
import { test } from '../fixtures/test.ts';

// A chain with people, validators and an agent, and nothing published yet: everything is done on the screens.
test.use({ chain: 'network data', history: false });

networkDataJourney();
