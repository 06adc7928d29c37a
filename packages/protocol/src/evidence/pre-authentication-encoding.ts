/**
 * The bytes that a signature of an envelope is made over: type and payload, each with its length in bytes.
 * @see https://github.com/secure-systems-lab/dsse/blob/master/protocol.md PAE
 */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder()
  const type = encoder.encode(payloadType)
  const head = encoder.encode(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `)
  const whole = new Uint8Array(head.length + payload.length)
  whole.set(head)
  whole.set(payload, head.length)
  return whole
}
