import { tensor, rand, noGrad, manualSeed } from '@tapegrad/core'
import { Linear, BCEWithLogitsLoss } from '@tapegrad/nn'
import { SGD } from '@tapegrad/optim'
const x0 = rand([32]).requiresGrad_(), y0 = rand([32])
const bench=(name:string,f:()=>void,n=100000)=>{for(let i=0;i<n/2;i++)f();let best=1e9;for(let r=0;r<5;r++){const t=performance.now();for(let i=0;i<n/5;i++)f();best=Math.min(best,(performance.now()-t)/(n/5))}console.log(name,(best*1e6).toFixed(0),'ns')}
bench('add recorded',()=>{x0.add(y0)})
bench('add unrecorded',()=>{noGrad(()=>x0.add(y0))})
bench('sum',()=>{x0.sum()})
bench('t',()=>{x0.t()})
manualSeed(0)
const x = rand([32,30]); const y = rand([32,1]).gt(0.5).float()
const m = new Linear(30,1), c = new BCEWithLogitsLoss(), o = new SGD(m.parameters(),{lr:0.1})
bench('step',()=>{ const l=c.forward(m.forward(x),y); o.zeroGrad(); l.backward(); o.step() },20000)
for (const n of [64,256,512]) { const a=rand([n,n]),b=rand([n,n]); const reps=Math.max(3,Math.round(2e8/n**3)); let best=1e9; for(let r=0;r<5;r++){const t=performance.now();for(let i=0;i<reps;i++)a.mm(b);best=Math.min(best,(performance.now()-t)/reps)} console.log('mm',n,(2*n**3/best/1e6).toFixed(1),'GF/s') }
const v=rand([1000000]); bench('add 1e6',()=>{v.add(v)},100); bench('sigmoid 1e6',()=>{v.sigmoid()},100); bench('sum 1e6',()=>{v.sum()},50)
