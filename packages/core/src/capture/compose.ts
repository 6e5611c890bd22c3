/** Two pointwise programs as one: the second reads what the first gives. */
import type { Program, Step } from '../expr.ts'

/** Programs that were composed before, with the kernels made of them. */
const composed = /* @__PURE__ */ new Map<string, Program>()

/** How the operands of a program are had in the composed one: an operand of that, or the result of the first program. */
export type Wiring = readonly (number | 'first')[]

/** The program over `operands` inputs that runs `first`, then `second`. Each instruction rounds as it did, so its results are the same to the bit. */
export function compose(first: Program, firstWiring: Wiring, second: Program, secondWiring: Wiring, operands: number): Program {
  const constants: number[] = []
  for (const c of [...first.constants, ...second.constants]) if (!constants.some((known) => Object.is(known, c))) constants.push(c)
  const steps: Step[] = []
  let between = 0
  const add = (program: Program, wiring: Wiring): number => {
    const registers = wiring.map((at) => (at === 'first' ? between : at))
    for (const c of program.constants) registers.push(operands + constants.findIndex((known) => Object.is(known, c)))
    for (const { op, args } of program.steps) {
      steps.push({ op, args: args.map((r) => registers[r] as number) })
      registers.push(operands + constants.length + steps.length - 1)
    }
    return registers[program.result] as number
  }
  between = add(first, firstWiring)
  const result = add(second, secondWiring)
  const numbers = constants.map((c) => (Object.is(c, -0) ? '-0' : String(c)))
  const key = `${operands};${numbers.join(',')};${steps.map(({ op, args }) => `${op}(${args.join(',')})`).join(' ')};${result}`
  const known = composed.get(key)
  if (known !== undefined) return known
  const slots = Array.from({ length: operands }, (_, i) => i)
  const program: Program = { key, slots, constants, steps, result, kernels: { lastKey: -1, last: null, byKey: new Map() } }
  composed.set(key, program)
  return program
}
