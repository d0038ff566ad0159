"""Asks `apus serve` with Triton's own HTTP client. Usage: python triton_client.py PORT

The server has iris (logistic regression) as its first model and allows control; needs tritonclient[http].
"""

import sys

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

client = triton.InferenceServerClient(f"127.0.0.1:{int(sys.argv[1])}", concurrency=4)
ROWS = np.array([[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]])


def tensor(name, values, kind, binary):
    tensor = triton.InferInput(name, list(values.shape), kind)
    tensor.set_data_from_numpy(values, binary_data=binary)
    return tensor


assert client.is_server_live() and client.is_server_ready()
assert client.is_model_ready("iris") and client.is_model_ready("iris", "1") and not client.is_model_ready("nobody")
assert "binary_tensor_data" in client.get_server_metadata()["extensions"]
metadata = client.get_model_metadata("iris")
names = [each["name"] for each in metadata["inputs"]]
assert len(names) == 4 and metadata["versions"] == ["1"], metadata

for binary in (False, True):
    for wanted in (False, True):
        outputs = [triton.InferRequestedOutput("prediction", binary_data=wanted),
                   triton.InferRequestedOutput("probabilities", binary_data=wanted)]
        answer = client.infer("iris", [tensor("rows", ROWS, "FP64", binary)], outputs=outputs, request_id="abc")
        flowers = [name.decode() if isinstance(name, bytes) else name for name in answer.as_numpy("prediction")]
        assert flowers == ["setosa", "virginica"], flowers
        assert answer.get_response()["id"] == "abc"
        assert np.allclose(answer.as_numpy("probabilities").sum(axis=1), 1)
    for kind, type in (("FP64", np.float64), ("FP32", np.float32), ("INT32", np.int32), ("UINT8", np.uint8), ("INT64", np.int64)):
        columns = [tensor(name, ROWS[:, place].astype(type), kind, binary) for place, name in enumerate(names)]
        assert client.infer("iris", columns, model_version="1").as_numpy("probabilities").shape == (2, 3)

waiting = [client.async_infer("iris", [tensor("rows", ROWS[k % 2:k % 2 + 1], "FP64", True)]) for k in range(64)]
for k, each in enumerate(waiting):
    assert each.get_result().as_numpy("prediction")[0].decode() == ["setosa", "virginica"][k % 2]

index = client.get_model_repository_index()
assert index[0]["name"] == "iris" and index[0]["state"] == "READY", index
client.unload_model("iris")
assert not client.is_model_ready("iris")
client.load_model("iris")
assert client.is_model_ready("iris")
for wrong in (lambda: client.infer("iris", [tensor("rows", ROWS[:, :3].copy(), "FP64", True)]),
              lambda: client.infer("nobody", [tensor("rows", ROWS, "FP64", True)]),
              lambda: client.load_model("nobody"), lambda: client.infer("iris", [tensor("rows", ROWS, "FP64", True)], "9")):
    try:
        wrong()
    except InferenceServerException as error:
        assert error.message(), error
    else:
        raise AssertionError("accepted")
print("tritonclient: all as it should be")
