/** Starts every placeholder that stands where the transcript was shortened. */
export const LEFT_OUT = '[left out of this transcript:'

/** The placeholder for a text that was taken out. */
export function leaveOut(text: string): string {
  return `${LEFT_OUT} ${text.length} characters; look again where you need them]`
}
