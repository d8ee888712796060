package dev.panacea.training;

import java.util.List;

/** A loss or a gradient is no longer a finite number; training cannot go on from here. */
public final class DivergedException extends RuntimeException {
    private final long step;
    private final List<String> batch;

    /**
     * @param step counted from 1, as in the metrics
     * @param batch names of the items that the step read
     */
    public DivergedException(long step, List<String> batch) {
        super("the loss or its gradient is not a number at step " + step + ", batch " + batch);
        this.step = step;
        this.batch = List.copyOf(batch);
    }

    /** @param lastCheckpoint where training can go on from */
    public DivergedException(long step, List<String> batch, String lastCheckpoint) {
        super("the loss or its gradient is not a number at step " + step + ", batch " + batch + "; the last good checkpoint is "
            + lastCheckpoint + "; try a smaller learning rate");
        this.step = step;
        this.batch = List.copyOf(batch);
    }

    public long step() {
        return step;
    }

    public List<String> batch() {
        return batch;
    }
}
