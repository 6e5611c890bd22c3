/** The byte forms of numbers and names in WebAssembly modules. */

/** Appends an unsigned LEB128 number below 2^32. */
export function unsigned(out: number[], n: number): void {
  for (n >>>= 0; n > 127; n >>>= 7) out.push((n & 127) | 128)
  out.push(n)
}

/** Reads an unsigned LEB128 number below 2^31; returns it and where it ends. */
export function readUnsigned(bytes: ArrayLike<number>, at: number): [value: number, end: number] {
  let value = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] as number
    value |= (byte & 127) << shift
    if (byte < 128) return [value, at]
  }
}

/** Appends a signed LEB128 number of 32 bits. */
export function signed32(out: number[], n: number): void {
  for (n |= 0; n < -64 || n > 63; n >>= 7) out.push((n & 127) | 128)
  out.push(n & 127)
}

/** Appends a signed LEB128 number of 64 bits. */
export function signed64(out: number[], n: bigint): void {
  for (n = BigInt.asIntN(64, n); n < -64n || n > 63n; n >>= 7n) out.push(Number(n & 127n) | 128)
  out.push(Number(n & 127n))
}

/** Appends a name. */
export function text(out: number[], s: string): void {
  const bytes = Array.from(s, (c) => c.charCodeAt(0))
  if (bytes.some((b) => b > 127)) throw new Error(`names in WebAssembly modules are ASCII here, not ${s}`)
  unsigned(out, bytes.length)
  out.push(...bytes)
}

const scratch = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8))

/** The bytes of a number in memory. */
export function bytesOf(type: 'f32' | 'f64' | 'i32' | 'i64', x: number): number[] {
  if (type === 'f32') scratch.setFloat32(0, x, true)
  else if (type === 'f64') scratch.setFloat64(0, x, true)
  else if (type === 'i32') scratch.setInt32(0, x, true)
  else scratch.setBigInt64(0, BigInt(x), true)
  const bytes: number[] = []
  for (let i = 0; i < (type === 'f32' || type === 'i32' ? 4 : 8); i++) bytes.push(scratch.getUint8(i))
  return bytes
}

/** The sixteen bytes of a vector with `x` in every lane. */
export function splatBytes(type: 'f32' | 'f64' | 'i32' | 'i64', x: number): number[] {
  const bytes = bytesOf(type, x)
  while (bytes.length < 16) bytes.push(...bytes)
  return bytes
}
