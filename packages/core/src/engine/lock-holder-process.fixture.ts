import { SILENT_LOG } from '../logging/log.ts'
import { lockDataFolder } from './data-folder-lock.ts'

// holds the folder of its first argument until it is killed
await lockDataFolder(process.argv[2] ?? '', SILENT_LOG)
process.stdout.write('held\n')
setInterval(() => {}, 60_000)
