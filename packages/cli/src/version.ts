/** The version of this package; a test holds it equal to package.json, so that no file has to be read at start. */
export const version: string = '0.1.0'
