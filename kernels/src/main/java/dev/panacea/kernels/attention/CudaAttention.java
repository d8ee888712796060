package dev.panacea.kernels.attention;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;

/** Attention on a CUDA device, a class for each pass. For one thread at a time. */
final class CudaAttention implements Attention {
    private final CudaAttentionForward forward;
    private final CudaAttentionBackward backward;
    private final CudaAttentionDecode decode;

    CudaAttention(CudaDevice device, Accumulation accumulation) {
        forward = new CudaAttentionForward(device);
        backward = new CudaAttentionBackward(device, accumulation);
        decode = new CudaAttentionDecode(device);
    }

    @Override
    public void forward(Shape shape, PackedSequences sequences, Buffer query, Buffer key, Buffer value, Buffer keyMask, Buffer output,
                        Buffer logSumExp) {
        forward.run(shape, sequences, query, key, value, keyMask, output, logSumExp);
    }

    @Override
    public void backward(Shape shape, PackedSequences sequences, Buffer query, Buffer key, Buffer value, Buffer keyMask, Buffer output,
                         Buffer logSumExp, Buffer dOutput, Buffer dQuery, Buffer dKey, Buffer dValue) {
        backward.run(shape, sequences, query, key, value, keyMask, output, logSumExp, dOutput, dQuery, dKey, dValue);
    }

    @Override
    public void decode(Shape shape, int capacity, int[] lengths, Buffer query, Buffer keyCache, Buffer valueCache, Buffer output) {
        decode.decode(shape, capacity, lengths, query, keyCache, valueCache, output);
    }
}
