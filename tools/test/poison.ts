/** Runs before every test file: memory that is handed out without being zeroed holds NaN, as memory that was used before might. */
import { poison } from '../../packages/core/src/storage.ts'

poison.on = true
