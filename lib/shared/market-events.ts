/** Events that a broker's copy of the market is kept by: what is on offer and free, what is asked for, which plans and matches stand. */
export const MARKET_EVENTS = [
  'ResourcePublished',
  'ResourceStatusChanged',
  'ReachabilityChanged',
  'StrategyRecorded',
  'CapacityChanged',
  'DemandPublished',
  'DemandClosed',
  'PlansMade',
  'PlanProposed',
  'PlanChosen',
  'MatchProposed',
  'DemandsMatched',
] as const;

/** What becomes of a broker's requests to providers; a broker gets its own. */
export const NOTICE_EVENTS = ['NoticeSent', 'NoticeRelayed', 'NoticeAnswered'] as const;
