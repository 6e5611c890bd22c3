/** The class of the machine, without its name. */
import { existsSync, readFileSync } from 'node:fs'
import { arch, availableParallelism, cpus, totalmem, type } from 'node:os'

const info = '/proc/cpuinfo'

function vectors(): string {
  const flags = existsSync(info) ? (/^flags\s*:(.*)$/m.exec(readFileSync(info, 'utf8'))?.[1] ?? '').split(' ') : []
  return flags.includes('avx512f') ? ', AVX-512' : flags.includes('avx2') ? ', AVX2' : ''
}

export const machine = (): string =>
  `${cpus()[0]?.model.trim() ?? 'unknown processor'} (${arch()}${vectors()}), ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${type()}`
