/** What a file's first bytes give away: formats that are not CSV, said by name. */

import { DataError } from '../errors.ts'
import { quoted } from '../text.ts'

const ascii = (text: string): number[] => Array.from(text, (char) => char.charCodeAt(0))

/** Formats known by how they begin. */
const SIGNATURES: readonly { readonly bytes: readonly number[]; readonly is: string; readonly fix: string }[] = [
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], is: 'an old Excel workbook (.xls content)', fix: 'In Excel: File › Save As › CSV UTF-8.' },
  {
    bytes: ascii('PAR1'),
    is: 'a Parquet file',
    fix: "Write it as CSV first, for example with DuckDB: COPY (FROM 'in.parquet') TO 'out.csv'.",
  },
  { bytes: ascii('ARROW1'), is: 'an Arrow file', fix: 'Write it as CSV first.' },
  {
    bytes: ascii('SQLite format 3'),
    is: 'an SQLite database',
    fix: "Write the table as CSV first: sqlite3 -header -csv in.db 'select * from t' > out.csv",
  },
  { bytes: [0x89, 0x48, 0x44, 0x46], is: 'an HDF5 file', fix: 'Write it as CSV first.' },
  { bytes: ascii('%PDF-'), is: 'a PDF document', fix: 'Pass the table itself, as CSV.' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], is: 'compressed with zstd', fix: 'Unpack it first (zstd -d), or compress it with gzip.' },
  { bytes: ascii('BZh'), is: 'compressed with bzip2', fix: 'Unpack it first (bunzip2), or compress it with gzip.' },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], is: 'compressed with xz', fix: 'Unpack it first (unxz), or compress it with gzip.' },
  { bytes: [0x89, 0x50, 0x4e, 0x47], is: 'a PNG picture', fix: 'Pass a table, as CSV.' },
]

const UTF16_FIX = 'Re-save it as UTF-8 (in Excel: File › Save As › CSV UTF-8), or convert it: iconv -f UTF-16 -t UTF-8 in.csv > out.csv'

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b
}

/** Throws where the first bytes (decompressed) are known not to be CSV in UTF-8. */
export function refuseForeign(head: Uint8Array, name: string): void {
  const found = SIGNATURES.find(({ bytes }) => bytes.every((byte, i) => head[i] === byte))
  if (found !== undefined) throw new DataError('E_NOT_CSV', `${quoted(name)} is ${found.is}, not CSV.`, { where: name, fix: found.fix })
  if (head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4) throw zipError(head, name)
  if (isGzip(head))
    throw new DataError('E_NOT_CSV', `${quoted(name)} was compressed twice.`, {
      where: name,
      fix: 'Unpack it once (gunzip) and try again.',
    })
  if (Buffer.from(head.subarray(257, 262)).toString('latin1') === 'ustar') {
    throw new DataError('E_NOT_CSV', `${quoted(name)} is a tar archive, not CSV.`, {
      where: name,
      fix: 'Unpack it (tar -xf) and pass the CSV inside.',
    })
  }
  const utf16 = utf16Kind(head)
  if (utf16 !== null)
    throw new DataError('E_ENCODING', `${quoted(name)} looks like UTF-16 (${utf16}), not UTF-8.`, { where: name, fix: UTF16_FIX })
  const start = String.fromCharCode(...head.subarray(0, 256)).trimStart()
  const markup = start.slice(0, 15).toLowerCase()
  if (markup.startsWith('<!doctype html') || markup.startsWith('<html')) {
    throw new DataError('E_NOT_CSV', `${quoted(name)} is an HTML page, not CSV.`, {
      where: name,
      fix: 'A download may have saved an error or log-in page instead of the file; fetch it again.',
    })
  }
  if (start.startsWith('{"') || start.startsWith('[{') || start.startsWith('[[')) {
    throw new DataError('E_NOT_CSV', `${quoted(name)} looks like JSON, not CSV.`, { where: name, fix: 'Write it as CSV first.' })
  }
}

function zipError(head: Uint8Array, name: string): DataError {
  const excel = /\.xls[xmb]?$/i.test(name) || Buffer.from(head).includes('xl/')
  if (excel || Buffer.from(head).includes('[Content_Types].xml')) {
    return new DataError('E_NOT_CSV', `${quoted(name)} is an Excel workbook (.xlsx content), not CSV.`, {
      where: name,
      fix: 'In Excel: File › Save As › CSV UTF-8.',
    })
  }
  return new DataError('E_NOT_CSV', `${quoted(name)} is a zip archive, not CSV.`, {
    where: name,
    fix: 'Unpack it and pass the CSV inside; a spreadsheet (.xlsx, .ods) has to be saved as CSV UTF-8.',
  })
}

/** By its byte order mark, or because every other byte of the beginning is 0. */
function utf16Kind(head: Uint8Array): string | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'little-endian, with a byte order mark'
  if (head[0] === 0xfe && head[1] === 0xff) return 'big-endian, with a byte order mark'
  const zeros = [0, 0]
  const length = Math.min(head.length, 512) & ~1
  for (let i = 0; i < length; i++) if (head[i] === 0) zeros[i & 1]!++
  const [even, odd] = zeros as [number, number]
  if (length >= 8 && odd > length * 0.2 && even === 0) return 'little-endian'
  if (length >= 8 && even > length * 0.2 && odd === 0) return 'big-endian'
  return null
}
