import { FILESYSTEM_PROGRAMS } from './filesystem-programs.ts'
import type { HostileProgram } from './hostile-program.ts'
import { KERNEL_PROGRAMS } from './kernel-programs.ts'
import { NETWORK_PROGRAMS } from './network-programs.ts'
import { PLANT_PROGRAMS } from './plant-programs.ts'
import { PROCESS_PROGRAMS } from './process-programs.ts'
import { RESOURCE_PROGRAMS } from './resource-programs.ts'

/** Every hostile program; a new one is an entry in the file of its theme. */
export const HOSTILE_PROGRAMS: readonly HostileProgram[] = [
  ...FILESYSTEM_PROGRAMS,
  ...PROCESS_PROGRAMS,
  ...NETWORK_PROGRAMS,
  ...KERNEL_PROGRAMS,
  ...RESOURCE_PROGRAMS,
  ...PLANT_PROGRAMS,
]
