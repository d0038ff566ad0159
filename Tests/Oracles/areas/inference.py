"""The bytes that tritonclient sends for tensors of every data type, as JSON and as binary data."""

import base64

import numpy as np
import tritonclient.http as client

TOOLS = ["tritonclient", "numpy"]

TYPES = {
    "BOOL": np.array([True, False, True]),
    "UINT8": np.array([0, 1, 255], np.uint8),
    "UINT16": np.array([0, 1, 65535], np.uint16),
    "UINT32": np.array([0, 1, 4294967295], np.uint32),
    "UINT64": np.array([0, 1, 2**53], np.uint64),
    "INT8": np.array([-128, -1, 127], np.int8),
    "INT16": np.array([-32768, -1, 32767], np.int16),
    "INT32": np.array([-2147483648, -1, 2147483647], np.int32),
    "INT64": np.array([-(2**53), -1, 2**53], np.int64),
    "FP16": np.array([-65504.0, 5.960464477539063e-08, 0.333251953125], np.float16),
    "FP32": np.array([-1.5, 0.1, 3.4028234663852886e38], np.float32),
    "FP64": np.array([-1.5, 0.1, 1e99], np.float64),
    "BYTES": np.array(["", "Größe 😀", 'a"b\\'], np.object_),
}


def request(tensors, binary, **options):
    inputs = []
    for name, values, kind in tensors:
        tensor = client.InferInput(name, list(values.shape), kind)
        tensor.set_data_from_numpy(values, binary_data=binary)
        inputs.append(tensor)
    body, length = client.InferenceServerClient.generate_request_body(inputs, **options)
    return {"body": base64.b64encode(body).decode(), "headerLength": -1 if length is None else length}


def fixtures():
    cases = {}
    for kind, values in TYPES.items():
        for binary in (False, True) if kind != "FP16" else (True,):
            # Texts in JSON are what the client makes of them; numbers keep their value.
            case = request([("x", values, kind)], binary, request_id=f"r-{kind}")
            case["type"] = kind
            case["values"] = [str(v) for v in values] if kind == "BYTES" else [float(v) for v in values]
            cases[f"{kind}-{'binary' if binary else 'json'}"] = case
    rows = np.array([[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]])
    outputs = [client.InferRequestedOutput("probabilities", binary_data=True),
               client.InferRequestedOutput("prediction", binary_data=False)]
    cases["iris-table"] = request([("rows", rows, "FP64")], True, outputs=outputs, request_id="flowers")
    names = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    columns = [(name, rows[:, place].astype(np.float32), "FP32") for place, name in enumerate(names)]
    cases["iris-columns"] = request(columns, False, request_id="flowers")
    yield "requests", cases
