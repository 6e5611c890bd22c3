/** The functions behind the layers, for a `forward` that needs no module: `functional.relu(x)`. */
export { linear, relu, sigmoid, softplus, tanh } from '@tapegrad/core'
