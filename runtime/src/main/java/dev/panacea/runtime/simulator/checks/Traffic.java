package dev.panacea.runtime.simulator.checks;

/**
 * What a set of instructions asks of global memory.
 *
 * @param requests instructions that warps executed
 * @param sectors aligned 32-byte pieces touched, each once a request
 * @param usefulBytes that lanes asked for; the same byte asked for by two lanes counts twice
 */
public record Traffic(long requests, long sectors, long usefulBytes) {
    static final Traffic NONE = new Traffic(0, 0, 0);

    public Traffic plus(Traffic other) {
        return new Traffic(requests + other.requests, sectors + other.sectors, usefulBytes + other.usefulBytes);
    }

    public long movedBytes() {
        return sectors * Sectors.BYTES;
    }

    /** 0 without requests. */
    public double sectorsPerRequest() {
        return Ratio.of(sectors, requests);
    }
}
