import { z } from 'zod'
import { changesArtifact } from './changes.ts'
import { diagnosisArtifact } from './diagnosis.ts'
import { reviewArtifact } from './review.ts'
import { specArtifact } from './spec.ts'
import { testsArtifact } from './tests.ts'

/** Every kind of artifact that a built-in agent produces, with its schema. */
export const ARTIFACT_SCHEMAS = {
  spec: specArtifact,
  changes: changesArtifact,
  tests: testsArtifact,
  review: reviewArtifact,
  diagnosis: diagnosisArtifact,
} as const

export type ArtifactKind = keyof typeof ARTIFACT_SCHEMAS
export const ARTIFACT_KINDS = Object.keys(ARTIFACT_SCHEMAS) as [ArtifactKind, ...ArtifactKind[]]

/** The artifacts of a run by kind; only those that were made are present. */
export const artifacts = z.object(ARTIFACT_SCHEMAS).partial()
export type Artifacts = z.infer<typeof artifacts>

/** Any one artifact. */
export const anyArtifact = z.union([specArtifact, changesArtifact, testsArtifact, reviewArtifact, diagnosisArtifact])
export type AnyArtifact = z.infer<typeof anyArtifact>
