/** New, paused and removed schedules are seen by every node after this time. */
export const SCHEDULE_POLL_MS = 5_000
