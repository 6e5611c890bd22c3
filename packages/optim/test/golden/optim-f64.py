"""Writes optim-f64.json: 20 steps of each optimizer in float64. PyTorch 1.13 and later agree on them to 2.2e-16. Run it in this folder."""
import json, torch
torch.manual_seed(0)
cases=[]
def run(name, opts, steps=20):
    A=torch.randn(6,3,dtype=torch.float64); y=torch.randn(6,dtype=torch.float64)
    w=torch.randn(3,dtype=torch.float64,requires_grad=True); b=torch.zeros(1,dtype=torch.float64,requires_grad=True)
    w0=w.detach().tolist()
    o=getattr(torch.optim,name)([w,b],**opts)
    W=[];B=[]
    for _ in range(steps):
        o.zero_grad(); loss=((A@w+b-y)**2).mean(); loss.backward(); o.step(); W.append(w.tolist()); B.append(b.tolist())
    cases.append(dict(optim=name,options=opts,A=A.tolist(),y=y.tolist(),w=w0,w_steps=W,b_steps=B))
for lr in (0.1,):
    run('SGD',dict(lr=lr)); run('SGD',dict(lr=lr,momentum=0.9)); run('SGD',dict(lr=0.05,momentum=0.9,nesterov=True))
    run('SGD',dict(lr=lr,weight_decay=0.01)); run('SGD',dict(lr=lr,momentum=0.8,dampening=0.3)); run('SGD',dict(lr=0.01,maximize=True))
    run('SGD',dict(lr=0.05,momentum=0.7,weight_decay=0.02,nesterov=True)); run('SGD',dict(lr=0.01,momentum=0.7,dampening=0.1,weight_decay=0.02,maximize=True))
run('Adam',dict(lr=0.01)); run('Adam',dict(lr=0.02,betas=[0.8,0.95])); run('Adam',dict(lr=0.01,weight_decay=0.1)); run('Adam',dict(lr=0.01,amsgrad=True)); run('Adam',dict(lr=0.01,eps=0.0001,maximize=True)); run('Adam',dict(lr=0.3,amsgrad=True,weight_decay=0.02,betas=[0.5,0.6]))
run('AdamW',dict(lr=0.01)); run('AdamW',dict(lr=0.02,weight_decay=0.2)); run('AdamW',dict(lr=0.1,amsgrad=True,maximize=True))
json.dump(cases,open('optim-f64.json','w'),separators=(',',':'))
