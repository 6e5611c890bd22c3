/** What tests of tensors and gradients need, exported as `@tapegrad/core/testing`. */
export { AssertionError, assertClose, type CloseOptions } from './testing/assert-close.ts'
export {
  GradcheckError,
  type GradcheckFunction,
  type GradcheckOptions,
  type GradgradcheckOptions,
  gradcheck,
  gradgradcheck,
} from './testing/gradcheck.ts'
