"""What PyTorch says of a model that `train` wrote: python3 torch-predictions.py model/model.safetensors table.csv > torch-predictions.json

The file is read by hand, as its format says, so that PyTorch is all this needs.
"""
import csv
import json
import struct
import sys

import torch

data = open(sys.argv[1], "rb").read()
(size,) = struct.unpack("<Q", data[:8])
header = json.loads(data[8 : 8 + size])
model_card = json.loads(header.pop("__metadata__")["tapegrad.model"])
state = {}
for name, entry in header.items():
    begin, end = entry["data_offsets"]
    values = struct.unpack(f"<{(end - begin) // 4}f", data[8 + size + begin : 8 + size + end])
    state[name] = torch.tensor(values).reshape(entry["shape"])

model = torch.nn.Sequential(torch.nn.Linear(len(model_card["features"]), 1))
model.load_state_dict(state)
rows = list(csv.DictReader(open(sys.argv[2])))
pre = model_card["preprocessing"]
x = torch.tensor([[float(r[f]) for f in model_card["features"]] for r in rows], dtype=torch.float64)
x = ((x - torch.tensor(pre["center"], dtype=torch.float64)) / torch.tensor(pre["scale"], dtype=torch.float64)).float()
with torch.no_grad():
    probabilities = torch.sigmoid(model(x)).flatten().tolist()
json.dump({"torch": torch.__version__, "probabilities": probabilities}, sys.stdout)
