import { conv2d, randn } from '@tapegrad/core'
const x = randn([32, 16, 28, 28]).requiresGrad_(), w = randn([32, 16, 3, 3]).requiresGrad_(), b = randn([32]).requiresGrad_(), g = randn([32, 32, 28, 28])
let best = 1e9
for (let i = 0; i < 60; i++) { const t = performance.now(); conv2d(x, w, b, { padding: 1 }).backward({ gradient: g }); x.grad = w.grad = b.grad = null; best = Math.min(best, performance.now() - t) }
console.log(process.version, best.toFixed(2))
