package dev.panacea.kernels.preference;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostBuffer;

/** A handful of numbers a batch: plain loops. */
final class HostLikelihoodLoss implements LikelihoodLoss {

    @Override
    public void forward(int sequences, int dimensions, Buffer logProb, Buffer dimension, Buffer loss) {
        HostBuffer values = HostBuffer.of(logProb);
        HostBuffer owner = HostBuffer.of(dimension);
        HostBuffer result = HostBuffer.of(loss);
        for (int s = 0; s < sequences; s++) {
            int own = own(owner, s, dimensions);
            for (int i = 0; i < dimensions; i++) {
                result.setFloat((long) s * dimensions + i, own == i ? -values.getFloat(s) : 0);
            }
        }
    }

    @Override
    public void backward(int sequences, int dimensions, Buffer dimension, Buffer dLoss, Buffer dLogProb) {
        HostBuffer owner = HostBuffer.of(dimension);
        HostBuffer gradient = HostBuffer.of(dLoss);
        HostBuffer result = HostBuffer.of(dLogProb);
        for (int s = 0; s < sequences; s++) {
            result.setFloat(s, -gradient.getFloat((long) s * dimensions + own(owner, s, dimensions)));
        }
    }

    private static int own(HostBuffer dimension, int sequence, int dimensions) {
        int own = dimension.getInt(sequence);
        if (own < 0 || own >= dimensions) {
            throw new IllegalArgumentException("sequence " + sequence + " belongs to dimension " + own + " of " + dimensions);
        }
        return own;
    }
}
