/** What the convolutions share: parameters, their first values, checks and text. */
import { type DType, empty, type PerDimension, ValueError } from '@tapegrad/core'
import { calculateFanInAndFanOut, kaimingUniform_, uniform_ } from './init.ts'
import { Module } from './module.ts'
import { Parameter } from './parameter.ts'
import { tuple } from './python.ts'

/** How a convolution goes on beyond the ends of its input. */
export type PaddingMode = 'zeros' | 'reflect' | 'replicate' | 'circular'

const modes: readonly PaddingMode[] = ['zeros', 'reflect', 'replicate', 'circular']

/** What all convolutions may be told; a single number counts for every dimension. */
export interface SharedConvOptions {
  /** Steps from one window to the next. Default: 1. */
  stride?: PerDimension
  /** Steps between neighbours in a window. Default: 1. */
  dilation?: PerDimension
  /** Into how many groups the channels fall, each with weights of its own. Default: 1. */
  groups?: number
  /** Whether to add a learnt bias. Default: true. */
  bias?: boolean
  /** The dtype of the parameters. Default: the default dtype. */
  dtype?: DType
}

/** The options of both kinds, as the base reads them. */
interface Options extends SharedConvOptions {
  padding?: PerDimension | 'same' | 'valid'
  paddingMode?: PaddingMode
  outputPadding?: PerDimension
}

/** The base of `Conv1d`, `ConvTranspose1d` and their likes. */
export abstract class ConvBase extends Module {
  readonly inChannels: number
  readonly outChannels: number
  readonly kernelSize: readonly number[]
  readonly stride: readonly number[]
  readonly padding: readonly number[] | 'same' | 'valid'
  readonly dilation: readonly number[]
  readonly outputPadding: readonly number[]
  readonly groups: number
  readonly paddingMode: PaddingMode
  readonly weight: Parameter
  readonly bias: Parameter | null

  constructor(dims: number, transposed: boolean, inChannels: number, outChannels: number, kernelSize: PerDimension, options: Options) {
    super()
    const { stride = 1, padding = 0, dilation = 1, outputPadding = 0, groups = 1, bias = true, paddingMode = 'zeros', dtype } = options
    const each = (given: PerDimension): readonly number[] => (typeof given === 'number' ? new Array<number>(dims).fill(given) : [...given])
    if (groups <= 0) throw new ValueError('groups must be a positive integer')
    if (inChannels % groups !== 0) throw new ValueError('in_channels must be divisible by groups')
    if (outChannels % groups !== 0) throw new ValueError('out_channels must be divisible by groups')
    this.inChannels = inChannels
    this.outChannels = outChannels
    this.kernelSize = each(kernelSize)
    this.stride = each(stride)
    this.padding = typeof padding === 'string' ? padding : each(padding)
    this.dilation = each(dilation)
    this.outputPadding = each(outputPadding)
    this.groups = groups
    this.paddingMode = paddingMode
    if (typeof padding === 'string') {
      if (padding !== 'same' && padding !== 'valid')
        throw new ValueError(`Invalid padding string '${padding as string}', should be one of {'same', 'valid'}`)
      if (padding === 'same' && this.stride.some((n) => n !== 1))
        throw new ValueError("padding='same' is not supported for strided convolutions")
    }
    if (!modes.includes(paddingMode))
      throw new ValueError(
        `padding_mode must be one of {${modes.map((m) => `'${m}'`).join(', ')}}, but got padding_mode='${paddingMode as string}'`,
      )
    const floats = dtype === undefined ? {} : { dtype }
    const channels = transposed ? [inChannels, outChannels / groups] : [outChannels, inChannels / groups]
    this.weight = new Parameter(empty([...channels, ...this.kernelSize], floats))
    this.bias = bias ? new Parameter(empty([outChannels], floats)) : null
    this.resetParameters()
  }

  /** Draws the parameters anew. */
  resetParameters(): void {
    // With a slope of √5 this is ±1 / √fan in; by this road, because the last bit counts.
    kaimingUniform_(this.weight, { a: Math.sqrt(5) })
    if (this.bias === null) return
    const [fanIn] = calculateFanInAndFanOut(this.weight)
    if (fanIn === 0) return
    const bound = 1 / Math.sqrt(fanIn)
    uniform_(this.bias, -bound, bound)
  }

  override extraRepr(): string {
    const { padding, dilation, outputPadding } = this
    const parts = [`${this.inChannels}, ${this.outChannels}, kernel_size=${tuple(this.kernelSize)}, stride=${tuple(this.stride)}`]
    if (typeof padding === 'string') parts.push(`padding=${padding}`)
    else if (padding.some((n) => n !== 0)) parts.push(`padding=${tuple(padding)}`)
    if (dilation.some((n) => n !== 1)) parts.push(`dilation=${tuple(dilation)}`)
    if (outputPadding.some((n) => n !== 0)) parts.push(`output_padding=${tuple(outputPadding)}`)
    if (this.groups !== 1) parts.push(`groups=${this.groups}`)
    if (this.bias === null) parts.push('bias=False')
    if (this.paddingMode !== 'zeros') parts.push(`padding_mode=${this.paddingMode}`)
    return parts.join(', ')
  }
}
