#if ONNX
import ApusONNX
import Testing

#endif
