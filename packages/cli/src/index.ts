/** `@tapegrad/cli`: the commands `train` and `tapegrad`, callable from code as well. */
export { type ModelCard, parseCard } from './artifacts/model-card.ts'
export { EXIT, type ExitCode } from './exit.ts'
export type { InputStream, Io, OutputStream, Signal } from './io.ts'
export { processIo } from './io.ts'
export { type MainOptions, main } from './main.ts'
export { version } from './version.ts'
