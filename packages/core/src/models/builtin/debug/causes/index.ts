import type { KnownCause } from '../known-cause.ts'
import { assertion } from './assertion.ts'
import { diskFull, missingFile, permissionDenied, tooManyFiles } from './files.ts'
import { outOfMemory, stackOverflow } from './memory.ts'
import { missingExport, missingModule } from './missing-module.ts'
import {
  connectionRefused,
  connectionReset,
  hostNotFound,
  networkTimeout,
  portInUse,
  untrustedCertificate,
} from './network.ts'
import { notAFunction } from './not-a-function.ts'
import { headersSent, otherError, unhandledRejection } from './other-errors.ts'
import { propertyOfNothing } from './property-of-nothing.ts'
import { missingAttribute, missingKey } from './python.ts'
import { httpStatus, sqlError } from './services.ts'
import { invalidJson, syntaxError, typeCheckError } from './syntax.ts'
import { testTimeout } from './timeouts.ts'
import { undefinedName } from './undefined-name.ts'

/** Every cause that the offline model knows; of several that fit a line, the first counts. */
export const KNOWN_CAUSES: readonly KnownCause[] = [
  propertyOfNothing,
  notAFunction,
  undefinedName,
  missingExport,
  missingModule,
  portInUse,
  connectionRefused,
  hostNotFound,
  untrustedCertificate,
  diskFull,
  tooManyFiles,
  permissionDenied,
  missingFile,
  outOfMemory,
  stackOverflow,
  invalidJson,
  typeCheckError,
  sqlError,
  syntaxError,
  missingKey,
  missingAttribute,
  headersSent,
  testTimeout,
  networkTimeout,
  connectionReset,
  httpStatus,
  assertion,
  unhandledRejection,
  otherError,
]
