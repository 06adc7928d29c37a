import { FILESYSTEM_PROGRAMS } from '../../sandbox/hostile/filesystem-programs.ts'
import type { HostileProgram } from '../../sandbox/hostile/hostile-program.ts'
import { KERNEL_PROGRAMS } from '../../sandbox/hostile/kernel-programs.ts'
import { NETWORK_PROGRAMS } from '../../sandbox/hostile/network-programs.ts'
import { PLANT_PROGRAMS } from '../../sandbox/hostile/plant-programs.ts'
import { PROCESS_PROGRAMS } from '../../sandbox/hostile/process-programs.ts'
import { RESOURCE_PROGRAMS } from '../../sandbox/hostile/resource-programs.ts'
import { judgeProgram } from '../../sandbox/hostile/run-hostile-suite.ts'
import type { HostileCase } from './hostile-case.ts'

/** Programs that run in the sandbox itself. */
export const SANDBOX_CASES: readonly HostileCase[] = [
  ...toCases('files', FILESYSTEM_PROGRAMS),
  ...toCases('processes', PROCESS_PROGRAMS),
  ...toCases('network', NETWORK_PROGRAMS),
  ...toCases('kernel', KERNEL_PROGRAMS),
  ...toCases('resources', RESOURCE_PROGRAMS),
  ...toCases('planted results', PLANT_PROGRAMS),
]

function toCases(group: HostileCase['group'], programs: readonly HostileProgram[]): readonly HostileCase[] {
  return programs.map((program) => ({
    group,
    name: program.name,
    intent: program.intent,
    containedBy: program.containedBy,
    ...(program.residual === undefined ? {} : { residual: program.residual }),
    judge: (driver) => judgeProgram(driver, program),
  }))
}
