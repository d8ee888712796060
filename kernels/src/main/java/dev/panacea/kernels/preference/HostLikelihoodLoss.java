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
            for (int i = 0; i < dimensions; i++) {
                result.setFloat((long) s * dimensions + i, owner.getInt(s) == i ? -values.getFloat(s) : 0);
            }
        }
    }

    @Override
    public void backward(int sequences, int dimensions, Buffer dimension, Buffer dLoss, Buffer dLogProb) {
        HostBuffer owner = HostBuffer.of(dimension);
        HostBuffer gradient = HostBuffer.of(dLoss);
        HostBuffer result = HostBuffer.of(dLogProb);
        for (int s = 0; s < sequences; s++) {
            result.setFloat(s, -gradient.getFloat((long) s * dimensions + owner.getInt(s)));
        }
    }
}
