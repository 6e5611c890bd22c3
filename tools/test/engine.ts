/** Runs before every test file: where the caller says which Node is to be tested, this process must be it. */
const tested = process.env['TAPEGRAD_TESTED_NODE']
if (tested !== undefined && tested !== process.version) throw new Error(`Node ${tested} is to be tested, and this is ${process.version}`)
