import type { ExecutorLease } from './run-executor.ts'

/** A lease that the test takes away and gives back. */
export function createLease() {
  let isHeld = true
  let lost: () => void = () => {}
  let wake: () => void = () => {}
  const lease: ExecutorLease = {
    isHeld: () => isHeld,
    onLost(listener) {
      lost = listener
    },
    async whenHeld(signal) {
      while (!isHeld && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve
          signal.addEventListener('abort', () => resolve())
        })
      }
    },
  }
  return {
    ...lease,
    /** Without telling: as in a process that was frozen. */
    expire() {
      isHeld = false
    },
    lose() {
      isHeld = false
      lost()
    },
    regain() {
      isHeld = true
      wake()
    },
  }
}
