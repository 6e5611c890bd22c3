/** Makes methods of the operations: the only file whose import does something. */
import * as access from './access.ts'
import * as graph from './autograd/methods.ts'
import * as creation from './create-methods.ts'
import { cloneOf, inplaceOf } from './op.ts'
import * as arithmetic from './ops/arithmetic.ts'
import * as binary from './ops/binary.ts'
import * as bitwise from './ops/bitwise.ts'
import * as compare from './ops/compare.ts'
import * as gamma from './ops/gamma.ts'
import * as ops from './ops/index.ts'
import * as fills from './ops/inplace-forms.ts'
import * as math from './ops/math.ts'
import * as overwriting from './ops/overwriting.ts'
import * as rounding from './ops/rounding.ts'
import { recordWrite, renewHistory } from './ops/strided.ts'
import * as transposed from './ops/transposed.ts'
import * as trigonometry from './ops/trigonometry.ts'
import { unbind } from './ops/view.ts'
import { toString, toTemplate } from './print.ts'
import * as random from './random-methods.ts'
import { gradientMemory, Tensor, viewHistory } from './tensor.ts'

type AnyOperation = (x: Tensor, ...rest: unknown[]) => unknown

function install(name: string, operation: AnyOperation): void {
  Object.defineProperty(Tensor.prototype, name, {
    configurable: true,
    writable: true,
    // Spreading arguments costs more than a small kernel does.
    value: function (this: Tensor, a?: unknown, b?: unknown, ...rest: unknown[]) {
      // biome-ignore lint/complexity/noArguments: how many there are matters to operations, and a rest parameter would be an array for each call.
      const given = arguments.length
      return given === 0
        ? operation(this)
        : given === 1
          ? operation(this, a)
          : given === 2
            ? operation(this, a, b)
            : operation(this, a, b, ...rest)
    },
  })
}

for (const family of [access, graph, creation, ops, fills, random])
  for (const [name, op] of Object.entries(family)) install(name, op as AnyOperation)
for (const family of [arithmetic, binary, bitwise, compare, gamma, math, overwriting, rounding, trigonometry])
  for (const [name, op] of Object.entries(family))
    install(`${name}_`, inplaceOf(op as (x: Tensor, ...rest: unknown[]) => Tensor) as AnyOperation)

for (const [name, look] of Object.entries(transposed))
  Object.defineProperty(Tensor.prototype, name, {
    configurable: true,
    get(this: Tensor) {
      return look(this)
    },
  })

install('toString', toString as AnyOperation)
Object.defineProperties(Tensor.prototype, {
  // The parts along the first dimension, as Python's iteration gives them.
  [Symbol.iterator]: {
    value: function (this: Tensor) {
      if (this.ndim === 0) throw new TypeError('iteration over a 0-d tensor')
      return unbind(this)[Symbol.iterator]()
    },
  },
  // String(t) and a template literal ask for the same conversion; numbers are what `+t` and comparisons want.
  [Symbol.toPrimitive]: {
    value: function (this: Tensor, hint: string) {
      return hint === 'string' || this.numel() !== 1 ? toTemplate(this) : this.item()
    },
  },
  // What Node's console prints, found without importing anything of Node.
  [Symbol.for('nodejs.util.inspect.custom')]: {
    value: function (this: Tensor) {
      return this.toString()
    },
  },
})

gradientMemory.copy = cloneOf
viewHistory.renew = renewHistory
viewHistory.write = recordWrite
