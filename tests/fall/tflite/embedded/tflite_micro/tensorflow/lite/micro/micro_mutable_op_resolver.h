// Stands in for tflite-micro, by the names and types of its interface: the methods of the header of 2024 and after.
#pragma once

enum TfLiteStatus { kTfLiteOk = 0, kTfLiteError = 1 };

namespace tflite {
template <unsigned int tOpCount>
class MicroMutableOpResolver {
  public:
#define ADD(name) \
    TfLiteStatus Add##name() { return n_added_++ < tOpCount ? kTfLiteOk : kTfLiteError; }
    ADD(Abs) ADD(Add) ADD(AddN) ADD(ArgMax) ADD(ArgMin) ADD(AveragePool2D) ADD(BatchMatMul) ADD(BatchToSpaceNd)
    ADD(BroadcastArgs) ADD(BroadcastTo) ADD(Cast) ADD(Ceil) ADD(Concatenation) ADD(Conv2D) ADD(Cos) ADD(CumSum)
    ADD(DepthToSpace) ADD(DepthwiseConv2D) ADD(Dequantize) ADD(Div) ADD(Elu) ADD(EmbeddingLookup) ADD(Equal) ADD(Exp)
    ADD(ExpandDims) ADD(Fill) ADD(Floor) ADD(FloorDiv) ADD(FloorMod) ADD(FullyConnected) ADD(Gather) ADD(GatherNd)
    ADD(Greater) ADD(GreaterEqual) ADD(HardSwish) ADD(L2Normalization) ADD(L2Pool2D) ADD(LeakyRelu) ADD(Less)
    ADD(LessEqual) ADD(Log) ADD(LogicalAnd) ADD(LogicalNot) ADD(LogicalOr) ADD(Logistic) ADD(LogSoftmax) ADD(Maximum)
    ADD(MaxPool2D) ADD(MirrorPad) ADD(Mean) ADD(Minimum) ADD(Mul) ADD(Neg) ADD(NotEqual) ADD(Pack) ADD(Pad) ADD(PadV2)
    ADD(Prelu) ADD(Quantize) ADD(ReduceMax) ADD(ReduceMin) ADD(Relu) ADD(Relu6) ADD(Reshape) ADD(ResizeBilinear)
    ADD(ResizeNearestNeighbor) ADD(Round) ADD(Rsqrt) ADD(SelectV2) ADD(Shape) ADD(Sin) ADD(Slice) ADD(Softmax)
    ADD(SpaceToBatchNd) ADD(SpaceToDepth) ADD(Split) ADD(SplitV) ADD(Squeeze) ADD(Sqrt) ADD(Square)
    ADD(SquaredDifference) ADD(StridedSlice) ADD(Sub) ADD(Sum) ADD(Svdf) ADD(Tanh) ADD(TransposeConv) ADD(Transpose)
    ADD(Unpack) ADD(UnidirectionalSequenceLSTM) ADD(ZerosLike)
#undef ADD
    bool is_full() const { return n_added_ == tOpCount; }

  private:
    unsigned int n_added_ = 0;
};
}  // namespace tflite
