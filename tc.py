import torch,time
torch.set_num_threads(1)
x=torch.randn(32,16,28,28,requires_grad=True);w=torch.randn(32,16,3,3,requires_grad=True);b=torch.randn(32,requires_grad=True);g=torch.randn(32,32,28,28)
best=1e9
for _ in range(60):
    t=time.perf_counter(); torch.autograd.grad(torch.conv2d(x,w,b,1,1),[x,w,b],g); best=min(best,time.perf_counter()-t)
print('torch',best*1e3)
