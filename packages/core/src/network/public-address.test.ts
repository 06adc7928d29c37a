import { expect, test } from 'vitest'
import { isPublicAddress } from './public-address.ts'

test('private, loopback, link-local, shared and reserved addresses are not public', () => {
  for (const address of [
    ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1'],
    ...['0.0.0.0', '224.0.0.1', '255.255.255.255', '198.18.0.1', '::', '::1', 'fe80::1', 'fd00::1', 'ff02::1'],
    ...['::ffff:127.0.0.1', '::ffff:10.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::', 'fec0::1', '::127.0.0.1'],
  ]) {
    expect(isPublicAddress(address), address).toBe(false)
  }
})

test('addresses of the internet are public', () => {
  for (const address of ['1.1.1.1', '172.32.0.1', '172.15.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::5']) {
    expect(isPublicAddress(address), address).toBe(true)
  }
})
