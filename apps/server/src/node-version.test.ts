import { expect, test } from 'vitest'
import { findNodeProblem } from './node-version.ts'

test.each(['22.19.0', '22.21.1', '24.0.0', '25.0.0-nightly20260101'])('Node.js %s will do', (version) => {
  expect(findNodeProblem(version)).toBe(null)
})

test.each(['18.20.8', '20.20.0', '22.0.0', '22.17.1'])('Node.js %s is too old', (version) => {
  expect(findNodeProblem(version)).toContain(`needs Node.js 22.19 or newer and was started with ${version}. Install`)
})
