/** No event of the ledger tells of a heartbeat or an alert, so pages about nodes ask again so often. */
export const MONITORING_READ_EVERY_MS = 5_000;
/** A page that is long, of things that change with each heartbeat. */
export const HEARTBEAT_READ_EVERY_MS = 10_000;
